// A device that a number knows is alone with its allowance: the same comes of all it does, whatever strangers did.
import { expect, it } from 'vitest'
import { charge, consume, refund } from '../../../src/core/ledger/checks.ts'
import { recordFailure, recordHeld } from '../../../src/core/ledger/deliveries.ts'
import { dayMs, hourMs, type Ledger, prune } from '../../../src/core/ledger/ledger.ts'
import { reserveFirst } from '../../../src/core/ledger/sends.ts'
import { limits as defaults } from '../../limits.ts'
import { type Chance, chanceOf } from './chance.ts'
import { draft, knowing, minute, permitOf, resend, start } from './drafts.ts'

const limits = { ...defaults, lockAfter: 60 }
const device = 'd'

interface Deed {
  at: number
  by: 'device' | 'stranger'
  seed: number
}

/** What a device and strangers do in some weeks: now close to each other, now far apart. */
function deeds(seed: number): Deed[] {
  const chance = chanceOf(seed)
  let at = start
  return Array.from({ length: 600 }, (_, n) => {
    at += chance.percent(97) ? chance.below(minute) : chance.below(8 * hourMs)
    return { at, by: chance.percent(40) ? 'device' : 'stranger', seed: seed * 1_000 + n }
  })
}

interface State {
  ledger: Ledger
  /** The code of the device's session. */
  cid: string
  sid: string
}

/** One deed of the device, and what came of it as far as it depends on nobody's ids. */
function deviceDoes(state: State, { at, seed }: Deed): unknown {
  const chance = chanceOf(seed)
  const who = { user: 'user', client: 'client', device }
  const { cid, sid } = state
  const keep = (next: Ledger | undefined) => {
    state.ledger = next ?? state.ledger
  }
  if (cid === '' || chance.percent(25)) {
    const { outcome, next } = resend(state.ledger, at, cid, { asked: draft({ device }), rules: limits, sid })
    keep(next)
    if (outcome.kind !== 'granted') return outcome
    const { challenge } = outcome
    state.cid = challenge.cid
    const permit = permitOf(challenge, device)
    const fate = chance.below(8)
    if (fate === 0) keep(recordHeld(state.ledger, at + 1, permit, at + hourMs).next)
    if (fate === 1) keep(recordFailure(state.ledger, at + 1, permit, 'delivery_failed').next)
    return ['message', challenge.cid === cid, challenge.length]
  }
  const digits = state.ledger.challenges.find((one) => one.cid === cid)?.length ?? 6
  const paid = charge(state.ledger, at, limits, { ...who, cid, sid, digits })
  keep(paid.next)
  if (paid.outcome.kind === 'refused') return paid.outcome
  if (chance.percent(20)) {
    keep(refund(state.ledger, at, { cid, sid, device }).next)
    return 'given back'
  }
  if (chance.percent(88)) return ['wrong', paid.outcome.challenge.tries[sid]]
  const { outcome, next } = consume(state.ledger, at, { ...who, cid, sid, by: `${seed}` })
  keep(next)
  Object.assign(state, { cid: '', sid: `device-${seed}` })
  return outcome
}

/** One deed of strangers, who share whatever code is alive and come with secrets of their own. */
function strangerDoes(state: State, { at, seed }: Deed, chance: Chance) {
  const { ledger } = state
  const foreign = chance.percent(20) ? 'wrong' : undefined
  const asked = draft({ device: foreign, client: chance.of(['client', 'other']) })
  const sid = `${seed}-${chance.below(3)}`
  const code = ledger.challenges.length > 0 ? chance.of(ledger.challenges) : undefined
  if (!code || chance.percent(25)) {
    const { outcome, next } = reserveFirst(ledger, at, limits, asked)
    state.ledger = next ?? ledger
    if (outcome.kind !== 'granted' || chance.percent(70)) return
    state.ledger = recordHeld(state.ledger, at, permitOf(outcome.challenge), at + dayMs).next ?? state.ledger
  } else if (chance.percent(15)) {
    state.ledger = resend(ledger, at, code.cid, { asked, rules: limits, sid }).next ?? ledger
  } else {
    const { cid, user, client, length: digits } = code
    const claim = { cid, user, client, digits, sid, device: foreign }
    state.ledger = charge(ledger, at, limits, claim).next ?? ledger
  }
}

function play(seed: number, withStrangers: boolean) {
  const state: State = { ledger: knowing([device, 'e']), cid: '', sid: 'device-0' }
  const came: unknown[] = []
  let strangers = 0
  for (const deed of deeds(seed)) {
    if (deed.by === 'stranger') {
      if (!withStrangers) continue
      strangerDoes(state, deed, chanceOf(deed.seed))
      strangers = Math.max(strangers, state.ledger.failures.length)
    } else {
      came.push(deviceDoes(state, deed))
      const { devices, deviceFailures, lastSuccess } = prune(state.ledger, deed.at)
      came.push([devices, deviceFailures, lastSuccess])
    }
  }
  return { came, strangers }
}

it('the same comes of all that a device does, with strangers and without', () => {
  let most = 0
  const kinds = new Set<string>()
  for (let seed = 1; seed <= 30; seed++) {
    const { came, strangers } = play(seed, true)
    expect(came, `seed ${seed}`).toEqual(play(seed, false).came)
    most = Math.max(most, strangers)
    for (const one of came) kinds.add(JSON.stringify(one))
  }
  // They have reached the lock, and the device all that could be different.
  expect(most).toBeGreaterThanOrEqual(60)
  for (const seen of ['cooldown', 'hour', 'exhausted', 'rate_limited', 'given back', 'won']) {
    expect(
      [...kinds].some((kind) => kind.includes(seen)),
      seen,
    ).toBe(true)
  }
}, 60_000)
