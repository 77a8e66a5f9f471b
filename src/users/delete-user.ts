// Deletes one user: the account, and what the table keeps about it and its number. An account of a borrowed pool stays.
import {
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminUserGlobalSignOutCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../aws/account.ts'
import { ungated } from '../aws/gate.ts'
import { maskPhone } from '../core/mask.ts'
import { keyOf, provenPk, selfMadePk } from '../core/table-items.ts'
import { names } from '../names.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { count } from '../terminal/layout.ts'
import type { Deed } from './deed.ts'
import { isBorrowed } from './holders.ts'
import { isOthers, type Kept } from './kept.ts'
import { dropLedger } from './number-ledger.ts'

/** What is another account's stays, also where it lies under the same number. */
export function deletionOf(aws: Connection, record: StageRecord, kept: Kept): Deed {
  const { phone, number, ledgers, proven, selfMade, testUntil } = kept
  const account = isBorrowed(record) ? undefined : kept.account
  const own = ledgers.filter((one) => !one.isOthers)
  const items = own.length + (proven ? 1 : 0) + (selfMade ? 1 : 0)
  const days = (record.settings as { logRetentionDays?: number }).logRetentionDays
  const what = [...(account ? ['the account'] : []), ...(items > 0 ? [count(items, 'table item')] : [])]
  const logs = `Lines in the logs bear a keyed hash and a masked number, and go ${days ? `after ${count(days, 'day')}` : 'with their retention'}.`
  return {
    warnings: [
      ...(isBorrowed(record) && kept.account ? [staying(record, kept.account.username)] : []),
      ...(own.length < ledgers.length
        ? ['another account has proven this number: what is kept for that one stays']
        : []),
      ...(testUntil === undefined
        ? []
        : ['it stays a test number; whatsapp-otp test-numbers remove <phone> ends that']),
    ],
    ...(what.length > 0 ? { question: `Delete ${what.join(' and ')} of ${maskPhone(phone)} for good?` } : {}),
    title: 'Delete the user',
    notes: [
      [
        'user_deleted',
        { ...(kept.account ? { user: kept.account.username } : {}), number, phone: maskPhone(phone) },
      ],
    ],
    play: () => play(aws, record, kept),
    done:
      what.length > 0
        ? `Deleted: ${what.join(' and ')}. ${logs} ${account ? 'Access tokens that are out count for up to an hour.' : ''}`.trimEnd()
        : `Nothing is kept about this number. ${logs}`,
    result: {
      deleted: what.length > 0,
      account: account !== undefined,
      items,
      logRetentionDays: days ?? null,
    },
  }
}

/** It is for whoever looks after the pool to delete it. */
function staying({ userPoolId, settings }: StageRecord, username: string): string {
  const forgets = settings.trustUnverifiedNumbers
    ? '; with what it has proven forgotten, codes go to whatever number is written into it'
    : ''
  return `the account ${username} stays: the pool ${userPoolId} is not this stage’s${forgets}`
}

/** The account goes last, since it leads to the rest: cut off anywhere, the same command does what is left. */
async function play(aws: Connection, record: StageRecord, kept: Kept): Promise<void> {
  const { account, ledgers, proven, selfMade } = kept
  const { cognito, dynamodb, place } = aws
  const goes = account && !isBorrowed(record)
  const user = goes && { UserPoolId: record.userPoolId, Username: account.username }
  // Nobody signs in meanwhile, which would write anew what is deleted here.
  if (user) await cognito.send(ungated(new AdminDisableUserCommand(user)))
  if (user) await cognito.send(ungated(new AdminUserGlobalSignOutCommand(user)))
  for (const { pk, isOthers: skip } of ledgers)
    if (!skip) await dropLedger(aws, pk, (ledger) => !isOthers(ledger, account?.subject.user))
  const keys = [
    ...(proven ? [provenPk(proven.user)] : []),
    ...(selfMade && account ? [selfMadePk(account.username)] : []),
  ]
  for (const pk of keys) {
    const item = { TableName: names.table(place.stage), Key: keyOf(pk) }
    await dynamodb.send(ungated(new DeleteItemCommand(item)))
  }
  if (user) await cognito.send(ungated(new AdminDeleteUserCommand(user)))
}
