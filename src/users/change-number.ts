// Gives a user another number on the word of whoever looks after users: that number counts as proven from then on.
import {
  AdminUpdateUserAttributesCommand,
  AdminUserGlobalSignOutCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../aws/account.ts'
import { ungated } from '../aws/gate.ts'
import { toAppError } from '../aws/words.ts'
import type { Ledger } from '../core/ledger/ledger.ts'
import { maskPhone } from '../core/mask.ts'
import { provenItem } from '../core/proven-number.ts'
import { numberPkOf } from '../core/subject.ts'
import { numberHashOf, numberIdOf } from '../core/table-items.ts'
import { testNumberOf } from '../core/test-numbers.ts'
import { AppError, runAgain, usageError } from '../errors.ts'
import { names } from '../names.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { type Holding, readHolding, refuseCountry } from './account.ts'
import type { Deed } from './deed.ts'
import { type Displaced, displace, displacedOf, noteOf, wordsOf } from './displaced.ts'
import { isBorrowed } from './holders.ts'
import { changeLedger } from './number-ledger.ts'
import type { Found } from './one-user.ts'

/** Throws POOL_NOT_OURS: an account of a borrowed pool is for whoever looks after that to change. */
export function refuseBorrowedChange(record: StageRecord): void {
  if (!isBorrowed(record)) return
  const { region, userPoolId, stage } = record
  throw usageError('POOL_NOT_OURS', 'The number was not changed', {
    why: `the pool ${userPoolId} is not stage ${stage}’s, and of its accounts nothing is written from here`,
    next: [
      'change it where your accounts are looked after: codes go to the number that Cognito calls verified',
      `aws cognito-idp admin-update-user-attributes --region ${region} --user-pool-id ${userPoolId} --username <name> --user-attributes Name=phone_number,Value=<new> Name=phone_number_verified,Value=true`,
    ],
  })
}

/** Throws a usage error for a number that the user cannot have, and NUMBER_NOT_PROVEN, with nothing changed. */
export async function changeOf(
  aws: Connection,
  record: StageRecord,
  found: Found,
  phone: string,
): Promise<Deed> {
  const { user, account, phone: old } = found
  refuseNumber(record, found, phone)
  if (!account.owns) throw notProven(record.stage)
  const look = () => lookAt(aws, record, found, phone)
  const holding = await look().catch((error) => {
    throw toAppError(error, 'look at the new number')
  })
  const displaced = holding.account && (await displacedOf(aws, record, found, holding.account))
  const number = numberIdOf(holding.pk)
  const fields = { user: user.username, number: user.number, phone: maskPhone(old) }
  const to = { toNumber: number, toPhone: maskPhone(phone) }
  return {
    warnings: displaced ? [wordsOf(displaced)] : [],
    question: `Give this user the number ${maskPhone(phone)} as a proven one, and end all sessions?`,
    title: 'Change the number',
    notes: [
      ...(displaced ? [noteOf(displaced, number, phone)] : []),
      ['number_changed', { ...fields, ...to }],
    ],
    async play() {
      // While somebody thought about it, the number may have been proven, or the account there may have left it.
      const now = await look()
      if (now.account?.username !== holding.account?.username) throw lookAgain()
      try {
        if (displaced) await displace(aws, record, displaced)
        await moveTo(aws, record, found, old, holding.pk, phone)
      } catch (error) {
        throw unclear(error, displaced)
      }
      await finish(aws, record, found, old)
    },
    done,
    result: {
      changed: true,
      to: { phone: maskPhone(phone), number },
      displaced: displaced ? { username: displaced.account.username, disabled: !displaced.isBack } : null,
    },
  }
}

/** Throws NUMBER_IS_FOR_TESTS and NUMBER_TAKEN. */
async function lookAt(
  aws: Connection,
  record: StageRecord,
  { account, keys }: Found,
  phone: string,
): Promise<Holding> {
  const holding = await readHolding(aws, record, keys, phone)
  if (testNumberOf(keys.testNumbers, numberHashOf(holding.pk), aws.clock.now())) throw isTest(record.stage)
  const isOwn = holding.item.ledger.owner === account.subject.user
  if (holding.account?.owns || (holding.isProven && !isOwn)) throw taken()
  return holding
}

/** What is left of a change that was cut off after Cognito had it. */
export function restOf(aws: Connection, record: StageRecord, found: Found, old: string): Deed {
  const { user, account, keys, phone } = found
  const number = numberIdOf(numberPkOf(keys.idKey, record.userPoolId, old))
  const to = { toNumber: user.number, toPhone: maskPhone(phone) }
  return {
    warnings: ['this user has the new number already; the change was cut off before its end'],
    question: 'End all sessions, and forget the old number?',
    title: 'Finish the change',
    notes: [['number_changed', { user: account.username, number, phone: maskPhone(old), ...to }]],
    play: () => finish(aws, record, found, old),
    done,
    result: { changed: true, to: { phone: maskPhone(phone), number: user.number }, displaced: null },
  }
}

const done =
  'Codes go to the new number; all sessions have ended, but tokens that are out count for up to an hour.'

/**
 * What is remembered comes first, Cognito second: cut off anywhere before it, the same command does it all again,
 * and after it, what is left.
 */
async function moveTo(
  aws: Connection,
  record: StageRecord,
  { account, keys }: Found,
  old: string,
  pk: string,
  phone: string,
): Promise<void> {
  const { cognito, dynamodb, clock, place } = aws
  const { user } = account.subject
  const UserPoolId = record.userPoolId
  // By this the next run tells that something is left.
  await changeLedger(aws, numberPkOf(keys.idKey, UserPoolId, old), (ledger) =>
    ledger.owner === user ? undefined : { ...ledger, owner: user },
  )
  await changeLedger(aws, pk, ({ provenByTest: _, owner = user, ...ledger }) => {
    if (owner !== user) throw taken()
    // The devices are of whoever had it before.
    return { ...ledger, owner, devices: [], lastSuccess: clock.now() }
  })
  const item = provenItem(names.table(place.stage), UserPoolId, user, keys.numberKey, phone)
  await dynamodb.send(ungated(new PutItemCommand(item)))
  const UserAttributes = [
    { Name: 'phone_number', Value: phone },
    { Name: 'phone_number_verified', Value: 'true' },
    { Name: 'custom:whatsapp_verified', Value: 'true' },
  ]
  const Username = account.username
  await cognito.send(ungated(new AdminUpdateUserAttributesCommand({ UserPoolId, Username, UserAttributes })))
}

/** The sessions, and last of all what the old number knew. */
async function finish(
  aws: Connection,
  { userPoolId: UserPoolId }: StageRecord,
  { account, keys }: Found,
  old: string,
): Promise<void> {
  const unfinished = (what: string) => (error: unknown) => {
    throw new AppError('CHANGE_UNFINISHED', `The number was changed, but ${what}`, {
      why: toAppError(error, 'finish the change').why ?? 'AWS did not answer',
      next: ['run the same command again: it does what is left'],
      cause: error,
    })
  }
  const Username = account.username
  await aws.cognito
    .send(ungated(new AdminUserGlobalSignOutCommand({ UserPoolId, Username })))
    .catch(unfinished('sessions may go on'))
  // That of the number, even where its country gets no codes any more.
  const pk = numberPkOf(keys.idKey, UserPoolId, old)
  await changeLedger(aws, pk, (ledger) => withoutOwner(ledger, account.subject.user)).catch(
    unfinished('the old one is still remembered as this user’s'),
  )
}

function withoutOwner({ owner, ...ledger }: Ledger, user: string): Ledger | undefined {
  return owner === user ? { ...ledger, devices: [] } : undefined
}

/** Nobody knows how far it came: the answer may have been lost. */
function unclear(error: unknown, displaced: Displaced | undefined): AppError {
  const { code, message, why, next } = toAppError(error, 'change the number')
  const other = displaced && `; the account ${displaced.account.username} may have lost it already`
  return new AppError(code, message, {
    why: `${why ?? message}${other ?? ''}`,
    next: [...next.filter((one) => one !== runAgain), 'run the same command again: it does what is left'],
    cause: error,
  })
}

function refuseNumber(record: StageRecord, { phone: old }: Found, phone: string): void {
  if (phone === old) {
    throw usageError('NUMBER_IS_THE_SAME', 'The user has this number already', {
      why: 'both numbers are the same',
      next: ['whatsapp-otp users change-number <old> <new>'],
    })
  }
  refuseCountry(record, phone, 'The new number would never get a code')
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

function lookAgain(): AppError {
  return new AppError('NUMBER_BUSY', 'The number was not changed', {
    why: 'another account has come to the new number, or left it, since it was looked at',
    next: [runAgain],
  })
}

function taken(): AppError {
  return new AppError('NUMBER_TAKEN', 'The number was not changed', {
    why: 'somebody has proven the new number as his own',
    next: ['whatsapp-otp users show <new>', 'or let the user prove it in the app'],
  })
}
