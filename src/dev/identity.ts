// Who `dev` is from start to start: what the ids and keys of its account are derived from, and the key of its tokens.
import { createPrivateKey, generateKeyPair, randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Env } from '../aws/env.ts'
import { stateFolder } from '../terminal/folders.ts'

export interface Identity {
  seed: string
  secrets: { seed: string; tokenKey(): Promise<string> }
}

/**
 * Ids are the same for everybody, so that a project may keep those of its stage where it likes.
 *
 * Keys are this user's: drawn once, and kept in his folder for state. A web page could do nothing with keys that it
 * knew, since no page but the sandbox's own may send it an `Authorization` header, and no address counts as signed
 * (src/sandbox/door/browser-rules.ts). But other users of the machine reach the port without a browser, and whoever
 * may call Lambda runs code as the one who started it. Where nothing can be kept, the keys are this run's.
 */
export async function identityOf(env: Env): Promise<Identity> {
  const folder = stateFolder(env)
  let tokenKey: Promise<string> | undefined
  return {
    seed: 'whatsapp-otp dev',
    secrets: {
      seed: await kept(folder, 'dev-secret', newSecret, (text) => text.length >= 43),
      // Made when it is needed: that takes longer than the rest of a start.
      tokenKey: () => {
        tokenKey ??= kept(folder, 'dev-token-key.pem', newTokenKey, isPrivateKey)
        return tokenKey
      },
    },
  }
}

const newSecret = async () => randomBytes(32).toString('base64')

async function newTokenKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
}

function isPrivateKey(text: string): boolean {
  try {
    return createPrivateKey(text).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}

/** What the file holds, if that is of use; else something new, which the file holds from now on where it can. */
async function kept(
  folder: string,
  name: string,
  make: () => Promise<string>,
  isOfUse: (text: string) => boolean,
): Promise<string> {
  const path = join(folder, name)
  const read = async () => {
    const text = await readFile(path, 'utf8').catch(() => '')
    return isOfUse(text) ? text : undefined
  }
  const before = await read()
  if (before !== undefined) return before
  const made = await make()
  const draft = `${path}.${process.pid}`
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(draft, made, { mode: 0o600 })
    // Of two that start at once, both take what the first has made.
    await link(draft, path).catch(async (error) => {
      if (error.code !== 'EEXIST' || (await read()) !== undefined) throw error
      await rename(draft, path)
    })
    return made
  } catch {
    return (await read()) ?? made
  } finally {
    await rm(draft, { force: true }).catch(() => {})
  }
}
