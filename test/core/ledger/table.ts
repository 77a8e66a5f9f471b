// The table as the rules meet it: a write counts only over what was read, and its answer may get lost.
import { type Decision, emptyLedger, type Ledger, prune } from '../../../src/core/ledger/ledger.ts'
import type { Chance } from './chance.ts'

export type Rule<Outcome> = (ledger: Ledger, now: number) => Decision<Outcome>

/** Each `yield` is a moment in which others go on. */
export type Work<Result = void> = Generator<undefined, Result>

/** Who applies a rule. */
export interface Caller {
  /** How far the clock of his container is behind. */
  behindMs: number
  /** The session whose failures he may take back, if any. */
  sid: string
}

export interface Table {
  update<Outcome>(caller: Caller, rule: Rule<Outcome>): Work<Outcome>
}

/** What is noticed of every write. */
export interface Notes {
  saw(what: string): void
  wrong(what: string): void
  written(ledger: Ledger): void
}

export function createTable(chance: Chance, clock: { now: number }, notes: Notes): Table {
  let item = { ledger: emptyLedger, write: 0 }

  /** No rule changes what it is given, cares for what is pruned away, or takes back what is not its caller's. */
  function examine<Outcome>(seen: Ledger, now: number, { sid }: Caller, rule: Rule<Outcome>) {
    const text = JSON.stringify(seen)
    const decision = rule(seen, now)
    if (JSON.stringify(seen) !== text) notes.wrong('a ledger was changed in place')
    const pruned = rule(prune(seen, now - chance.below(5_000)), now)
    if (JSON.stringify(pruned) !== JSON.stringify(decision))
      notes.wrong('pruning changed what came of a rule')
    const { next } = decision
    const kept = prune(seen, now)
    for (const pool of ['failures', 'deviceFailures'] as const) {
      const left = new Set(next?.[pool] ?? kept[pool])
      const taken = kept[pool].filter((failure) => !left.has(failure))
      if (taken.some((failure) => failure.sid !== sid.slice(0, 8)))
        notes.wrong('a failure of others was forgiven')
    }
    return decision
  }

  return {
    *update(caller, rule) {
      for (;;) {
        const seen = item
        yield
        const decision = examine(seen.ledger, clock.now - caller.behindMs, caller, rule)
        if (!decision.next) return decision.outcome
        yield
        if (item !== seen) {
          notes.saw('a write that came too late')
          continue
        }
        const written = { ledger: decision.next, write: item.write + 1 }
        notes.written(written.ledger)
        item = written
        if (!chance.percent(5)) return decision.outcome
        notes.saw('an answer that got lost')
        yield
        yield
        if (item === written) return decision.outcome
        notes.saw('a rule that was asked again after its own write')
      }
    },
  }
}
