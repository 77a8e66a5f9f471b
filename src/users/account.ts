// An account of a stage's pool as Cognito has it, and whose its number is by what the triggers remember.
import { AdminGetUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import type { Connection } from '../aws/account.ts'
import { ifFound } from '../aws/errors.ts'
import { type MasterKeys, openMasterKey } from '../core/master-key.ts'
import { countryOf } from '../core/phone-number.ts'
import { attributesIn, isOwnerOf, numberPkOf, type Subject, subjectOf } from '../core/subject.ts'
import type { LedgerItem } from '../core/table-ledger.ts'
import { AppError, usageError } from '../errors.ts'
import { readMasterKey } from '../resources/master-key.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import type { Settings } from '../settings/schema.ts'
import { readLedger } from './number-ledger.ts'

export interface Account {
  /** Cognito's own name for the user, an id. */
  username: string
  status: string
  enabled: boolean
  createdAt: string | undefined
  attributes: Record<string, string>
  /** As the triggers see it; a decoy's ledger is not that of its number. */
  subject: Subject
  /** Of the subject. */
  item: LedgerItem
  /** It has proven the number that it holds. */
  owns: boolean
}

/** The keys that numbers and accounts are filed under. Throws SECRETS_UNREADABLE. */
export async function readKeys(aws: Connection): Promise<MasterKeys> {
  const document = await readMasterKey(aws)
  if (document) return openMasterKey(document)
  const { stage } = aws.place
  throw new AppError('SECRETS_UNREADABLE', `The secrets of stage ${stage} cannot be read`, {
    why: 'its master key is missing, or is not in a form that whatsapp-otp has written',
    next: [`whatsapp-otp status --stage ${stage}`],
  })
}

/** Judges a number by the countries that the stage was deployed with. */
export const isAllowedIn = (record: StageRecord) => (phone: string) =>
  (record.settings as Settings).allowedCountries.includes(countryOf(phone) ?? '')

/** Throws COUNTRY_NOT_ALLOWED, with `what` as what failed, for a number that the stage lets nobody sign in with. */
export function refuseCountry(record: StageRecord, phone: string, what: string): void {
  if (isAllowedIn(record)(phone)) return
  throw usageError('COUNTRY_NOT_ALLOWED', what, {
    why: 'its country is not among ALLOWED_COUNTRIES of the stage',
    next: ['choose another number', `whatsapp-otp deploy --stage ${record.stage} --countries <codes>`],
  })
}

/** The account that holds this number, proven or not; undefined where none does. */
export async function readAccount(
  aws: Connection,
  record: StageRecord,
  { idKey }: Pick<MasterKeys, 'idKey'>,
  phone: string,
): Promise<Account | undefined> {
  const { userPoolId, signupClientId: signup, loginClientId: login } = record
  const known = await ifFound(
    aws.cognito.send(new AdminGetUserCommand({ UserPoolId: userPoolId, Username: phone })),
  )
  if (!known) return undefined
  const attributes = attributesIn(known.UserAttributes)
  const username = known.Username ?? ''
  // The triggers' own rule decides under which key the counters are kept.
  const subject = subjectOf(
    {
      userPoolId,
      userName: username,
      callerContext: { clientId: login },
      request: { userAttributes: attributes },
    },
    { signup, login },
    idKey,
    isAllowedIn(record),
  )
  const item = await readLedger(aws, subject.pk)
  return {
    username,
    status: known.UserStatus ?? 'UNKNOWN',
    enabled: known.Enabled !== false,
    createdAt: known.UserCreateDate?.toISOString(),
    attributes,
    subject,
    item,
    owns: isOwnerOf(subject, item.ledger),
  }
}

/**
 * The account that holds `to` as its own while `phone` is still remembered as its own too: a change of number that
 * was cut off before its end.
 */
export async function readMoved(
  aws: Connection,
  record: StageRecord,
  keys: Pick<MasterKeys, 'idKey'>,
  phone: string,
  to: string,
): Promise<Account | undefined> {
  if (phone === to) return undefined
  const [account, { ledger }] = await Promise.all([
    readAccount(aws, record, keys, to),
    readLedger(aws, numberPkOf(keys.idKey, record.userPoolId, phone)),
  ])
  return account?.owns && ledger.owner === account.subject.user ? account : undefined
}

/** A number of the stage: who holds it, and whether somebody has proven it, whoever holds it now. */
export interface Holding {
  pk: string
  item: LedgerItem
  account: Account | undefined
  isProven: boolean
}

export async function readHolding(
  aws: Connection,
  record: StageRecord,
  keys: Pick<MasterKeys, 'idKey'>,
  phone: string,
): Promise<Holding> {
  const pk = numberPkOf(keys.idKey, record.userPoolId, phone)
  const [account, item] = await Promise.all([readAccount(aws, record, keys, phone), readLedger(aws, pk)])
  return { pk, item, account, isProven: account?.owns === true || item.ledger.owner !== undefined }
}
