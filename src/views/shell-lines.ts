// Lines to paste into the shell that somebody has in front of him.

type Env = Record<string, string | undefined>

export interface ShellLines {
  set(name: string, value: string): string
  /** Several at once. */
  unset(names: readonly string[]): string
}

const posix: ShellLines = {
  set: (name, value) => `export ${name}=${value}`,
  unset: (names) => `unset ${names.join(' ')}`,
}

const powershell: ShellLines = {
  set: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
  unset: (names) => `Remove-Item -ErrorAction Ignore ${names.map((name) => `env:${name}`).join(', ')}`,
}

/** PowerShell on Windows, but in the shells that Git and Cygwin bring there, which say so. */
export function shellLines(env: Env, platform: NodeJS.Platform = process.platform): ShellLines {
  return platform === 'win32' && !env.SHELL && !env.MSYSTEM ? powershell : posix
}
