// Reads an uploaded deployment package, entry by entry: what it would unpack to is known before it is.

import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import { AwsFault } from '../../account/aws-fault.ts'

/** Lambda's own limits, in bytes. */
export const mostZipped = 50 * 1024 * 1024
const mostUnzipped = 250 * 1024 * 1024

const damaged = () =>
  new AwsFault(
    'InvalidParameterValueException',
    'Could not unzip uploaded file. Please check your file, then try to upload again.',
  )

/** The files of a zip. Paths that leave the directory are refused by yauzl. */
async function filesOf(zip: Buffer): Promise<{ archive: ZipFile; files: Entry[] }> {
  const archive = await fromBufferPromise(zip, { lazyEntries: true, autoClose: false })
  const files: Entry[] = []
  for await (const entry of archive.eachEntry()) if (!entry.fileName.endsWith('/')) files.push(entry)
  return { archive, files }
}

/**
 * Throws Lambda's errors for a zip that is damaged, empty or would grow too large. No entry can grow beyond
 * the size that it states: yauzl ends it there.
 */
export async function checkZip(zip: Buffer): Promise<void> {
  const { archive, files } = await filesOf(zip).catch(() => {
    throw damaged()
  })
  const size = files.reduce((sum, entry) => sum + entry.uncompressedSize, 0)
  if (size > mostUnzipped)
    throw new AwsFault(
      'InvalidParameterValueException',
      `Unzipped size must be smaller than ${mostUnzipped} bytes`,
    )
  if (files.length === 0) throw damaged()
  try {
    for (const entry of files) await pipeline(await archive.openReadStreamPromise(entry), nowhere())
  } catch {
    throw damaged()
  }
}

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() })

/** Writes the files of a zip below a directory. */
export async function unpack(zip: Buffer, directory: string): Promise<void> {
  const { archive, files } = await filesOf(zip)
  for (const entry of files) {
    const target = join(directory, entry.fileName)
    await mkdir(dirname(target), { recursive: true })
    await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(target))
  }
}
