// Who is signing in, as far as the rules care: a number that may get a code, or nobody, who must look the same.
import type { Fields } from './events.ts'
import { hashId } from './keys.ts'
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
  /** Whether this user has proven this number before. */
  verified: boolean
  /** Why nothing is ever sent to this subject, for the log only. Undefined for a real one. */
  decoy: DecoyReason | undefined
  /** The user's `locale` attribute. */
  locale: string | undefined
}

export type DecoyReason = 'unknown' | 'client' | 'no_number' | 'country' | 'changed_number'

/**
 * Why an event counts as nobody's; undefined for a number that may get a code. `isAllowed` judges the number. A
 * confirmed number that was replaced by another one counts as nobody's: a new number is proven in a signed-in
 * session, not by signing in with it.
 */
export function decoyReasonOf(
  event: SubjectEvent,
  clients: Clients,
  isAllowed: (phone: string) => boolean = () => true,
): DecoyReason | undefined {
  const attributes = event.request.userAttributes ?? {}
  const client = event.callerContext.clientId
  const phone = attributes.phone_number
  if (event.request.userNotFound) return 'unknown'
  if (client !== clients.signup && client !== clients.login) return 'client'
  if (!phone) return 'no_number'
  if (!isAllowed(phone)) return 'country'
  const isProven = attributes.phone_number_verified === 'true'
  return attributes['custom:whatsapp_verified'] === 'true' && !isProven ? 'changed_number' : undefined
}

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
  const attributes = event.request.userAttributes ?? {}
  const phone = attributes.phone_number
  const decoy = decoyReasonOf(event, clients, isAllowed)
  const subject = decoy || !phone ? `u:${event.userName}` : phone
  return {
    pk: ledgerPk(hashId(idKey, 'num', event.userPoolId, subject)),
    user: hashId(idKey, 'uid', event.userPoolId, event.userName),
    client: event.callerContext.clientId,
    phone: decoy ? undefined : phone,
    verified:
      attributes.phone_number_verified === 'true' && attributes['custom:whatsapp_verified'] === 'true',
    decoy,
    locale: attributes.locale,
  }
}

/** What may be logged about a subject. */
export function describeSubject({ pk, phone, decoy }: Subject): Fields {
  const about = { number: numberIdOf(pk), decoy: decoy !== undefined }
  return phone ? { ...about, phone: maskPhone(phone) } : about
}
