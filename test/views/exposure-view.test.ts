// What a stage's rules leave to an attacker, in the lines of `status`.
import { describe, expect, it } from 'vitest'
import { guessOdds } from '../../src/insight/guess-probability.ts'
import { spendingOf } from '../../src/insight/spending.ts'
import { guessLines, spendingLines } from '../../src/views/exposure-view.ts'

const view = { dataWidth: 120 }

describe('the odds of a guess', () => {
  it('are told for strangers and for holders of devices, in the world that was found', () => {
    expect(guessLines(guessOdds({}, false), view)).toEqual([
      'Guessing   one number in a year: 1 in 11,826 for a stranger, 1 in 5,862 with all its devices',
      '           in a day: 1 in 60,827 for a stranger, 1 in 30,373 with all its devices',
    ])
    expect(guessLines(guessOdds({}, true), view)).toEqual([
      'Guessing   one number in a year: 1 in 13,698 for a stranger, 1 in 12,528 with all its devices',
      '           in a day: 1 in 5,000,000 for a stranger, 1 in 1,185,395 with all its devices',
      expect.stringContaining('do not grow'),
    ])
  })

  it('come with the lock, where one is set', () => {
    const lines = guessLines(guessOdds({ lockAfterFailures: 10 }, false), view)
    expect(lines.at(-1)).toBe(
      '           10 wrong answers of strangers in 90 days lock a number for whoever has no known device',
    )
  })
})

describe('what an attacker can make the owner spend', () => {
  it('is told in pieces and dollars, SMS only where there are some', () => {
    const [first] = spendingLines(spendingOf({}), view)
    expect(first).toContain('1,000 messages (0.80 to 136, by country), 500 active users (2.75)')
    const [withSms] = spendingLines(spendingOf({ smsFallback: true }), { dataWidth: 200 })
    expect(withSms).toContain(', 100 SMS (up to 25), ')
  })

  it('has what no setting bounds in a line of its own, and keeps to the width', () => {
    const lines = spendingLines(spendingOf({}), view)
    expect(lines.at(-1)).toMatch(/functions 600, table 547, logs 74 .*alone bound/)
    for (const line of spendingLines(spendingOf({}), { dataWidth: 60 })) {
      expect(line.length).toBeLessThanOrEqual(60)
    }
  })
})
