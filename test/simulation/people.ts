// Who plays with a number: its owner, who signs in every day, and attackers, who guess at its codes.

import { dayMs, hourMs } from '../../src/core/ledger/ledger.ts'
import type { Chance } from '../core/ledger/chance.ts'
import type { Held, NumberOnTrial } from './number.ts'

/** What somebody does: each step says when the next one follows. */
export type Life = Generator<number, void>

const second = 1_000
const minute = 60 * second

/** What an attacker got. */
export interface Loot {
  /** Answers that were judged, by the digits of the code. */
  guesses: Map<number, number>
  /** Messages that the owner never asked for. */
  messages: number
}

/** How the owner fared. */
export interface Fortune {
  messages: number
  signIns: number
  /** Days on which he gave up. */
  missed: number
  /** The longest from when he wanted to be in until he was, over all days on which he gave up. */
  longestOutMs: number
}

/** Of a hundred sign-ins, how many begin with a typing error. */
const mistypes = 10
/** Tries again for so long, then again on the next day. */
const patienceMs = 2 * hourMs

export function* owner(
  number: NumberOnTrial,
  chance: Chance,
  device: string | undefined,
  fortune: Fortune,
): Life {
  let outSince: number | undefined
  for (let day = number.now; ; day += dayMs) {
    yield day + 8 * hourMs + chance.below(12 * hourMs)
    const wantedAt = number.now
    outSince ??= wantedAt
    while (!(yield* signIn(number, chance, device, fortune))) {
      if (number.now - wantedAt > patienceMs) break
    }
    fortune.longestOutMs = Math.max(fortune.longestOutMs, number.now - outSince)
    if (number.now - wantedAt > patienceMs) fortune.missed++
    else outSince = undefined
  }
}

/**
 * One try. Whatever was sent to the number he can read, whoever asked for it. Cognito hands nothing on with the first
 * request, so that it is a stranger's; his device comes with what follows.
 */
function* signIn(
  number: NumberOnTrial,
  chance: Chance,
  device: string | undefined,
  fortune: Fortune,
): Generator<number, boolean> {
  const sid = number.newSession()
  const person = { sid, device }
  let got = number.ask({ sid })
  let held: Held | undefined
  for (const isLast of device ? [false, true] : [true]) {
    if (!('waitMs' in got)) {
      held = got
      if (got.isNew) fortune.messages++
      yield number.now + 10 * second
      if (chance.percent(mistypes)) {
        number.answer(person, held, false)
        yield number.now + 5 * second
      }
      if (number.answer(person, held, true) === 'won') {
        fortune.signIns++
        return true
      }
    }
    if (isLast) break
    // Nothing comes, or it is not taken.
    yield number.now + 20 * second
    got = number.askAgain(person, held)
  }
  const waitMs = 'waitMs' in got ? got.waitMs : 0
  yield number.now + Math.min(Math.max(waitMs, second), 10 * minute)
  return false
}

export interface Attack {
  /** Guesses with this device of the number; with none as a stranger. */
  device?: string | undefined
  /** Lifts with this device what strangers have used up. */
  helper?: string | undefined
  /** Leaves longer codes alone until shorter ones come again. */
  longest?: number | undefined
  /** Only has messages sent. */
  isNoisy?: boolean
}

/** Acts in the very moment in which something is possible. Never right: what he would hit is counted, not played. */
export function* attacker(number: NumberOnTrial, attack: Attack, loot: Loot): Life {
  const { device, helper, longest = Number.POSITIVE_INFINITY, isNoisy } = attack
  for (;;) {
    const person = { sid: number.newSession(), device }
    // A code that somebody else has, and that is longer than an own one, is not worth an answer.
    const worth = Math.min(longest, number.newLength(device))
    if ((number.nextLength(person) ?? 0) > worth) {
      yield number.now + 5 * minute
      continue
    }
    const got = number.ask(person)
    if ('waitMs' in got) {
      const lifted = helper !== undefined && number.unlock(helper)
      yield number.now + (lifted ? second : Math.max(got.waitMs, second))
      continue
    }
    if (got.isNew) loot.messages++
    while (!isNoisy) {
      yield number.now + second
      if (number.answer(person, got, false) !== 'judged') break
      loot.guesses.set(got.length, (loot.guesses.get(got.length) ?? 0) + 1)
    }
    if (isNoisy) yield number.now + 15 * second
  }
}
