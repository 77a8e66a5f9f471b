// Gives a user another number on the word of whoever looks after users: that number counts as proven from then on.
import {
  AdminDisableUserCommand,
  AdminUpdateUserAttributesCommand,
  AdminUserGlobalSignOutCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../aws/account.ts'
import { ungated } from '../aws/gate.ts'
import { toAppError } from '../aws/words.ts'
import type { Ledger } from '../core/ledger/ledger.ts'
import { maskPhone } from '../core/mask.ts'
import { getProvenInput, nobodysNumber, provenItem, provenNumberOf } from '../core/proven-number.ts'
import { numberHashOf, numberIdOf } from '../core/table-items.ts'
import { testNumberOf } from '../core/test-numbers.ts'
import { AppError, usageError } from '../errors.ts'
import { names } from '../names.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { type Account, type Holding, isAllowedIn, readHolding } from './account.ts'
import type { Deed } from './deed.ts'
import { changeLedger } from './number-ledger.ts'
import type { Found } from './one-user.ts'

/** What becomes of an account that stands at a number which it has not proven. */
interface Displaced {
  account: Account
  to: string
  /** It goes back to the number that it has proven, and else to one that nobody can have, which ends it. */
  isBack: boolean
}

/** Throws a usage error for a number that the user cannot have, and NUMBER_NOT_PROVEN, with nothing changed. */
export async function changeOf(
  aws: Connection,
  record: StageRecord,
  found: Found,
  phone: string,
): Promise<Deed> {
  const { user, account, keys, phone: old } = found
  refuseNumber(record, found, phone)
  if (!account.owns) throw notProven(record.stage)
  const holding = await readHolding(aws, record, keys, phone).catch((error) => {
    throw toAppError(error, 'look at the new number')
  })
  const isOwn = holding.item.ledger.owner === account.subject.user
  if (testNumberOf(keys.testNumbers, numberHashOf(holding.pk), aws.clock.now())) throw isTest(record.stage)
  if (holding.account?.owns || (holding.isProven && !isOwn)) throw taken()
  const displaced = holding.account && (await displacedOf(aws, record, found, holding.account))
  const number = numberIdOf(holding.pk)
  const fields = { user: user.username, number: user.number, phone: maskPhone(old) }
  const to = { toNumber: number, toPhone: maskPhone(phone) }
  return {
    warnings: displaced ? [words(displaced)] : [],
    question: `Give this user the number ${maskPhone(phone)} as a proven one, and end all sessions?`,
    title: 'Change the number',
    notes: [
      ...(displaced ? [noteOf(displaced, number, phone)] : []),
      ['number_changed', { ...fields, ...to }],
    ],
    async play() {
      if (displaced) await displace(aws, record, displaced)
      await moveTo(aws, record, found, holding, phone)
    },
    done: 'From now on codes go to the new number; all sessions have ended, but tokens that are out count for up to an hour.',
    result: {
      changed: true,
      to: { phone: maskPhone(phone), number },
      displaced: displaced ? { username: displaced.account.username, disabled: !displaced.isBack } : null,
    },
  }
}

/**
 * What is remembered comes first, Cognito second, what the old number knew last: cut off anywhere before Cognito,
 * the same command does it all again.
 */
async function moveTo(
  aws: Connection,
  record: StageRecord,
  { account, keys }: Found,
  { pk }: Holding,
  phone: string,
): Promise<void> {
  const { cognito, dynamodb, clock, place } = aws
  const { user, pk: oldPk } = account.subject
  const Username = account.username
  const UserPoolId = record.userPoolId
  await changeLedger(aws, pk, ({ provenByTest: _, ...ledger }) => ({
    ...ledger,
    owner: user,
    // Of whoever had it before.
    devices: [],
    lastSuccess: clock.now(),
  }))
  const item = provenItem(names.table(place.stage), UserPoolId, user, keys.numberKey, phone)
  await dynamodb.send(ungated(new PutItemCommand(item)))
  const UserAttributes = [
    { Name: 'phone_number', Value: phone },
    { Name: 'phone_number_verified', Value: 'true' },
    { Name: 'custom:whatsapp_verified', Value: 'true' },
  ]
  await cognito.send(ungated(new AdminUpdateUserAttributesCommand({ UserPoolId, Username, UserAttributes })))
  try {
    await cognito.send(ungated(new AdminUserGlobalSignOutCommand({ UserPoolId, Username })))
    await changeLedger(aws, oldPk, (ledger) => withoutOwner(ledger, user))
  } catch (error) {
    throw new AppError('SESSIONS_NOT_ENDED', 'The number was changed, but sessions may go on', {
      why: toAppError(error, 'end the sessions').why ?? 'AWS did not answer',
      next: [
        `aws cognito-idp admin-user-global-sign-out --user-pool-id ${UserPoolId} --username ${Username}`,
      ],
      cause: error,
    })
  }
}

function withoutOwner({ owner, ...ledger }: Ledger, user: string): Ledger | undefined {
  return owner === user ? { ...ledger, devices: [] } : undefined
}

async function displacedOf(
  aws: Connection,
  record: StageRecord,
  { keys }: Found,
  account: Account,
): Promise<Displaced> {
  const { user, mark } = account.subject
  const input = getProvenInput(names.table(aws.place.stage), user)
  const { Item } = await aws.dynamodb.send(new GetItemCommand(input))
  const proven = provenNumberOf(Item, record.userPoolId, user, keys.numberKey)
  if (mark === 'changed' && proven) {
    const there = await readHolding(aws, record, keys, proven)
    const isFree = !there.account && there.item.ledger.owner === user
    if (isFree) return { account, to: proven, isBack: true }
  }
  return { account, to: nobodysNumber(account.username), isBack: false }
}

async function displace(
  { cognito }: Connection,
  { userPoolId: UserPoolId }: StageRecord,
  { account, to, isBack }: Displaced,
): Promise<void> {
  const Username = account.username
  const UserAttributes = [
    { Name: 'phone_number', Value: to },
    { Name: 'phone_number_verified', Value: String(isBack) },
  ]
  if (!isBack) await cognito.send(ungated(new AdminDisableUserCommand({ UserPoolId, Username })))
  await cognito.send(ungated(new AdminUpdateUserAttributesCommand({ UserPoolId, Username, UserAttributes })))
  await cognito.send(ungated(new AdminUserGlobalSignOutCommand({ UserPoolId, Username })))
}

function noteOf({ account, to, isBack }: Displaced, number: string, phone: string): Deed['notes'][number] {
  const fields = { user: account.username, number, phone: maskPhone(phone) }
  return ['number_taken_back', { ...fields, toPhone: isBack ? maskPhone(to) : 'nobody’s' }]
}

const words = ({ account, isBack }: Displaced) =>
  `the account ${account.username} holds the new number without having proven it; it ${
    isBack
      ? 'goes back to the number that it has proven'
      : 'gets a number that nobody can have, and is disabled'
  }`

function refuseNumber(record: StageRecord, { phone: old }: Found, phone: string): void {
  if (phone === old) {
    throw usageError('NUMBER_IS_THE_SAME', 'The user has this number already', {
      why: 'both numbers are the same',
      next: ['whatsapp-otp users change-number <old> <new>'],
    })
  }
  if (isAllowedIn(record)(phone)) return
  throw usageError('COUNTRY_NOT_ALLOWED', 'The new number would never get a code', {
    why: 'its country is not among ALLOWED_COUNTRIES of the stage',
    next: ['choose another number', `whatsapp-otp deploy --stage ${record.stage} --countries <codes>`],
  })
}

function notProven(stage: string): AppError {
  return new AppError('NUMBER_NOT_PROVEN', 'The number was not changed', {
    why: 'the account has not proven the number that it holds, so nothing tells whose account it is',
    next: ['sign up or in with the new number instead', `whatsapp-otp users show <old> --stage ${stage}`],
  })
}

function isTest(stage: string): AppError {
  return usageError('NUMBER_IS_FOR_TESTS', 'A test number cannot be a user’s', {
    why: 'it has a fixed code that others know',
    next: [`whatsapp-otp test-numbers remove <phone> --stage ${stage}`, 'choose another number'],
  })
}

function taken(): AppError {
  return new AppError('NUMBER_TAKEN', 'The number was not changed', {
    why: 'somebody has proven the new number as his own',
    next: ['whatsapp-otp users show <new>', 'or let the user prove it in the app'],
  })
}
