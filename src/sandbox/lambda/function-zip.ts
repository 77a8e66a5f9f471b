// Reads an uploaded deployment package.

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fromBufferPromise } from 'yauzl'

export interface ZipEntry {
  path: string
  content: Buffer
}

/** The files of a zip; throws when it is damaged. Paths that leave the directory are refused by yauzl. */
export async function openZip(zip: Buffer): Promise<ZipEntry[]> {
  const archive = await fromBufferPromise(zip, { lazyEntries: true })
  const files: ZipEntry[] = []
  for await (const entry of archive.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue
    files.push({ path: entry.fileName, content: await buffer(await archive.openReadStreamPromise(entry)) })
  }
  return files
}

/** Writes the files of a zip below a directory. */
export async function unpack(zip: Buffer, directory: string): Promise<void> {
  for (const { path, content } of await openZip(zip)) {
    const target = join(directory, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, content)
  }
}
