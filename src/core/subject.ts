// Who is signing in, as far as the rules care: a number that may get a code, or nobody, who must look the same.
import type { Fields } from './events.ts'
import { hashId } from './keys.ts'
import type { Ledger } from './ledger/ledger.ts'
import { maskPhone } from './mask.ts'
import { ledgerPk, numberIdOf } from './table-items.ts'

/** The ids of the two app clients. */
export interface Clients {
  signup: string
  login: string
}

export interface SubjectEvent {
  userPoolId: string
  userName: string
  callerContext: { clientId: string }
  request: {
    userAttributes?: Record<string, string> | null
    userNotFound?: boolean | undefined
  }
}

export interface Subject {
  /** The key of the ledger. */
  pk: string
  /** A keyed hash of the user's name. */
  user: string
  client: string
  /** E.164; undefined for a decoy. */
  phone: string | undefined
  /** What Cognito's attributes say about the number; the ledger may know better. */
  mark: Mark
  /** Why nothing is ever sent to this subject, for the log only. Undefined for a real one. */
  decoy: DecoyReason | undefined
  /** The user's `locale` attribute. */
  locale: string | undefined
}

export type DecoyReason = 'unknown' | 'client' | 'no_number' | 'country' | 'unverified'

/**
 * `proven`: this user has proven this number. `changed`: the user has proven a number, but since then a client has
 * written another one. `none`: the user has proven nothing yet. `verified`: in a pool of somebody else's, it counts
 * there as this user's, whether a code of ours has proven it or not.
 */
export type Mark = 'proven' | 'changed' | 'verified' | 'none'

/** The attributes of a user, by name, as the triggers' events have them. */
export function attributesIn(
  listed: readonly { Name?: string | undefined; Value?: string | undefined }[] = [],
): Record<string, string> {
  return Object.fromEntries(listed.map(({ Name = '', Value = '' }) => [Name, Value]))
}

/** What the attributes say. Clients cannot write either of the two marks; a new number loses Cognito's own. */
export function markOf(attributes: Record<string, string>): Mark {
  if (attributes['custom:whatsapp_verified'] !== 'true') return 'none'
  return attributes.phone_number_verified === 'true' ? 'proven' : 'changed'
}

/** Why an event counts as nobody's; undefined for a number that may get a code. `isAllowed` judges the number. */
export function decoyReasonOf(
  event: SubjectEvent,
  clients: Clients,
  isAllowed: (phone: string) => boolean = () => true,
): DecoyReason | undefined {
  const client = event.callerContext.clientId
  const phone = event.request.userAttributes?.phone_number
  if (event.request.userNotFound) return 'unknown'
  if (client !== clients.signup && client !== clients.login) return 'client'
  if (!phone) return 'no_number'
  return isAllowed(phone) ? undefined : 'country'
}

/** The keyed hash of an account. */
export const userHashOf = (idKey: Buffer, pool: string, userName: string) =>
  hashId(idKey, 'uid', pool, userName)

/** The key of a number's ledger. */
export const numberPkOf = (idKey: Buffer, pool: string, phone: string) =>
  ledgerPk(hashId(idKey, 'num', pool, phone))

/**
 * Tells the subject of an event. A decoy has a ledger of its own, under the user's name, so that it can never use
 * up a number's tries.
 */
export function subjectOf(
  event: SubjectEvent,
  clients: Clients,
  idKey: Buffer,
  isAllowed: (phone: string) => boolean = () => true,
): Subject {
  const { userPoolId: pool, userName } = event
  const attributes = event.request.userAttributes ?? {}
  const phone = attributes.phone_number
  const decoy = decoyReasonOf(event, clients, isAllowed)
  return {
    pk: decoy || !phone ? decoyPkOf(event, idKey) : numberPkOf(idKey, pool, phone),
    user: userHashOf(idKey, pool, userName),
    client: event.callerContext.clientId,
    phone: decoy ? undefined : phone,
    mark: markOf(attributes),
    decoy,
    locale: attributes.locale,
  }
}

/** The subject as somebody who gets no codes. */
export function decoyOf(subject: Subject, event: SubjectEvent, idKey: Buffer, decoy: DecoyReason): Subject {
  return { ...subject, pk: decoyPkOf(event, idKey), phone: undefined, mark: 'none', decoy }
}

const decoyPkOf = ({ userPoolId, userName }: SubjectEvent, idKey: Buffer) =>
  numberPkOf(idKey, userPoolId, `u:${userName}`)

/** Whether this user owns the number, by what is remembered where no client can write, else by the marks. */
export function isOwnerOf(
  { mark, user }: Pick<Subject, 'mark' | 'user'>,
  { owner, provenByTest }: Pick<Ledger, 'owner' | 'provenByTest'>,
): boolean {
  if (mark === 'verified') return true
  if (mark === 'changed') return owner === user
  return mark === 'proven' && !provenByTest
}

/** A device's secret, as it is filed: worth nothing for another number or another account. */
export function deviceIdOf(idKey: Buffer, pool: string, { pk, user }: Subject, secret: string): string {
  return hashId(idKey, 'device', pool, `${pk}|${user}|${secret}`)
}

/** What may be logged about a subject. */
export function describeSubject({ pk, phone, decoy }: Subject): Fields {
  const about = { number: numberIdOf(pk), decoy: decoy !== undefined }
  return phone ? { ...about, phone: maskPhone(phone) } : about
}
