// Keeps each number's ledger in one DynamoDB item and changes it only by conditional writes.

import type { Decision, Ledger } from '../../src/core/ledger/ledger.ts'
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

/** What is done while a ledger is written, and undone where that was not to be. */
export interface Beside<Done> {
  done: Promise<Done>
  undo(): Promise<void>
}

export interface UpdateOptions<Outcome, Done> {
  /**
   * Written where the rule has nothing to write: then every update takes the same calls. A ledger under this key is
   * nobody's itself, and keeps nothing.
   */
  nobodys?: string | undefined
  /** The ledger as somebody has just left it, instead of reading it. */
  from?: LedgerItem | undefined
  beside?: ((outcome: Outcome) => Beside<Done> | undefined) | undefined
}

export interface Updated<Outcome, Done> {
  outcome: Outcome
  ledger: Ledger
  /** For the next update of the same invocation. */
  item: LedgerItem
  /** Undefined where nothing was done beside. May have failed. */
  done: Promise<Done> | undefined
}

export interface Store {
  /** The ledger as it is now, empty when there is none. Throws StoreError. */
  read(pk: string, deadline: Deadline): Promise<Ledger>
  /**
   * Applies a rule as if nobody else wrote meanwhile. Answers its outcome and the ledger after it. Throws
   * StoreError, and then the write may have happened or not.
   */
  update<Outcome, Done = never>(
    pk: string,
    rule: Rule<Outcome>,
    deadline: Deadline,
    options?: UpdateOptions<Outcome, Done>,
  ): Promise<Updated<Outcome, Done>>
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

  async function update<Outcome, Done>(
    pk: string,
    rule: Rule<Outcome>,
    deadline: Deadline,
    { nobodys, from, beside }: UpdateOptions<Outcome, Done> = {},
  ): Promise<Updated<Outcome, Done>> {
    let lost = 0
    for (let round = 0; ; round++) {
      const item = (round === 0 && from) || (await get(pk, deadline))
      const { outcome, next } = rule(item.ledger, clock.now())
      const write = newId()
      const kept = next && pk !== nobodys ? { ledger: next, version: item.version, write } : undefined
      const side = beside?.(outcome)
      // Whoever asks for it later sees the failure.
      side?.done.catch(() => undefined)
      const after = kept ? { ...kept, version: item.version + 1 } : item
      const result = { outcome, ledger: after.ledger, item: after, done: side?.done }
      const target = kept ? pk : nobodys
      if (target === undefined) return result
      let failure: AwsError
      try {
        const input = kept
          ? putLedgerInput(table, pk, kept, clock.now())
          : putNothingInput(table, target, write, clock.now())
        await aws.json('dynamodb', 'PutItem', input, deadline)
        return result
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        failure = error
      }
      const conflict = failure.code === 'ConditionalCheckFailedException'
      // Somebody else was faster, or the answer got lost on the way back: the item tells which.
      const isWritten = async () => (await get(target, deadline)).write === write
      if ((conflict || failure.maybeDone) && (await isWritten())) return result
      await side?.undo()
      if (!conflict && (!failure.maybeDone || ++lost === 2)) throw failure
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
