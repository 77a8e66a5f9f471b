// The keys of the account: the developer's own, and those of the sessions of functions' roles.

import { randomBytes } from 'node:crypto'
import type { Chance, Draw } from './chance.ts'
import type { Role, SessionCredentials } from './provided.ts'
import { Recent } from './recent.ts'

export interface KeyPair {
  accessKeyId: string
  secretAccessKey: string
}

export interface Session {
  role: Role
  name: string
  secretAccessKey: string
  sessionToken: string
}

/**
 * An identifier as IAM makes them: a four-letter kind, then 16 characters for keys and 17 for the rest; random unless
 * drawn.
 */
export function hiddenId(
  prefix: 'AROA' | 'AIDA' | 'ANPA' | 'AKIA' | 'ASIA',
  draw: Draw = (_name, bytes) => randomBytes(bytes),
): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const length = /^A[KS]IA/.test(prefix) ? 16 : 17
  return prefix + [...draw(prefix, length)].map((byte) => letters[byte % 32]).join('')
}

export const newKeyPair = ({ secret }: Chance): KeyPair => ({
  accessKeyId: hiddenId('AKIA', secret),
  secretAccessKey: Buffer.from(secret('AKIA', 30)).toString('base64'),
})

/** The most that are known at once; the one that has not been used for longest is forgotten. */
const mostSessions = 1_000

export class Sessions {
  readonly #sessions = new Recent<string, Session>(mostSessions)

  open(role: Role, name: string): SessionCredentials {
    const accessKeyId = hiddenId('ASIA')
    const secretAccessKey = randomBytes(30).toString('base64')
    const sessionToken = randomBytes(96).toString('base64')
    this.#sessions.set(accessKeyId, { role, name, secretAccessKey, sessionToken })
    return { accessKeyId, secretAccessKey, sessionToken }
  }

  /** Counts as its use. */
  use(accessKeyId: string): Session | undefined {
    const session = this.#sessions.get(accessKeyId)
    if (session) {
      this.#sessions.delete(accessKeyId)
      this.#sessions.set(accessKeyId, session)
    }
    return session
  }
}
