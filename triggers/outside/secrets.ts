// The SendZen key and the OTP keys: read from SSM at start, kept ten minutes, kept longer if SSM fails.

import { deriveIdKey, deriveKeys, type Keys } from '../../src/core/keys.ts'
import type { Aws } from './aws-call.ts'
import type { Clock, Deadline } from './clock.ts'

export interface Secrets {
  sendzenApiKey: string
  /** Makes new tags. */
  current: Keys
  /** Keys to check with: the current ones and, after a rotation, the previous ones. */
  known: Keys[]
  idKey: Buffer
}

export class SecretsError extends Error {
  override name = 'SecretsError'
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function string(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new SecretsError(`The secrets hold no ${name}.`)
  return value
}

function master(value: unknown, name: string): Buffer {
  const bytes = Buffer.from(string(value, name), 'base64url')
  if (bytes.length !== 32) throw new SecretsError(`${name} in the secrets is not 32 bytes.`)
  return bytes
}

/**
 * Reads `{ sendzenApiKey, otpMasterKey, kid, previous?: { otpMasterKey, kid }, idMasterKey? }`, keys as base64url
 * of 32 bytes. Throws SecretsError, which never quotes a value.
 *
 * Numbers are filed under a hash, so a new hash key would lose every counter and every live code. It is taken
 * from `idMasterKey`, else from `previous`, else from the current master: a rotation loses nothing while
 * `previous` stands, and nothing ever if it writes the first master as `idMasterKey`.
 */
export function parseSecrets(text: string): Secrets {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new SecretsError('The secrets are not JSON.')
  }
  const secrets = object(parsed)
  const currentMaster = master(secrets.otpMasterKey, 'otpMasterKey')
  const current = deriveKeys(string(secrets.kid, 'kid'), currentMaster)
  const known = [current]
  let idMaster = currentMaster
  if (secrets.previous) {
    const previous = object(secrets.previous)
    idMaster = master(previous.otpMasterKey, 'previous.otpMasterKey')
    known.push(deriveKeys(string(previous.kid, 'previous.kid'), idMaster))
  }
  if (secrets.idMasterKey) idMaster = master(secrets.idMasterKey, 'idMasterKey')
  return {
    sendzenApiKey: string(secrets.sendzenApiKey, 'sendzenApiKey'),
    current,
    known,
    idKey: deriveIdKey(idMaster),
  }
}

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

export function createSecretsSource(aws: Aws, clock: Clock, parameter: string): SecretsSource {
  let cached: Secrets | undefined
  let readAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY

  let starting: Promise<unknown> | undefined

  async function read(deadline: Deadline): Promise<Secrets> {
    triedAt = clock.now()
    const input = { Name: parameter, WithDecryption: true }
    const answer = await aws.json('ssm', 'GetParameter', input, deadline)
    cached = parseSecrets(string(object(answer.Parameter).Value, 'value'))
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
