// The deployment packages as they lie unpacked on the disk: one directory each, however many processes use it.

import { createHash } from 'node:crypto'
import { newFolder, removeFolder } from '../../account/remains.ts'
import { unpack } from './function-zip.ts'

interface Unpacked {
  directory: Promise<string>
  uses: number
}

export interface Lease {
  directory: string
  /** To be called once. */
  release(): void
}

export class Packages {
  /** By hash, the one that was asked for last at the end. */
  readonly #unpacked = new Map<string, Unpacked>()
  readonly #most: () => number

  /** `most` stay while nothing runs from them. */
  constructor(most: () => number) {
    this.#most = most
  }

  /** Rejects when it cannot be unpacked, and does not remember that. */
  async lease(zip: Buffer): Promise<Lease> {
    const key = createHash('sha256').update(zip).digest('hex')
    const unpacked = this.#unpacked.get(key) ?? { directory: unpackedTo(zip), uses: 0 }
    this.#unpacked.delete(key)
    this.#unpacked.set(key, unpacked)
    unpacked.uses++
    try {
      return {
        directory: await unpacked.directory,
        release: () => {
          unpacked.uses--
          this.#trim()
        },
      }
    } catch (error) {
      this.#unpacked.delete(key)
      throw error
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#unpacked.keys()].map((key) => this.#forget(key)))
  }

  #trim(): void {
    const unused = [...this.#unpacked].filter(([, { uses }]) => uses === 0)
    const tooMany = Math.max(0, unused.length - this.#most())
    for (const [key] of unused.slice(0, tooMany)) void this.#forget(key)
  }

  async #forget(key: string): Promise<void> {
    const unpacked = this.#unpacked.get(key)
    this.#unpacked.delete(key)
    const path = await unpacked?.directory.catch(() => undefined)
    if (path) removeFolder(path)
  }
}

async function unpackedTo(zip: Buffer): Promise<string> {
  const path = newFolder()
  try {
    await unpack(zip, path)
    return path
  } catch (error) {
    removeFolder(path)
    throw error
  }
}
