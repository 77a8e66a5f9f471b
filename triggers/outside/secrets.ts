// The provider's key and the OTP keys: read from SSM at start, kept ten minutes, kept longer if SSM fails.

import type { Keys } from '../../src/core/keys.ts'
import {
  type GivenName,
  openSecrets,
  parseSecrets,
  type Secrets,
  SecretsError,
} from '../../src/core/secrets-document.ts'
import type { Aws } from './aws-call.ts'
import type { Clock, Deadline } from './clock.ts'

export type { Secrets }

export interface SecretsSource {
  /** Begins to read while the function starts; `get` waits for it. */
  start(deadline: Deadline): void
  /** The secrets, at most ten minutes old unless SSM fails. Throws when none were ever read. */
  get(deadline: Deadline): Promise<Secrets>
  /** The keys of this kid. Reads again when it is not known: another container may be ahead of this one. */
  keysFor(kid: string, deadline: Deadline): Promise<Keys | undefined>
}

const lifeMs = 10 * 60_000
/** Between two attempts to read when one failed or a kid was not known. */
const pauseMs = 10_000

/** `needed` names what of the given secrets this function works with: without it they are unusable. */
export function createSecretsSource(
  aws: Aws,
  clock: Clock,
  parameter: string,
  needed: readonly GivenName[],
): SecretsSource {
  let cached: Secrets | undefined
  let readAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY

  let starting: Promise<unknown> | undefined

  async function read(deadline: Deadline): Promise<Secrets> {
    triedAt = clock.now()
    const input = { Name: parameter, WithDecryption: true }
    const answer = await aws.json('ssm', 'GetParameter', input, deadline)
    const text = (answer.Parameter as { Value?: unknown } | undefined)?.Value
    if (typeof text !== 'string' || text === '') throw new SecretsError('The secrets hold no value.')
    cached = openSecrets(parseSecrets(text, needed), needed)
    readAt = clock.now()
    return cached
  }

  async function get(deadline: Deadline): Promise<Secrets> {
    await starting
    if (!cached) return read(deadline)
    const stale = clock.now() - readAt >= lifeMs && clock.now() - triedAt >= pauseMs
    if (!stale) return cached
    const old = cached
    return read(deadline).catch(() => old)
  }

  return {
    start: (deadline) => {
      starting = read(deadline).then(
        () => undefined,
        () => undefined,
      )
    },
    get,
    keysFor: async (kid, deadline) => {
      const find = (secrets: Secrets) => secrets.known.find((keys) => keys.kid === kid)
      const found = find(await get(deadline))
      if (found || clock.now() - triedAt < pauseMs) return found
      return read(deadline).then(find, () => undefined)
    },
  }
}
