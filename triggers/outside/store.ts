// Keeps each number's ledger in one DynamoDB item and changes it only by conditional writes.

import type { Decision, Ledger } from '../../src/core/ledger.ts'
import { nobodysItems, nobodysPk, type ReadItem } from '../../src/core/table-items.ts'
import {
  getLedgerInput,
  type LedgerItem,
  ledgerItemOf,
  putLedgerInput,
  putNothingInput,
} from '../../src/core/table-ledger.ts'
import { type Aws, AwsError } from './aws-call.ts'
import type { Clock, Deadline } from './clock.ts'

/** The table cannot be read or written. Whoever catches it must refuse, not guess. */
export class StoreError extends Error {
  override name = 'StoreError'
  readonly code: string
  constructor(code: string) {
    super(`The table is not available: ${code}`)
    this.code = code
  }
}

/** A pure rule. It may be asked several times, each time with the ledger as it stands then. */
export type Rule<Outcome> = (ledger: Ledger, now: number) => Decision<Outcome>

export interface Store {
  /** The ledger as it is now, empty when there is none. Throws StoreError. */
  read(pk: string, deadline: Deadline): Promise<Ledger>
  /**
   * Applies a rule as if nobody else wrote meanwhile. Answers its outcome and the ledger after it. Throws
   * StoreError, and then the write may have happened or not. Where a rule has nothing to write, `nobodys` is
   * written, if it is given: then every update takes the same calls. A `pk` that is nobody's itself keeps nothing.
   */
  update<Outcome>(
    pk: string,
    rule: Rule<Outcome>,
    deadline: Deadline,
    nobodys?: string,
  ): Promise<{ outcome: Outcome; ledger: Ledger }>
}

export interface StoreOptions {
  aws: Aws
  clock: Clock
  table: string
  newId: () => string
}

/** The key of an item that is nobody's. Any of them: they are written without a condition, so that none is busy. */
export function anyNobodysPk(): string {
  return nobodysPk(Math.floor(Math.random() * nobodysItems))
}

export function createStore({ aws, clock, table, newId }: StoreOptions): Store {
  async function get(pk: string, deadline: Deadline): Promise<LedgerItem> {
    const answer = await aws.json('dynamodb', 'GetItem', getLedgerInput(table, pk), deadline)
    return ledgerItemOf(answer.Item as ReadItem)
  }

  async function update<Outcome>(pk: string, rule: Rule<Outcome>, deadline: Deadline, nobodys?: string) {
    let lost = 0
    for (let round = 0; ; round++) {
      const item = await get(pk, deadline)
      const { outcome, next } = rule(item.ledger, clock.now())
      const kept = next && pk !== nobodys ? { ...item, ledger: next } : undefined
      const result = { outcome, ledger: kept?.ledger ?? item.ledger }
      const target = kept ? pk : nobodys
      if (target === undefined) return result
      const write = newId()
      let failure: AwsError
      try {
        const input = kept
          ? putLedgerInput(table, pk, { ...kept, write }, clock.now())
          : putNothingInput(table, target, write, clock.now())
        await aws.json('dynamodb', 'PutItem', input, deadline)
        return result
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        failure = error
      }
      const conflict = failure.code === 'ConditionalCheckFailedException'
      if (!conflict && !failure.maybeDone) throw failure
      // Somebody else was faster, or the answer got lost on the way back: the item tells which.
      if ((await get(target, deadline)).write === write) return result
      if (!conflict && ++lost === 2) throw failure
      if (deadline.left() < 50) throw new StoreError('contention')
      await clock.sleep(Math.random() * Math.min(200, 10 * 2 ** round))
    }
  }

  return {
    read: (pk, deadline) => get(pk, deadline).then((item) => item.ledger, failStore),
    update: (...given) => update(...given).catch(failStore),
  }
}

/** Whatever went wrong with the table, as a StoreError; for `catch`. */
export function failStore(error: unknown): never {
  if (error instanceof StoreError) throw error
  throw new StoreError(error instanceof AwsError ? error.code : 'unreadable')
}
