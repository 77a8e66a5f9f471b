// All that the programs here know of Node: no types but those of the package are installed beside them.
declare const process: {
  env: Record<string, string | undefined>
  stdout: { write(text: string): void }
}
