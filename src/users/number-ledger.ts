// What is remembered about a number, as the deployer reads and changes it: over what was read, and nothing else.
import { randomUUID } from 'node:crypto'
import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../aws/account.ts'
import { isConditionFailed } from '../aws/errors.ts'
import { ungated } from '../aws/gate.ts'
import type { Ledger } from '../core/ledger/ledger.ts'
import { keyOf } from '../core/table-items.ts'
import { getLedgerInput, type LedgerItem, ledgerItemOf, putLedgerInput } from '../core/table-ledger.ts'
import { AppError } from '../errors.ts'
import { names } from '../names.ts'

type Table = Pick<Connection, 'dynamodb' | 'place'>

export async function readLedger({ dynamodb, place }: Table, pk: string): Promise<LedgerItem> {
  const { Item } = await dynamodb.send(new GetItemCommand(getLedgerInput(names.table(place.stage), pk)))
  return ledgerItemOf(Item)
}

/** Somebody who signs in writes a few times; who meets him so often has met something else. */
const mostTries = 5

/**
 * Writes what `change` makes of the ledger as it is now; nothing where that is undefined. The item's own version
 * guards it, whoever holds the stage. Throws LEDGER_BUSY.
 */
export async function changeLedger(
  aws: Connection,
  pk: string,
  change: (ledger: Ledger) => Ledger | undefined,
): Promise<void> {
  const write = randomUUID()
  for (let tries = 0; tries < mostTries; tries += 1) {
    const { ledger, version, write: last } = await readLedger(aws, pk)
    // The answer was lost, and the SDK asked again.
    if (last === write) return
    const next = change(ledger)
    if (!next) return
    const item = { ledger: next, version, write }
    const input = putLedgerInput(names.table(aws.place.stage), pk, item, aws.clock.now())
    try {
      await aws.dynamodb.send(ungated(new PutItemCommand(input)))
      return
    } catch (error) {
      if (!isConditionFailed(error)) throw error
    }
  }
  throw busy()
}

/** Deletes what is remembered, as it was read, while `mayGo` says so. Throws LEDGER_BUSY. */
export async function dropLedger(
  aws: Connection,
  pk: string,
  mayGo: (ledger: Ledger) => boolean,
): Promise<void> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const { ledger, version } = await readLedger(aws, pk)
    if (version === 0 || !mayGo(ledger)) return
    const input = {
      TableName: names.table(aws.place.stage),
      Key: keyOf(pk),
      ConditionExpression: 'v = :v',
      ExpressionAttributeValues: { ':v': { N: String(version) } },
    }
    try {
      await aws.dynamodb.send(ungated(new DeleteItemCommand(input)))
      return
    } catch (error) {
      if (!isConditionFailed(error)) throw error
    }
  }
  throw busy()
}

function busy(): AppError {
  return new AppError('LEDGER_BUSY', 'What is counted for the number was not changed', {
    why: 'somebody asks for codes or answers them all the time',
    next: ['run the same command again'],
  })
}
