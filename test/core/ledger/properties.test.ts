// What holds whatever happens in whatever order: many sessions, devices, users, clients, containers and clocks.
import { beforeAll, describe, expect, it } from 'vitest'
import { growth } from '../../../src/core/ledger/allowance.ts'
import { dayMs, failureWindowMs, hourMs } from '../../../src/core/ledger/ledger.ts'
import { limits } from '../../limits.ts'
import { minute } from './drafts.ts'
import { type History, play, skewMs, type WorldOptions } from './world.ts'

/** The most of these moments in any span, by clocks that may differ. */
function mostWithin(times: number[], spanMs: number): number {
  const sorted = [...times].sort((one, other) => one - other)
  let first = 0
  return sorted.reduce((most, at, n) => {
    while (at - sorted[first]! >= spanMs - skewMs) first++
    return Math.max(most, n - first + 1)
  }, 0)
}

function groups<T>(list: T[], keyOf: (one: T) => string): [string, T[]][] {
  const map = new Map<string, T[]>()
  for (const one of list) map.set(keyOf(one), [...(map.get(keyOf(one)) ?? []), one])
  return [...map]
}

/** Who has had more than he may. What devices lift lets strangers begin anew. */
function excesses(
  happened: { at: number; party: string; era: number }[],
  most: { hour: number; day: number },
): string[] {
  const counted = groups(happened, ({ party, era }) => (party === 'strangers' ? `${party} ${era}` : party))
  return counted.flatMap(([party, all]) => {
    const times = all.map(({ at }) => at)
    return mostWithin(times, hourMs) > most.hour || mostWithin(times, dayMs) > most.day ? [party] : []
  })
}

const duplicates = (list: string[]) => list.filter((one, n) => list.indexOf(one) !== n)

/** Every promise that is broken, with where. */
function broken(history: History, options: WorldOptions): string[] {
  const { judged, sent, won, bySms } = history
  const found = [...history.wrongs]
  const rule = (what: string, breaches: unknown[]) => {
    if (breaches.length > 0)
      found.push(`seed ${options.seed}: ${what}: ${JSON.stringify(breaches.slice(0, 3))}`)
  }
  rule('a code was won twice', duplicates(won.map(({ cid }) => cid)))
  rule('a permit was used by two', duplicates(sent.map(({ cid, n }) => `${cid} ${n}`)))
  rule('an invocation sent twice', duplicates(sent.map(({ by }) => by)))
  rule(
    'a request brought two messages',
    duplicates(sent.filter(({ failed }) => !failed).map(({ key, era }) => `${key} ${era}`)),
  )
  const answers = { hour: limits.checksPerHour, day: limits.checksPerDay }
  const messages = { hour: limits.sendsPerHour, day: limits.sendsPerDay }
  if (!options.forgets) {
    rule('more answers were judged than allowed', excesses(judged, answers))
    rule('more messages were sent than allowed', excesses(sent, messages))
  }
  const smsBy = groups(bySms, ({ party }) => (party === 'strangers' ? party : 'devices'))
  rule(
    'more went by SMS than allowed',
    smsBy.filter(
      ([, all]) =>
        mostWithin(
          all.map(({ at }) => at),
          dayMs,
        ) > limits.smsPerDay,
    ),
  )
  rule(
    'a session had more tries of a code than allowed',
    groups(judged, ({ cid, sid }) => `${cid} ${sid}`).filter(
      ([, all]) => all.length > limits.attemptsPerCode,
    ),
  )
  const winners = new Set(won.map(({ sid }) => sid))
  const guesses = judged.filter(({ sid }) => !winners.has(sid))
  for (const [pool, all] of groups(guesses, ({ party }) => (party === 'strangers' ? party : 'devices'))) {
    for (const [step, { after }] of growth.entries()) {
      const longest = limits.codeLength + (step === 0 ? 0 : growth[step - 1]!.digits)
      const short = all.filter(({ length }) => length <= longest).map(({ at }) => at)
      const most = mostWithin(short, failureWindowMs)
      if (most > 2 * after) rule(`${pool} guessed at codes of ${longest} digits`, [most])
    }
  }
  return found
}

const worlds: [string, Omit<WorldOptions, 'seed'>, string[]][] = [
  [
    'within hours, where all comes at once',
    { steps: 1_500 },
    [
      'shared: cooldown',
      'shared: hour',
      'adopted',
      'answer: replayed',
      'answer: exhausted',
      'refused: cooldown',
    ],
  ],
  [
    'within months, where codes grow',
    { steps: 3_000, jumps: { percent: 40, ms: 8 * hourMs } },
    ['answer: outgrown', 'answer: rate_limited', 'answer: expired', 'not unlocked'],
  ],
  [
    'within years, where devices come, make way and are forgotten',
    { steps: 1_500, devices: 8, forgets: 10, jumps: { percent: 30, ms: 40 * dayMs } },
    ['answer: expired'],
  ],
  [
    'where numbers are locked',
    { steps: 2_000, limits: { lockAfter: 20 }, jumps: { percent: 30, ms: 6 * hourMs } },
    ['answer: locked', 'refused: locked', 'unlocked'],
  ],
  [
    'where messages follow each other as closely as the three invocations of one request',
    { steps: 2_000, limits: { cooldownMs: 15_000, codeLifeMs: 10 * minute } },
    ['refused: sms', 'answer: exhausted'],
  ],
]

describe.each(worlds)('%s', (_name, options, expected) => {
  const seeds = Array.from({ length: 20 }, (_, n) => n + 1)
  let histories: { seed: number; history: History }[] = []
  beforeAll(() => {
    histories = seeds.map((seed) => ({ seed, history: play({ ...options, seed }) }))
  }, 60_000)

  it('no promise is broken', () => {
    expect(histories.flatMap(({ seed, history }) => broken(history, { ...options, seed }))).toEqual([])
  })

  it('no ledger grows large', () => {
    expect(Math.max(...histories.map(({ history }) => history.largest))).toBeLessThan(24_000)
  })

  it('all has come about that could have broken them', () => {
    const usual = [
      ...['granted', 'judged', 'won', 'not won', 'a write that came too late', 'an answer that got lost'],
      'a rule that was asked again after its own write',
    ]
    const seen = new Set(histories.flatMap(({ history }) => Object.keys(history.seen)))
    expect([...usual, ...expected].filter((what) => !seen.has(what))).toEqual([])
  })
})
