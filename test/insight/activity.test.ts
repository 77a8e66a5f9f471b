import { describe, expect, it } from 'vitest'
import { countActivity } from './tally.ts'

const event = (name: string, fields: object = {}) => JSON.stringify({ event: name, ...fields })

describe('the activity of a stage', () => {
  it('is counted from the events of the triggers', () => {
    const counted = countActivity([
      event('otp_sent'),
      event('otp_sent'),
      event('otp_unknown'),
      event('otp_failed', { providerCode: 131026, reason: 'recipient' }),
      event('otp_suppressed', { reason: 'hour' }),
      event('otp_verified'),
      event('otp_rejected', { reason: 'wrong' }),
      event('otp_locked'),
      event('otp_unlocked'),
      event('number_put_back'),
      event('account_disabled'),
      event('signup_refused', { reason: 'country' }),
    ])
    expect(counted).toMatchObject({
      sent: 2,
      unknown: 1,
      failed: 1,
      suppressed: 1,
      verified: 1,
      rejected: 1,
      locked: 1,
      unlocked: 1,
      putBack: 2,
      signUpsRefused: 1,
      errors: 0,
      partial: false,
    })
  })

  it('counts what was reported of messages, and how long they took', () => {
    const delivered = [400, 100, 300, 200].map((latencyMs) => event('report_delivered', { latencyMs }))
    const counted = countActivity([
      ...delivered,
      event('report_delivered'),
      event('report_sent'),
      event('report_read'),
      event('report_failed', { providerCode: '131026' }),
      event('report_refused', { reason: 'signature' }),
    ])
    expect(counted).toMatchObject({
      ...{ reportedSent: 1, delivered: 5, read: 1, undelivered: 1, reportsRefused: 1, failed: 0 },
      deliveryMs: { p50: 200, p95: 400 },
    })
    expect(counted.reasons).toContainEqual({ event: 'report_failed', reason: '131026', count: 1 })
    expect(countActivity([]).deliveryMs).toBeUndefined()
  })

  it('tells why things went wrong, the most frequent reason first', () => {
    const { reasons } = countActivity([
      event('otp_failed', { providerCode: 131026 }),
      event('otp_rejected', { reason: 'wrong' }),
      event('otp_rejected', { reason: 'wrong' }),
    ])
    expect(reasons).toEqual([
      { event: 'otp_rejected', reason: 'wrong', count: 2 },
      { event: 'otp_failed', reason: '131026', count: 1 },
    ])
  })

  it('keeps apart what the provider refused and a connection that was refused', () => {
    const { reasons } = countActivity([
      event('otp_failed', { providerCode: 'refused' }),
      event('otp_failed', { providerCode: 'refused', httpStatus: 400 }),
    ])
    expect(reasons).toEqual([
      { event: 'otp_failed', reason: 'refused', count: 1 },
      { event: 'otp_failed', reason: 'refused', count: 1, httpStatus: 400 },
    ])
  })

  it('counts an invocation that timed out or crashed as an error', () => {
    const report = (status: string) => JSON.stringify({ type: 'platform.report', record: { status } })
    const { errors, reasons } = countActivity([report('success'), report('timeout'), report('error')])
    expect(errors).toBe(2)
    expect(reasons.map(({ reason }) => reason)).toEqual(['timeout', 'error'])
  })

  it('counts a refused sign-up once, though PreSignUp can refuse by an error alone', () => {
    const report = (requestId: string, status = 'error') =>
      JSON.stringify({ type: 'platform.report', record: { requestId, status } })
    const lines = [
      report('r1'),
      event('signup_refused', { requestId: 'r1', reason: 'country' }),
      event('otp_store_error', { requestId: 'r2', reason: 'timeout' }),
      report('r2'),
      report('r3'),
    ]
    expect(countActivity(lines)).toMatchObject({ signUpsRefused: 1, errors: 2 })
  })

  it('passes over everything else', () => {
    const counted = countActivity(['not JSON', '7', 'null', '[]', event('otp_adopted'), event('constructor')])
    const numbers = Object.values(counted).filter((value) => typeof value === 'number')
    expect(new Set(numbers)).toEqual(new Set([0]))
  })
})
