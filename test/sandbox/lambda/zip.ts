// Deployment packages for tests: a zip with the given files.

import { ZipArchive } from 'archiver'

/** `files` maps paths to their content, which is stored as it is unless it is to be deflated. */
export async function zipOf(files: Record<string, string>, { store = true } = {}): Promise<Buffer> {
  const archive = new ZipArchive({ store })
  const chunks: Buffer[] = []
  archive.on('data', (chunk: Buffer) => chunks.push(chunk))
  for (const [name, content] of Object.entries(files)) archive.append(content, { name })
  await archive.finalize()
  return Buffer.concat(chunks)
}
