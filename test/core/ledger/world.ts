// One number under many hands: sessions, devices, users, clients and containers that step in between each other.

import { charge, consume, refund, unlock } from '../../../src/core/ledger/checks.ts'
import { recordFailure, recordHeld, reserveSms } from '../../../src/core/ledger/deliveries.ts'
import { dayMs, hourMs, type Ledger } from '../../../src/core/ledger/ledger.ts'
import type { Limits } from '../../../src/core/ledger/limits.ts'
import { type Draft, reserveFirst, reserveResend } from '../../../src/core/ledger/sends.ts'
import { limits as defaults } from '../../limits.ts'
import { chanceOf } from './chance.ts'
import { minute, second, start } from './drafts.ts'
import { createTable, type Work } from './table.ts'

/** `at` is the true time, whatever the clock of the container said; the party is a known device, or `strangers`. */
interface Happened {
  at: number
  party: string
  cid: string
  sid: string
  /** How often devices had lifted by then what strangers had used up. */
  era: number
}
export interface Judged extends Happened {
  length: number
}
export interface Sent extends Happened {
  /** The message's number among those with this code. */
  n: number
  by: string
  key: string
  failed: boolean
}

/** All that came of it, for whoever says what must not come of it. */
export interface History {
  judged: Judged[]
  sent: Sent[]
  bySms: { at: number; party: string }[]
  won: { cid: string; by: string; sid: string }[]
  /** How often something came about. */
  seen: Record<string, number>
  /** Characters of the largest ledger. */
  largest: number
  /** What no rule may do, and did. */
  wrongs: string[]
}

interface Session {
  sid: string
  user: string
  client: string
  device: string | undefined
  cid: string
  n: number
  /** Whether whoever sits there reads what is sent to the number. */
  isOwner: boolean
  /** How often it asked for a message. */
  asked: number
}

export interface WorldOptions {
  seed: number
  steps: number
  limits?: Partial<Limits>
  /** Devices of the owner. */
  devices?: number
  /** Of a hundred right answers, how many forget the other devices. */
  forgets?: number
  /** In how many of a hundred steps without work the clock jumps, and how far it goes then. */
  jumps?: { percent: number; ms: number }
}

export const skewMs = 2 * second

