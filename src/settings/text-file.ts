// The text of a file, however the editor or the shell of its system has written it.

/** UTF-8, or UTF-16 with a mark at its beginning, as PowerShell redirects; the mark itself is no text. */
export function textOfFile(bytes: Buffer): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe
  return bytes.toString(isWide ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '')
}
