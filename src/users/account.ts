// An account of a stage's pool as Cognito has it, and whose its number is by what the triggers remember.
import type { Connection } from '../aws/account.ts'
import type { Memory } from '../core/borrowed-pool.ts'
import { type MasterKeys, openMasterKey } from '../core/master-key.ts'
import { countryOf } from '../core/phone/number.ts'
import { isOwnerOf, numberPkOf, type Subject, subjectOf } from '../core/subject.ts'
import type { LedgerItem } from '../core/table-ledger.ts'
import { AppError, usageError } from '../errors.ts'
import { readMasterKey } from '../resources/master-key.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import type { Settings } from '../settings/schema.ts'
import { type Holder, holdersOf, isBorrowed } from './holders.ts'
import { recall, rememberedSubject } from './memory.ts'
import { readLedger } from './number-ledger.ts'

export interface Account extends Holder {
  /** As the triggers see it; a decoy's ledger is not that of its number. */
  subject: Subject
  /** Of the subject. */
  item: LedgerItem
  /** It has proven the number that it holds; in a borrowed pool, that counts there as its own. */
  owns: boolean
  /** In a borrowed pool: what the table knows of the account, which bears no marks of ours. */
  memory: Memory | undefined
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

/**
 * The account that holds this number, proven or not; undefined where none does. In a borrowed pool the one that codes go
 * to: several may have the number there, and throws NUMBER_OF_SEVERAL where nothing tells which is meant, as `name` does.
 */
export async function readAccount(
  aws: Connection,
  record: StageRecord,
  keys: MasterKeys,
  phone: string,
  name?: string,
): Promise<Account | undefined> {
  const accounts = await readAccounts(aws, record, keys, phone, name)
  const entitled = accounts.filter(({ subject }) => !subject.decoy)
  const [first, ...others] = entitled.length > 0 ? entitled : accounts
  if (others.length > 0) throw ofSeveral(record, accounts)
  return first
}

/** Every account that holds this number; `name` as in `holdersOf`. */
export async function readAccounts(
  aws: Connection,
  record: StageRecord,
  keys: MasterKeys,
  phone: string,
  name?: string,
): Promise<Account[]> {
  const holders = await holdersOf(aws, record, phone, name)
  return Promise.all(holders.map((holder) => accountOf(aws, record, keys, holder)))
}

async function accountOf(
  aws: Connection,
  record: StageRecord,
  keys: MasterKeys,
  holder: Holder,
): Promise<Account> {
  const { userPoolId, signupClientId: signup, loginClientId: login } = record
  const { username, attributes } = holder
  const event = {
    ...{ userPoolId, userName: username },
    callerContext: { clientId: login },
    request: { userAttributes: attributes },
  }
  // The triggers' own rule decides under which key the counters are kept.
  const byMarks = subjectOf(event, { signup, login }, keys.idKey, isAllowedIn(record))
  const { user } = byMarks
  const memory = isBorrowed(record) ? await recall(aws, record, keys, { user, username }) : undefined
  const subject = memory ? rememberedSubject(byMarks, event, record, keys, memory) : byMarks
  const item = await readLedger(aws, subject.pk)
  return { ...holder, subject, item, owns: isOwnerOf(subject, item.ledger), memory }
}

function ofSeveral({ stage }: StageRecord, accounts: readonly Account[]): AppError {
  return usageError('NUMBER_OF_SEVERAL', `${accounts.length} accounts of the pool have that number`, {
    why: `they are called ${accounts.map(({ username }) => username).join(', ')}`,
    next: [`the same command with --user <name> --stage ${stage}`],
  })
}

/**
 * The account that holds `to` as its own while `phone` is still remembered as its own too: a change of number that
 * was cut off before its end.
 */
export async function readMoved(
  aws: Connection,
  record: StageRecord,
  keys: MasterKeys,
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
  /** One that has proven it, where there is one. */
  account: Account | undefined
  isProven: boolean
  /** Those that a code for the number opens. */
  opens: string[]
}

export async function readHolding(
  aws: Connection,
  record: StageRecord,
  keys: MasterKeys,
  phone: string,
): Promise<Holding> {
  const pk = numberPkOf(keys.idKey, record.userPoolId, phone)
  const [accounts, item] = await Promise.all([readAccounts(aws, record, keys, phone), readLedger(aws, pk)])
  const hasProven = ({ owns, memory }: Account) => (memory ? memory.proven === phone : owns)
  const prover = accounts.find(hasProven)
  const isProven = prover !== undefined || item.ledger.owner !== undefined
  const opens = accounts.filter(({ subject }) => !subject.decoy).map(({ username }) => username)
  return { pk, item, account: prover ?? accounts[0], isProven, opens }
}
