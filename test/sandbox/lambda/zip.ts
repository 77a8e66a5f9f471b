// Deployment packages for tests: a zip with the given files.

import { ZipArchive } from 'archiver'

/** `files` maps paths to their content. */
export async function zipOf(files: Record<string, string>): Promise<Buffer> {
  const archive = new ZipArchive({ store: true })
  const chunks: Buffer[] = []
  archive.on('data', (chunk: Buffer) => chunks.push(chunk))
  for (const [name, content] of Object.entries(files)) archive.append(content, { name })
  await archive.finalize()
  return Buffer.concat(chunks)
}
