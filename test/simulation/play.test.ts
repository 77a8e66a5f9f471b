// A number's days with its owner and attackers: no guesser gets more than is promised, and a known device always in.
import { beforeAll, describe, expect, it } from 'vitest'
import { type Guesses, mostGuesses } from '../../src/insight/guess-probability.ts'
import { ledgerKilobytes } from '../../src/insight/spending.ts'
import { attackers, type Played, play, type Scenario } from './play.ts'

const days = 100
const scenarios: Scenario[] = [false, true].flatMap((quiet) =>
  [false, true].flatMap((ownerHasDevice) =>
    attackers.map((attacker) => ({ quiet, ownerHasDevice, attacker, days, seed: 1 })),
  ),
)

/** Those at codes of so many digits or fewer. */
const upTo = (digits: number, guesses: Guesses) =>
  [...guesses].reduce((sum, [length, count]) => sum + (length <= digits ? count : 0), 0)

const title = 'attacker $attacker, owner with a device $ownerHasDevice, quiet $quiet'
describe.each(scenarios)(title, (scenario) => {
  const { attacker, quiet, ownerHasDevice } = scenario
  let played: Played
  beforeAll(() => {
    played = play(scenario)
  })

  it('brings no guesser more than the odds are worked out from', () => {
    const { limits, loot } = played
    const most = mostGuesses(limits, days, attacker.startsWith('device'))
    for (const digits of [6, 7, 8, 9, 10, 15]) {
      expect(upTo(digits, loot.guesses)).toBeLessThanOrEqual(upTo(digits, most))
    }
    expect(loot.guesses.size > 0).toBe(!['none', 'noisy'].includes(attacker))
    // Where codes do not grow, what is promised is what he gets.
    if (quiet && attacker === 'greedy') expect(upTo(8, loot.guesses)).toBe(upTo(8, most))
  })

  it('lets the owner in, where he has a device or no attacker', () => {
    if (!ownerHasDevice && attacker !== 'none') return
    const { owner } = played
    expect(owner).toMatchObject({ signIns: days, missed: 0, messages: days })
    expect(owner.longestOutMs).toBeLessThan(60_000)
  })

  it('brings the owner no more messages than the party that asks may have', () => {
    const { limits, loot } = played
    const parties = { none: 0, noisy: 1, patient: 1, greedy: 1, device: 4, devices: 7 }[attacker]
    expect(loot.messages).toBeLessThanOrEqual(parties * limits.sendsPerDay * days)
    if (attacker === 'noisy') expect(loot.messages).toBe(limits.sendsPerDay * days)
  })
})

it('holds guesses at short codes down where many answers are judged', () => {
  const settings = { maxChecksPerHour: 100, maxChecksPerDay: 200 }
  const wide = { quiet: false, ownerHasDevice: false, days: 5, seed: 1, settings } as const
  const { limits, loot } = play({ ...wide, attacker: 'greedy' })
  const most = mostGuesses(limits, 5, false)
  for (const digits of [6, 8, 10]) {
    expect(upTo(digits, loot.guesses)).toBeLessThanOrEqual(upTo(digits, most))
  }
  expect(upTo(6, loot.guesses)).toBe(upTo(6, most))
})

it('plays the same with the same seed, and otherwise with another', () => {
  const [one, same, other] = [1, 1, 2].map((seed) =>
    play({ quiet: false, ownerHasDevice: false, attacker: 'greedy', days: 10, seed }),
  )
  expect(same).toEqual(one)
  expect(other).not.toEqual(one)
})

it('locks whom it locks by the setting alone', () => {
  const settings = { lockAfterFailures: 5 }
  const plain = { quiet: false, ownerHasDevice: false, days: 10, seed: 1, settings } as const
  expect(play({ ...plain, attacker: 'greedy' })).toMatchObject({ owner: { signIns: 0 } })
  const known = play({ ...plain, ownerHasDevice: true, attacker: 'greedy' })
  expect(known.owner.signIns).toBe(10)
  expect(upTo(15, known.loot.guesses)).toBe(5)
})

it('fills a ledger no more than the price of the table is worked out from', () => {
  let largest = 0
  const written = (ledger: object) => {
    largest = Math.max(largest, JSON.stringify(ledger).length)
  }
  for (const attacker of ['noisy', 'greedy'] as const) {
    play({ quiet: false, ownerHasDevice: false, attacker, days: 10, seed: 1, written })
  }
  expect(largest).toBeLessThanOrEqual(ledgerKilobytes * 1024)
  expect(largest).toBeGreaterThan((ledgerKilobytes - 2) * 1024)
})
