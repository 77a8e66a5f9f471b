// Deployment packages for tests: a zip with the given files.
import { strToU8, zipSync } from 'fflate'

/** `files` maps paths to their content, which is stored as it is unless it is to be deflated. */
export function zipOf(files: Record<string, string>, { store = true } = {}): Buffer {
  const entries = Object.entries(files).map(([name, content]) => [name, strToU8(content)])
  return Buffer.from(zipSync(Object.fromEntries(entries), { level: store ? 0 : 6 }))
}
