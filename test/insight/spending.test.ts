// What an attacker can make the owner spend: the caps that are set, and prices that are somebody else's.
import { describe, expect, it } from 'vitest'
import { spendingOf } from '../../src/insight/spending.ts'

describe('what an attacker can make the owner of a stage spend in a day', () => {
  it('is at the defaults the caps of the stage, and what the shares leave to each', () => {
    const { messages, sms, activeUsers } = spendingOf({})
    expect(messages).toMatchObject({ count: 1000, unproven: 700, proven: 900 })
    expect(messages.mostUsd).toBeCloseTo(136)
    expect(sms).toEqual({ count: 0, leastUsd: 0, mostUsd: 0 })
    expect(activeUsers).toEqual({ count: 500, leastUsd: 2.75, mostUsd: 2.75 })
  })

  it('follows whichever of the hour and the day is the narrower', () => {
    const { messages, activeUsers } = spendingOf({ poolSendsPerHour: 10, poolSignupsPerHour: 1 })
    expect(messages).toMatchObject({ count: 240, unproven: 24 * 7, proven: 24 * 9 })
    expect(activeUsers.count).toBe(24)
  })

  it('has SMS where the fallback is on, never more of them than messages', () => {
    expect(spendingOf({ smsFallback: true }).sms).toEqual({ count: 100, leastUsd: 0, mostUsd: 25 })
    expect(spendingOf({ smsFallback: true, poolSendsPerDay: 30 }).sms.count).toBe(30)
    expect(spendingOf({ smsFallback: true, poolSmsPerHour: 2 }).sms.count).toBe(48)
  })

  it('prices users by the tier of the pool', () => {
    expect(spendingOf({ userPoolTier: 'ESSENTIALS' }).activeUsers.mostUsd).toBeCloseTo(7.5)
    expect(spendingOf({ userPoolTier: 'PLUS' }).activeUsers.mostUsd).toBeCloseTo(10)
  })

  it('bounds what requests cost by AWS’s quotas alone', () => {
    const { requests } = spendingOf({})
    expect(requests.count).toBe((120 + 360 + 50) * 86_400)
    // 1,000 functions of half a gigabyte all day, and 1,370 invocations a second.
    expect(requests.functionsUsd).toBeCloseTo(43.2 * 13.3334 + 118.368 * 0.2, 6)
    expect(requests.tableUsd).toBeCloseTo(0.0864 * (480 * (20 * 0.625 + 4 * 0.125) + 50 * 3 * 0.625), 6)
    expect(requests.logsUsd).toBeCloseTo(118.368 * 1.25 * 0.5, 6)
    expect(spendingOf({ poolSendsPerDay: 5, maxSendsPerDay: 1 }).requests).toEqual(requests)
  })
})

it('bills no users of a stage that takes no sign-ups', () => {
  const { activeUsers, requests } = spendingOf({ userPoolId: 'us-east-1_1', signUp: false })
  expect(activeUsers).toEqual({ count: 0, leastUsd: 0, mostUsd: 0 })
  expect(requests.count).toBeLessThan(spendingOf({}).requests.count)
})
