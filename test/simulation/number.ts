// One number under the rules, with a clock that is set from outside: what may be asked of it, and what came of that.

import { lengthNow, sendWait } from '../../src/core/ledger/allowance.ts'
import { charge, consume, unlock } from '../../src/core/ledger/checks.ts'
import { type Decision, deviceOf, emptyLedger, type Ledger, prune } from '../../src/core/ledger/ledger.ts'
import type { Limits } from '../../src/core/ledger/limits.ts'
import { type Draft, type Reservation, reserveFirst, reserveResend } from '../../src/core/ledger/sends.ts'

/** Who acts, in which session, and with which of the devices that the number may know. */
export interface Person {
  sid: string
  device?: string | undefined
}

/** A code that a session holds. */
export interface Held {
  cid: string
  length: number
  isNew: boolean
}

export interface NumberOnTrial {
  now: number
  newSession(): string
  /** Digits that a new code would have. */
  newLength(device: string | undefined): number
  /** Digits of the code that a new session would get, without asking for it. */
  nextLength(person: Person): number | undefined
  /** A code, or how long there is none. */
  ask(person: Person): Held | { waitMs: number }
  /** A code for a session that has none, or another one than it holds. */
  askAgain(person: Person, held: Held | undefined): Held | { waitMs: number }
  /** Whether the answer was judged, and what else became of it. */
  answer(person: Person, held: Held, isRight: boolean): string
  unlock(device: string): boolean
}

const user = 'user'
const client = 'client'
const kid = 'k1'.padEnd(8, '-')

export interface TrialOptions {
  limits: Limits
  start: number
  /** Known from the start. */
  devices: readonly string[]
  /** Sees every ledger that is written. */
  written?: ((ledger: Ledger) => void) | undefined
}

export function numberOnTrial({ limits, start, devices, written }: TrialOptions): NumberOnTrial {
  const fresh = { sends: [], checks: [], nextSend: 0, usedAt: start }
  let ledger: Ledger = { ...emptyLedger, devices: devices.map((id) => ({ id, ...fresh })) }
  let ids = 0

  const newId = (kind: string) => `${kind}-${++ids}`

  function keep<Outcome>({ outcome, next }: Decision<Outcome>): Outcome {
    if (next) {
      ledger = next
      written?.(next)
    }
    return outcome
  }

  function draftOf({ device }: Person): Draft {
    const [by, cid] = [newId('by'), newId('cid')]
    // As long as real ones.
    const codeOf = () => ({ kid, tag: cid.padEnd(43, '-'), sealed: cid.padEnd(50, '-') })
    return { by: by.padEnd(22, '-'), key: by.padEnd(26, '-'), cid, user, client, codeOf, device }
  }

  function got(outcome: Reservation, { device }: Person, now: number): Held | { waitMs: number } {
    if (outcome.kind !== 'refused') return { ...outcome.challenge, isNew: outcome.kind === 'granted' }
    return { waitMs: sendWait(ledger, now, limits, deviceOf(ledger, device)).waitMs }
  }

  return {
    now: start,
    newSession: () => `${++ids}`.padStart(8, '0').padEnd(22, '-'),

    newLength(device) {
      const lately = prune(ledger, this.now)
      return lengthNow(lately, limits, deviceOf(lately, device))
    },

    nextLength(person) {
      const { outcome } = reserveFirst(ledger, this.now, limits, draftOf(person))
      return outcome.kind === 'refused' ? undefined : outcome.challenge.length
    },

    ask(person) {
      return got(keep(reserveFirst(ledger, this.now, limits, draftOf(person))), person, this.now)
    },

    askAgain(person, held) {
      const session = { sid: person.sid, cid: held?.cid ?? '', n: held ? 1 : 0 }
      const draft = draftOf(person)
      const outcome = keep(reserveResend(ledger, this.now, limits, draft, session, 'whatsapp', [kid]))
      return got(outcome, person, this.now)
    },

    answer({ sid, device }, { cid, length }, isRight) {
      const claim = { cid, user, client, sid, device, digits: length }
      const paid = keep(charge(ledger, this.now, limits, claim))
      if (paid.kind === 'refused') return paid.reason
      if (!isRight) return 'judged'
      const { won } = keep(consume(ledger, this.now, { ...claim, by: newId('by') }))
      return won ? 'won' : 'lost'
    },

    unlock(device) {
      return keep(unlock(ledger, this.now, limits, device))
    },
  }
}
