// What the functions write down: one line an event, no secret in any, and numbers that CloudWatch can count.
import { expect, it } from 'vitest'
import type { Fields } from '../../src/core/events.ts'
import type { Ledger } from '../../src/core/ledger/ledger.ts'
import { createLog, logFailure } from '../../triggers/outside/log.ts'
import { apiKey, createPool, masterKey, phone, wrongFor } from './rounds/pool.ts'

function collect(logLevel: 'debug' | 'info' | 'warn' | 'error' = 'info', context: Fields = {}) {
  const lines: string[] = []
  const log = createLog(
    { stage: 'dev', logLevel, now: () => 0, write: (line) => void lines.push(line) },
    context,
  )
  return { log, lines }
}

it('writes allowed fields only, as one line whatever they contain', () => {
  const { log, lines } = collect('info', { requestId: 'r\n\u001b[31m' })
  log('signup_accepted', { reason: 'x'.repeat(1000), phone: '+1****23', code: '123456' } as Fields)
  expect(lines).toHaveLength(1)
  expect(lines[0]?.match(/\n/g)).toHaveLength(1)
  const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>
  expect(Object.keys(line)).toEqual(['timestamp', 'level', 'event', 'stage', 'requestId', 'phone', 'reason'])
  expect(line.reason).toHaveLength(200)
  expect(lines[0]).not.toContain('\u001b')
})

it('carries each metric once, in the embedded format', () => {
  const { log, lines } = collect()
  log('otp_sent', { latencyMs: 321 })
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    otp_sent: 1,
    delivery_latency: 321,
    stage: 'dev',
    _aws: {
      Timestamp: 0,
      CloudWatchMetrics: [
        {
          Namespace: 'WhatsAppOtp',
          Dimensions: [['stage']],
          Metrics: [
            { Name: 'otp_sent', Unit: 'Count' },
            { Name: 'delivery_latency', Unit: 'Milliseconds' },
          ],
        },
      ],
    },
  })
})

it('is as quiet as asked, but never loses a metric', () => {
  const { log, lines } = collect('error')
  log('number_verified')
  expect(lines).toHaveLength(0)
  log('otp_verified')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'otp_verified', otp_verified: 1 })
})

it('tells an outage from a defect', () => {
  const { log, lines } = collect()
  const named = (name: string, code?: string) =>
    Object.assign(new Error('with a secret'), { name }, code && { code })
  logFailure(log, named('StoreError', 'contention'))
  logFailure(log, named('SecretsError'))
  logFailure(log, new TypeError('with a secret'))
  logFailure(log, 'with a secret')
  const events = lines.map((line) => JSON.parse(line) as { event: string; reason: string })
  expect(events.map(({ event, reason }) => `${event} ${reason}`)).toEqual([
    'otp_store_error contention',
    'otp_secrets_error SecretsError',
    'otp_internal_error TypeError',
    'otp_internal_error unknown',
  ])
  expect(lines.join('')).not.toContain('with a secret')
})

/** Everything that can happen in a sign-in, told to one pool. */
async function everything() {
  const pool = createPool({ smsAllowed: true })
  const user = pool.addUser()
  let step = await pool.start(user)
  const codes = [pool.lastCode()]
  await pool.start(user, pool.clients.login)
  step = await pool.respond(step, wrongFor(pool.lastCode()))
  pool.clock.advance(60_000)
  step = await pool.resend(step)
  await pool.respond(step, pool.lastCode())
  await pool.judge(step, pool.lastCode())
  await pool.start('+12025550123')
  await pool.start('nobody\n{"event":"otp_verified"}')
  pool.clock.advance(60_000)
  pool.provider = async () => ({ outcome: 'failed', blame: 'recipient', code: '131026' })
  await pool.start(user)
  codes.push(pool.lastCode())
  pool.clock.advance(60_000)
  pool.provider = async () => ({ outcome: 'unknown', blame: 'provider', code: 'timeout' })
  await pool.start(user)
  codes.push(pool.lastCode())
  pool.aws.fail('GetItem', 'before', 1)
  await pool.start(user)
  return { pool, codes }
}

it('never holds a code, a key or a number, whatever happens', async () => {
  const { pool, codes } = await everything()
  const text = pool.lines.join('')
  const events = new Set(pool.logged().map((line) => line.event))
  for (const event of [
    'otp_sent',
    'otp_suppressed',
    'otp_rejected',
    'otp_verified',
    'otp_decoy',
    'otp_unknown',
    'otp_store_error',
  ]) {
    expect(events).toContain(event)
  }
  for (const secret of [...codes, apiKey, masterKey, phone, phone.slice(1), phone.slice(2, -2)]) {
    expect(text).not.toContain(secret)
  }
  for (const line of pool.lines) expect(line.indexOf('\n')).toBe(line.length - 1)
})

it('leaves no code, key or number in the table, and no sealed code after its use', async () => {
  const { pool, codes } = await everything()
  const table = JSON.stringify([...pool.aws.items])
  // Six digits may well occur inside a timestamp; as a value of their own they must not.
  for (const code of codes) expect(table).not.toMatch(new RegExp(`[^\\d]${code}[^\\d]`))
  for (const secret of [apiKey, masterKey, phone, phone.slice(1)]) expect(table).not.toContain(secret)
  const ledgers = [...pool.aws.items.values()].flatMap(({ d }) => (d?.S ? [JSON.parse(d.S) as Ledger] : []))
  const used = ledgers.flatMap(({ challenges }) => challenges).filter(({ usedAt }) => usedAt !== undefined)
  expect(used.length).toBeGreaterThan(0)
  expect(new Set(used.map(({ sealed }) => sealed))).toEqual(new Set(['']))
})

it('shows a client no error of the provider, no key and no number', async () => {
  const pool = createPool()
  pool.provider = async () => ({
    outcome: 'failed',
    blame: 'operator',
    httpStatus: 401,
    code: 'UNAUTHORIZED',
  })
  const { parameters, metadata } = await pool.start(pool.addUser())
  const shown = JSON.stringify({ parameters, metadata })
  for (const hidden of ['UNAUTHORIZED', '401', apiKey, phone, pool.lastCode()])
    expect(shown).not.toContain(hidden)
  expect(Object.values(parameters).every((value) => typeof value === 'string')).toBe(true)
})
