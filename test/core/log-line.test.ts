// The lines of the logs: written by the functions and by the deployer, read by status and by `logs`.
import { describe, expect, it } from 'vitest'
import { type EventName, events } from '../../src/core/events.ts'
import { eventOf, parseLine } from '../../src/core/log-line.ts'
import { entryOf } from '../../src/insight/log-entry.ts'
import { writeAudit } from '../../src/users/audit.ts'
import { createLog } from '../../triggers/outside/log.ts'
import { countActivity } from '../insight/tally.ts'
import { createPool, wrongFor } from '../triggers/rounds/pool.ts'
import { deployerOf } from './deployer.ts'

const at = Date.UTC(2026, 10, 23, 12)

/** The line that a function writes. */
function lineOf(...logged: Parameters<ReturnType<typeof createLog>>): string {
  const lines: string[] = []
  const options = { stage: 'dev', logLevel: 'debug' as const, now: () => at }
  createLog({ ...options, write: (line) => void lines.push(line) })(...logged)
  return lines.join('')
}

const shown = (message: string) =>
  entryOf({ id: '1', at, group: 'g', stream: 's', message }, 'createAuthChallenge', (text) => text)

describe('a line of the functions', () => {
  it.each(Object.keys(events) as EventName[])('is read as it was logged: %s', (event) => {
    const fields = { cid: 'c', reason: 'why', latencyMs: 12, decoy: false }
    expect(eventOf(parseLine(lineOf(event, fields)) ?? {})).toEqual({
      event,
      level: events[event].level.toUpperCase(),
      fields,
    })
  })

  it('is shown with its fields, and neither its metrics nor what every line says', () => {
    expect(shown(lineOf('otp_sent', { trigger: 'x', cid: 'c', latencyMs: 12, messageId: 'm' }))).toEqual({
      time: '2026-11-23T12:00:00.000Z',
      trigger: 'createAuthChallenge',
      level: 'INFO',
      event: 'otp_sent',
      fields: { cid: 'c', latencyMs: 12, messageId: 'm' },
    })
  })

  it.each(Object.keys(events) as EventName[])('measures a delivery only where there was one: %s', (event) => {
    const measured = (fields: object) => 'delivery_latency' in (parseLine(lineOf(event, fields)) ?? {})
    expect(measured({ latencyMs: 12 })).toBe(event === 'otp_sent' || event === 'otp_unknown')
    expect(measured({})).toBe(false)
  })

  it.each([
    ['otp_failed', { channel: 'whatsapp', reason: 'operator', httpStatus: 401 }, 'provider_refused'],
    ['otp_failed', { channel: 'whatsapp', reason: 'operator', httpStatus: 403 }, 'provider_refused'],
    // A number that may not be written to, an outage, and SNS: none of them is a refused key.
    ['otp_failed', { channel: 'whatsapp', reason: 'recipient', httpStatus: 403 }, undefined],
    ['otp_failed', { channel: 'whatsapp', reason: 'operator', httpStatus: 400 }, undefined],
    ['otp_failed', { channel: 'sms', reason: 'operator', httpStatus: 403 }, undefined],
    ['otp_suppressed', { reason: 'pool' }, 'otp_capped'],
    ['otp_suppressed', { reason: 'block' }, undefined],
    ['otp_sent', { channel: 'whatsapp', reason: 'operator', httpStatus: 401 }, undefined],
  ] as const)('of %s with %o counts towards %s besides', (event, fields, metric) => {
    const line = parseLine(lineOf(event, fields)) as { _aws: { CloudWatchMetrics: [{ Metrics: object[] }] } }
    const named = line._aws.CloudWatchMetrics[0].Metrics
    expect(named).toEqual([event, metric].filter(Boolean).map((Name) => ({ Name, Unit: 'Count' })))
    expect(line).toMatchObject(metric ? { [metric]: 1 } : {})
    expect(eventOf({ ...line })?.fields).toEqual(fields)
  })

  it('is cut where a text in it is long', () => {
    expect(parseLine(lineOf('otp_failed', { reason: 'x'.repeat(1_000) }))?.reason).toBe('x'.repeat(200))
  })

  it.each<[EventName, object]>([
    ['otp_sent', { sent: 1 }],
    ['otp_unknown', { unknown: 1 }],
    ['otp_failed', { failed: 1 }],
    ['otp_suppressed', { suppressed: 1 }],
    ['otp_verified', { verified: 1 }],
    ['otp_rejected', { rejected: 1 }],
    ['otp_locked', { locked: 1 }],
    ['signup_refused', { signUpsRefused: 1 }],
    ['otp_store_error', { errors: 1 }],
    ['otp_secrets_error', { errors: 1 }],
    ['otp_internal_error', { errors: 1 }],
    ['number_not_marked', { errors: 1 }],
  ])('%s counts in the activity of its stage, with its reason', (event, counted) => {
    const reasons = [{ event, reason: 'why', count: 1 }]
    expect(countActivity([lineOf(event, { reason: 'why' })])).toMatchObject({ ...counted, reasons })
  })

  it('names the code of the provider before the reason', () => {
    const { reasons } = countActivity([lineOf('otp_failed', { reason: 'recipient', providerCode: '131026' })])
    expect(reasons).toEqual([{ event: 'otp_failed', reason: '131026', count: 1 }])
  })
})

it('the lines of a sign-in are counted as what happened in it', async () => {
  const pool = createPool()
  const step = await pool.start(pool.addUser())
  await pool.respond(await pool.respond(step, wrongFor(pool.lastCode())), pool.lastCode())
  pool.provider = async () => ({ outcome: 'failed', blame: 'recipient', code: '131026' })
  await pool.start(pool.addUser('+12025550144'))
  expect(countActivity(pool.lines)).toMatchObject({
    sent: 1,
    rejected: 1,
    verified: 1,
    failed: 1,
    errors: 0,
    reasons: [
      { event: 'otp_rejected', reason: 'wrong' },
      { event: 'otp_failed', reason: '131026' },
    ],
  })
})

it('the line of what somebody did by hand is shown beside them', async () => {
  const { connection, notes } = deployerOf(createPool())
  const counters = { sendsLastHour: 1, sendsLastDay: 2, checksLastHour: 3, checksLastDay: 4, failures: 5 }
  await writeAudit(connection, 'counters_reset', { number: 'abc', phone: '+*********23', ...counters })
  expect(notes.map(shown)).toMatchObject([
    {
      level: 'WARN',
      event: 'counters_reset',
      fields: { by: 'user/ana', number: 'abc', phone: '+*********23', ...counters },
    },
  ])
  expect(notes[0]).toMatch(
    /^{"timestamp":"2026-11-23T12:00:00.000Z","level":"WARN","event":"counters_reset","stage":"test","by":"user\/ana","number":"abc","phone":/,
  )
})

it.each(['null', '7', '"text"', 'true', 'START RequestId: 1', ''])(
  '%s is no line of an object',
  (message) => {
    expect(parseLine(message)).toBeUndefined()
  },
)

it('what names no event is none of ours, and one without a level is of the usual', () => {
  expect(eventOf({ level: 'INFO', message: 'hello' })).toBeUndefined()
  expect(eventOf({ event: 7 })).toBeUndefined()
  expect(eventOf({ event: 'of_tomorrow', cid: 'c' })).toEqual({
    event: 'of_tomorrow',
    level: 'INFO',
    fields: { cid: 'c' },
  })
})
