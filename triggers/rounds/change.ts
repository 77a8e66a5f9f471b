// A user's new number: what a session carries from the proof of the old one to the proof of the new one.
import type { CreateAuthChallengeTriggerEvent } from 'aws-lambda'
import type { Wish } from '../../src/core/challenge.ts'
import { sealNumber, unsealNumber } from '../../src/core/keys.ts'
import { numberPkOf, type Subject } from '../../src/core/subject.ts'
import type { Secrets } from '../outside/secrets.ts'
import { entriesOf, entriesRead } from './session.ts'

/** Stands for a number that is still to be named. */
const none = '-'

const purposeOf = (pool: string, user: string, sid: string) => `change|${pool}|${user}|${sid}`

/** New numbers that one proof of the old one may ask for. */
const mostChanges = 3

export interface Change {
  /** For the session to carry on. */
  sealed: string
  /** Undefined where there is none yet that may get a code. */
  phone: string | undefined
  /** This round has named it. */
  isNew: boolean
}

/** The new number that this session is about to prove; undefined where it is not about one. Throws for a false seal. */
export function changeOf(
  event: CreateAuthChallengeTriggerEvent,
  wish: Wish,
  secrets: Secrets,
  subject: Subject,
  { sid, isAllowed }: { sid: string; isAllowed(phone: string): boolean },
): Change | undefined {
  const pool = event.userPoolId
  const entries = entriesRead(event)
  const pending = entries.at(-1)?.change
  const asks = wish.action === 'change_number'
  const isProven = entriesOf(event).at(-1)?.challengeResult === true
  if (!pending && !(isProven && asks)) return undefined
  const before = pending && openChange(secrets, pool, subject, sid, pending)
  if (pending && (!asks || wish.phoneNumber === before))
    return { sealed: pending, phone: before, isNew: false }
  const isTooMany = new Set(entries.flatMap(({ change }) => change ?? [])).size >= mostChanges
  const isRefused = isTooMany || !wish.phoneNumber || !isAllowed(wish.phoneNumber)
  const phone = isRefused ? undefined : wish.phoneNumber
  return { sealed: sealChange(secrets, pool, subject, sid, phone), phone, isNew: true }
}

/** Seals the number, or none yet, for this user's session alone. */
function sealChange(
  secrets: Secrets,
  pool: string,
  { user }: Subject,
  sid: string,
  phone: string | undefined,
): string {
  return sealNumber(secrets.numberKey, purposeOf(pool, user, sid), phone ?? none)
}

/** The number in what `sealChange` sealed; undefined for none yet. Throws for anything else. */
export function openChange(
  secrets: Secrets,
  pool: string,
  { user }: Subject,
  sid: string,
  sealed: string,
): string | undefined {
  const phone = unsealNumber(secrets.numberKey, purposeOf(pool, user, sid), sealed)
  return phone === none ? undefined : phone
}

/** The user as whoever is to prove the new number: it counts as one that nobody has proven. */
export function subjectOfChange(subject: Subject, secrets: Secrets, pool: string, phone: string): Subject {
  return { ...subject, pk: numberPkOf(secrets.idKey, pool, phone), phone, mark: 'none', decoy: undefined }
}
