// The keys that codes are made with and numbers are filed under: made by the deployer, opened by the functions.
import { randomBytes } from 'node:crypto'
import { deriveIdKey, deriveKeys, deriveNumberKey, type Keys } from './keys.ts'
import { membersOf, parseDocument, SecretsError, textOf } from './secrets-document.ts'
import { type TestNumber, testNumbersIn } from './test-numbers.ts'

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
export interface MasterKeyDocument extends MasterKey {
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
  /** See test-numbers.ts. */
  testNumbers?: TestNumber[]
  [unknown: string]: unknown
}

/** The members that this version knows, and that a document of all secrets has as well. */
export const masterKeyMembers = ['otpMasterKey', 'kid', 'previous', 'older', 'idMasterKey'] as const

/** The document as it is worked with. */
export interface MasterKeys {
  /** Makes new tags. */
  current: Keys
  /** Keys to check with: the current ones and, after rotations, those before them. */
  known: Keys[]
  idKey: Buffer
  /** Seals proven numbers. */
  numberKey: Buffer
  testNumbers: TestNumber[]
}

function key(value: unknown, name: string): Buffer {
  const bytes = Buffer.from(textOf(value, name), 'base64url')
  if (bytes.length !== 32) throw new SecretsError(`${name} in the secrets is not 32 bytes.`)
  return bytes
}

/** A code lives for ten minutes at most, and a container makes codes with what it has read ten minutes ago. */
const answerableMs = 30 * 60_000
/** An SSM parameter holds 4 kB. */
const mostOlder = 10

/** Throws SecretsError where a member is missing without which there is no document. */
export function parseMasterKey(text: string): MasterKeyDocument {
  const document = parseDocument(text)
  key(document.otpMasterKey, 'otpMasterKey')
  textOf(document.kid, 'kid')
  return document as MasterKeyDocument
}

/** Throws SecretsError for a key that is none. */
export function openMasterKey(document: MasterKeyDocument): MasterKeys {
  let idMaster = key(document.otpMasterKey, 'otpMasterKey')
  const current = deriveKeys(document.kid, idMaster)
  const known = [current]
  if (document.previous) {
    const { otpMasterKey, kid } = membersOf(document.previous)
    idMaster = key(otpMasterKey, 'previous.otpMasterKey')
    known.push(deriveKeys(textOf(kid, 'previous.kid'), idMaster))
  }
  for (const one of listOf(document.older)) {
    const { otpMasterKey, kid } = membersOf(one)
    known.push(deriveKeys(textOf(kid, 'older.kid'), key(otpMasterKey, 'older.otpMasterKey')))
  }
  if (document.idMasterKey) idMaster = key(document.idMasterKey, 'idMasterKey')
  return {
    current,
    known,
    idKey: deriveIdKey(idMaster),
    numberKey: deriveNumberKey(idMaster),
    testNumbers: testNumbersIn(document.testNumbers),
  }
}

/** Somebody may have edited the document. */
const listOf = (older: MasterKeyDocument['older']) => (Array.isArray(older) ? older : [])

const randomKey = () => randomBytes(32).toString('base64url')

function randomMasterKey(): MasterKey {
  return { otpMasterKey: randomKey(), kid: randomBytes(4).toString('hex') }
}

/** For a new stage. Numbers are filed under a key of their own, so that a new master key loses no counter. */
export function newMasterKey(): MasterKeyDocument {
  return { ...randomMasterKey(), idMasterKey: randomKey() }
}

/**
 * With a new master key at `now` (epoch milliseconds). The old one stays as `previous`, and those before it while
 * their codes may still be answered: a rotation whose outcome is not known may be repeated at once. What numbers
 * are filed under is written from now on, since `previous` no longer stands for it after a second rotation.
 */
export function withNewMasterKey(document: MasterKeyDocument, now: number): MasterKeyDocument {
  const { otpMasterKey, kid, previous, older, ...rest } = document
  const before = previous ? [{ ...previous, until: now + answerableMs }] : []
  const answerable = [...before, ...listOf(older).filter(({ until }) => until > now)].slice(0, mostOlder)
  return {
    ...rest,
    idMasterKey: rest.idMasterKey ?? previous?.otpMasterKey ?? otpMasterKey,
    ...randomMasterKey(),
    previous: { otpMasterKey, kid },
    ...(answerable.length > 0 ? { older: answerable } : {}),
  }
}
