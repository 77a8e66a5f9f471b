// The one document of a stage's secrets: made and changed by the deployer, opened by the functions.
import { randomBytes } from 'node:crypto'
import { deriveIdKey, deriveKeys, type Keys } from './keys.ts'
import type { Provider } from './messaging/providers.ts'

/** What somebody gives, by the names of its settings: the key of each provider. */
export type GivenSecrets = { [K in Provider['key']['setting']]: string }
export type GivenName = keyof GivenSecrets

/** What codes are made with. */
export interface MasterKey {
  /** base64url of 32 bytes. */
  otpMasterKey: string
  /** Tells which master key made a code. */
  kid: string
}

export interface OlderKey extends MasterKey {
  /** Epoch milliseconds until which a code that was made with it may still be answered. */
  until: number
}

/** Unknown members are kept as they are. */
export interface SecretsDocument extends GivenSecrets, MasterKey {
  /** The master key before the last rotation: codes made with it can still be answered. */
  previous?: MasterKey
  /** Those before it, where rotations followed closely on each other, the latest first. */
  older?: OlderKey[]
  /**
   * What numbers are filed under, as base64url of 32 bytes. A new one would lose every counter and every live
   * code. It is taken from here, else from `previous`, else from the current master key: a rotation loses
   * nothing while `previous` stands, and nothing ever where this is written.
   */
  idMasterKey?: string
  [unknown: string]: unknown
}

/** The document cannot be used. Its message never quotes a value. */
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

function key(value: unknown, name: string): Buffer {
  const bytes = Buffer.from(string(value, name), 'base64url')
  if (bytes.length !== 32) throw new SecretsError(`${name} in the secrets is not 32 bytes.`)
  return bytes
}

/** A code lives for ten minutes at most, and a container makes codes with what it has read ten minutes ago. */
const answerableMs = 30 * 60_000
/** An SSM parameter holds 4 kB. */
const mostOlder = 10

/** Throws SecretsError where a member is missing without which there is no document, or one of `needed`. */
export function parseSecrets(text: string, needed: readonly GivenName[]): SecretsDocument {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new SecretsError('The secrets are not JSON.')
  }
  const document = object(parsed)
  key(document.otpMasterKey, 'otpMasterKey')
  string(document.kid, 'kid')
  for (const name of needed) string(document[name], name)
  return document as SecretsDocument
}

/** The document as it is worked with. */
export interface Secrets {
  /** What was asked for of it, and nothing else. */
  given: Partial<GivenSecrets>
  /** Makes new tags. */
  current: Keys
  /** Keys to check with: the current ones and, after rotations, those before them. */
  known: Keys[]
  idKey: Buffer
}

/** Opens the keys, and `needed` of what was given. Throws SecretsError for a key that is none. */
export function openSecrets(document: SecretsDocument, needed: readonly GivenName[] = []): Secrets {
  let idMaster = key(document.otpMasterKey, 'otpMasterKey')
  const current = deriveKeys(document.kid, idMaster)
  const known = [current]
  if (document.previous) {
    const { otpMasterKey, kid } = object(document.previous)
    idMaster = key(otpMasterKey, 'previous.otpMasterKey')
    known.push(deriveKeys(string(kid, 'previous.kid'), idMaster))
  }
  for (const one of listOf(document.older)) {
    const { otpMasterKey, kid } = object(one)
    known.push(deriveKeys(string(kid, 'older.kid'), key(otpMasterKey, 'older.otpMasterKey')))
  }
  if (document.idMasterKey) idMaster = key(document.idMasterKey, 'idMasterKey')
  const given = Object.fromEntries(needed.map((name) => [name, document[name]]))
  return { given, current, known, idKey: deriveIdKey(idMaster) }
}

/** Somebody may have edited the document. */
const listOf = (older: SecretsDocument['older']) => (Array.isArray(older) ? older : [])

const newKey = () => randomBytes(32).toString('base64url')

function newMasterKey(): MasterKey {
  return { otpMasterKey: newKey(), kid: randomBytes(4).toString('hex') }
}

/** For a new stage. Numbers are filed under a key of their own, so that a new master key loses no counter. */
export function newSecrets(given: GivenSecrets): SecretsDocument {
  return { ...given, ...newMasterKey(), idMasterKey: newKey() }
}

/** With other values of what is given. The master key stays: every stored code and counter is filed under it. */
export function withGiven(document: SecretsDocument, given: Partial<GivenSecrets>): SecretsDocument {
  return { ...document, ...given }
}

/**
 * With a new master key at `now` (epoch milliseconds). The old one stays as `previous`, and those before it while
 * their codes may still be answered: a rotation whose outcome is not known may be repeated at once. What numbers
 * are filed under is written from now on, since `previous` no longer stands for it after a second rotation.
 */
export function withNewMasterKey(document: SecretsDocument, now: number): SecretsDocument {
  const { otpMasterKey, kid, previous, older, ...rest } = document
  const before = previous ? [{ ...previous, until: now + answerableMs }] : []
  const answerable = [...before, ...listOf(older).filter(({ until }) => until > now)].slice(0, mostOlder)
  return {
    ...rest,
    idMasterKey: rest.idMasterKey ?? previous?.otpMasterKey ?? otpMasterKey,
    ...newMasterKey(),
    previous: { otpMasterKey, kid },
    ...(answerable.length > 0 ? { older: answerable } : {}),
  }
}
