// An account that stands at a number which it has not proven, moved away for whoever gets the number.
import {
  AdminDisableUserCommand,
  AdminUpdateUserAttributesCommand,
  AdminUserGlobalSignOutCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../aws/account.ts'
import { ungated } from '../aws/gate.ts'
import { maskPhone } from '../core/mask.ts'
import { getProvenInput, nobodysNumber, provenNumberOf } from '../core/proven-number.ts'
import { names } from '../names.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { type Account, readHolding } from './account.ts'
import type { Deed } from './deed.ts'
import type { Found } from './one-user.ts'

/** What becomes of an account that stands at a number which it has not proven. */
export interface Displaced {
  account: Account
  to: string
  /** It goes back to the number that it has proven, and else to one that nobody can have, which ends it. */
  isBack: boolean
}

/** Changes nothing. */
export async function displacedOf(
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

/** It can be done again wherever it was cut off. */
export async function displace(
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
  await cognito.send(ungated(new AdminUserGlobalSignOutCommand({ UserPoolId, Username })))
  // Last, since nobody finds the account by this number afterwards.
  await cognito.send(ungated(new AdminUpdateUserAttributesCommand({ UserPoolId, Username, UserAttributes })))
}

/** For the log. */
export function noteOf(
  { account, to, isBack }: Displaced,
  number: string,
  phone: string,
): Deed['notes'][number] {
  const fields = { user: account.username, number, phone: maskPhone(phone) }
  return ['number_taken_back', { ...fields, toPhone: isBack ? maskPhone(to) : 'nobody’s' }]
}

/** For whoever is asked. */
export const wordsOf = ({ account, isBack }: Displaced) =>
  `the account ${account.username} holds the new number without having proven it; it ${
    isBack
      ? 'goes back to the number that it has proven'
      : 'gets a number that nobody can have, and is disabled'
  }`
