// A user's new number: what a session carries from the proof of the old one to the proof of the new one.
import { sealNumber, unsealNumber } from '../../src/core/keys.ts'
import { numberPkOf, type Subject } from '../../src/core/subject.ts'
import type { Secrets } from '../outside/secrets.ts'

/** Stands for a number that is still to be named. */
const none = '-'

const purposeOf = (pool: string, user: string, sid: string) => `change|${pool}|${user}|${sid}`

/** Seals the number, or none yet, for this user's session alone. */
export function sealChange(
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