export function play(options: WorldOptions): History {
  const { seed, steps, devices = 3, forgets = 0, jumps } = options
  const limits: Limits = { ...defaults, ...options.limits }
  const chance = chanceOf(seed)
  const history: History = {
    ...{ judged: [], sent: [], bySms: [], won: [], seen: {}, largest: 0, wrongs: [] },
  }
  const clock = { now: start }
  const saw = (what: string) => {
    history.seen[what] = (history.seen[what] ?? 0) + 1
  }
  const table = createTable(chance, clock, {
    saw,
    wrong: (what) => history.wrongs.push(`seed ${seed}: ${what}`),
    written(after) {
      history.largest = Math.max(history.largest, JSON.stringify(after).length)
      if (lifted.has(after)) era++
    },
  })
  const lifted = new Set<Ledger>()
  let era = 0
  let ids = 0
  const newId = (kind: string) => `${kind}-${++ids}`
  const sessions: Session[] = []
  let work: Work[] = []

  function draftOf({ user, client, device }: Session, key: string): Draft {
    const cid = newId('cid')
    const codeOf = (length: number) => ({ kid: 'k1', tag: `${cid}-${length}`, sealed: 'sealed' })
    return { by: newId('by'), key, cid, user, client, codeOf, device }
  }

  const behind = () => (chance.percent(30) ? skewMs : 0)

  function* ask(session: Session, key: string, wanted: 'whatsapp' | 'sms'): Work {
    const { sid, cid, n, device, asked } = session
    const draft = draftOf(session, key)
    const caller = { behindMs: behind(), sid: '' }
    let party = ''
    let at = 0
    let then = 0
    const outcome = yield* table.update(caller, (ledger, now) => {
      party = partyOf(ledger, now, device)
      at = clock.now
      then = era
      return asked === 1
        ? reserveFirst(ledger, now, limits, draft)
        : reserveResend(ledger, now, limits, draft, { sid, cid, n }, wanted, ['k1'])
    })
    saw('reason' in outcome ? `${outcome.kind}: ${outcome.reason}` : outcome.kind)
    if (outcome.kind === 'refused') return
    const { challenge } = outcome
    Object.assign(session, { cid: challenge.cid, n: challenge.sends })
    if (outcome.kind !== 'granted') return
    const { by } = draft
    const what = { cid: challenge.cid, sid, n: challenge.sends, by, key, failed: false }
    const sent: Sent = { at, party, era: then, ...what }
    const permit = { cid: challenge.cid, by, device }
    yield
    if (chance.percent(10)) {
      const until = clock.now + chance.below(hourMs)
      yield* table.update(caller, (ledger, now) => recordHeld(ledger, now, permit, until))
      return
    }
    history.sent.push(sent)
    if (challenge.channel === 'sms') history.bySms.push({ at, party })
    if (chance.percent(85)) return
    const isSms = yield* table.update(caller, (ledger, now) => {
      at = clock.now
      party = partyOf(ledger, now, device)
      return reserveSms(ledger, now, limits, permit)
    })
    if (isSms && challenge.channel !== 'sms') history.bySms.push({ at, party })
    if (isSms) return
    sent.failed = true
    const failed = chance.of(['delivery_failed', 'unavailable'] as const)
    yield* table.update(caller, (ledger, now) => recordFailure(ledger, now, permit, failed))
  }

  function* answer(session: Session, isRight: boolean): Work {
    const { sid, cid, user, client, device } = session
    const caller = { behindMs: behind(), sid: '' }
    const own = { ...caller, sid }
    const judged: Judged = { at: 0, party: '', era: 0, cid, sid, length: 0 }
    const paid = yield* table.update(caller, (ledger, now) => {
      judged.length = ledger.challenges.find((one) => one.cid === cid)?.length ?? 0
      judged.party = partyOf(ledger, now, device)
      judged.at = clock.now
      judged.era = era
      return charge(ledger, now, limits, { cid, user, client, sid, device, digits: judged.length })
    })
    saw(paid.kind === 'refused' ? `answer: ${paid.reason}` : 'judged')
    if (paid.kind === 'refused') return
    if (isRight && chance.percent(20)) {
      yield* table.update(own, (ledger, now) => refund(ledger, now, { cid, sid, device }))
      return
    }
    history.judged.push(judged)
    if (!isRight) return
    const proof = { cid, user, client, sid, device, by: newId('by'), forgets: chance.percent(forgets) }
    const { won } = yield* table.update(own, (ledger, now) => consume(ledger, now, proof))
    saw(won ? 'won' : 'not won')
    if (won) history.won.push({ cid, by: proof.by, sid })
  }

  function* lift(device: string): Work {
    const outcome = yield* table.update({ behindMs: behind(), sid: '' }, (ledger, now) => {
      const decision = unlock(ledger, now, limits, device)
      if (decision.next) lifted.add(decision.next)
      return decision
    })
    saw(outcome ? 'unlocked' : 'not unlocked')
  }

  function newSession(): Session {
    const isOwner = chance.percent(35)
    const own = isOwner && chance.percent(75) ? `device-${chance.below(devices)}` : undefined
    const session = {
      sid: `${++ids}`.padStart(8, '0').padEnd(22, '-'),
      user: chance.percent(90) ? 'user' : 'other',
      client: chance.of(['client', 'client', 'other']),
      // A stranger may come with a secret that is none.
      device: own ?? (chance.percent(10) ? 'wrong' : undefined),
      ...{ cid: '', n: 0, isOwner, asked: 0 },
    }
    sessions.push(session)
    return session
  }

  /** A request for a message, which Cognito may repeat while the first invocation is still at work. */
  function request(session: Session, wanted: 'whatsapp' | 'sms') {
    const key = `${session.sid}:${++session.asked}`
    // Each invocation begins with what the session held before.
    const before = { ...session }
    work.push(ask(session, key, wanted))
    if (chance.percent(15)) work.push(ask({ ...before }, key, wanted), ask({ ...before }, key, wanted))
  }

  function invoke() {
    const latest = sessions.slice(-10)
    if (latest.length === 0 || chance.percent(25)) return request(newSession(), 'whatsapp')
    const session = chance.of(latest)
    const wanted = chance.percent(25) ? 'sms' : 'whatsapp'
    if (session.cid === '' || chance.percent(20)) return request(session, wanted)
    if (session.device && chance.percent(4)) return work.push(lift(session.device))
    const isRight = session.isOwner && chance.percent(50)
    // An answer may be repeated as well, or given in parallel.
    for (let times = chance.percent(15) ? 4 : 1; times > 0; times--) work.push(answer(session, isRight))
  }

  for (let step = 0; step < steps; step++) {
    if (work.length === 0) {
      if (jumps && chance.percent(jumps.percent)) clock.now += chance.below(jumps.ms)
      else clock.now += chance.below(minute)
    } else if (chance.percent(50)) clock.now += chance.below(300)
    if (work.length < 6 && chance.percent(35)) invoke()
    if (work.length === 0) continue
    const one = chance.of(work)
    // An invocation may end anywhere, without a word.
    if (chance.percent(0.5) || one.next().done) work = work.filter((other) => other !== one)
  }
  return history
}

function partyOf(ledger: Ledger, now: number, id: string | undefined): string {
  const isKnown = ledger.devices.some((device) => device.id === id && device.usedAt > now - 400 * dayMs)
  return isKnown && id ? id : 'strangers'
}
