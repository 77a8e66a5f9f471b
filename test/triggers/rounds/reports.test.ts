// What is posted to the public address: only what is signed counts, and whatever counts is safe to repeat.
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { EventName, Fields } from '../../../src/core/events.ts'
import type { LateWish } from '../../../src/core/reports/late-sms.ts'
import { type KnownMessage, messageHashOf } from '../../../src/core/reports/table-messages.ts'
import { deadlineIn } from '../../../triggers/outside/clock.ts'
import { StoreError } from '../../../triggers/outside/store.ts'
import { takeReports } from '../../../triggers/rounds/reports.ts'

const secret = 'secret-of-the-test'
const at = Date.UTC(2026, 10, 28)
const known = { ledger: `N#${'a'.repeat(32)}`, cid: 'cid-1', n: 1, at, isClaimed: false }
const ids = new Set(Array.from({ length: 250 }, (_, n) => messageHashOf(`msg_${n}`)))

function receiver(
  options: {
    secrets?: string[]
    again?: string[]
    lateBy?: number
    fails?: boolean
    more?: Partial<KnownMessage>
  } = {},
) {
  const { secrets = [secret], again = secrets, lateBy = 0, fails = false, more } = options
  const lines: { event: EventName; fields: Fields }[] = []
  const items = new Map<string, Set<string>>()
  const wishes: (LateWish & { afterMs: number })[] = []
  const calls = { reports: 0, secrets: 0, again: 0 }
  let now = at + 5_000
  const clock = {
    now: () => now,
    ticks: () => now,
    sleep: async (ms: number) => {
      now += ms
    },
  }
  const appearsAt = now + lateBy
  const take = takeReports({
    clock,
    secrets: {
      get: async () => {
        calls.secrets++
        return secrets
      },
      again: async () => {
        calls.again++
        return again
      },
    },
    queue: { put: async (wish, afterMs) => void wishes.push({ ...wish, afterMs }) },
    messages: {
      async report(id, statuses): Promise<KnownMessage | undefined> {
        calls.reports++
        if (fails) throw new StoreError('down')
        if (!ids.has(id) || now < appearsAt) return undefined
        const before = items.get(id) ?? new Set()
        items.set(id, new Set([...before, ...statuses]))
        return { ...known, ...more, seen: before }
      },
    },
  })
  const send = (body: string | Buffer, { signature = sign(body), method = 'POST', base64 = false } = {}) =>
    take(
      {
        requestContext: { http: { method } },
        headers: signature ? { 'x-hub-signature-256': signature } : {},
        body: base64 ? Buffer.from(body).toString('base64') : body.toString(),
        isBase64Encoded: base64,
      },
      deadlineIn(clock, 3_900),
      (event, fields = {}) => void lines.push({ event, fields }),
    )
  const pass = (ms: number) => {
    now += ms
  }
  return { send, lines, calls, items, wishes, pass }
}

const sign = (body: string | Buffer, by = secret) =>
  `sha256=${createHmac('sha256', by).update(body).digest('hex')}`

const bodyOf = (...statuses: object[]) =>
  JSON.stringify({ object: 'whatsapp_business_account', entry: [{ changes: [{ value: { statuses } }] }] })

const status = (word: string, more: object = {}) => ({
  id: 'msg_1',
  status: word,
  timestamp: String(at / 1000 + 3),
  recipient_id: '12025550123',
  ...more,
})

const events = (lines: { event: string }[]) => lines.map(({ event }) => event)

describe('a report', () => {
  it('is noted with whose it is, how long it took and why it failed', async () => {
    const { send, lines } = receiver()
    expect(await send(bodyOf(status('delivered')))).toEqual({ statusCode: 200 })
    const failed = { ...status('failed', { errors: [{ code: 131026, title: 'not there' }] }), id: 'msg_2' }
    await send(bodyOf(failed))
    const about = { number: 'a'.repeat(12), cid: 'cid-1', n: 1, channel: 'whatsapp' }
    expect(lines).toEqual([
      {
        event: 'report_delivered',
        fields: { ...about, messageId: 'msg_1', status: 'delivered', latencyMs: 3_000 },
      },
      {
        event: 'report_failed',
        fields: { ...about, messageId: 'msg_2', status: 'failed', providerCode: '131026' },
      },
    ])
    expect(JSON.stringify(lines)).not.toContain('2025550123')
  })

  it('is signed over its bytes, whatever they are and however they come', async () => {
    for (const base64 of [true, false]) {
      const { send, lines } = receiver()
      const body = bodyOf(status('delivered', { conversation: { origin: { type: 'ünïcode 🙂' } } }))
      expect(await send(body, { base64 })).toEqual({ statusCode: 200 })
      expect(events(lines)).toEqual(['report_delivered'])
    }
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x7d])
    expect(await receiver().send(bytes, { base64: true })).toEqual({ statusCode: 400 })
  })

  it.each([
    ['another secret', (body: string) => sign(body, 'another')],
    ['another body', () => sign('{}')],
    ['half of it', (body: string) => sign(body).slice(0, 40)],
    ['upper case', (body: string) => sign(body).toUpperCase()],
    ['the other hash', (body: string) => `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`],
    ['nothing', () => ''],
  ])('is refused with a signature of %s', async (_, signature) => {
    const { send, lines, calls } = receiver()
    const body = bodyOf(status('delivered'))
    expect(await send(body, { signature: signature(body) })).toEqual({ statusCode: 403 })
    expect([calls.reports, events(lines)]).toEqual([0, ['report_refused']])
  })

  it('is looked at only after its signature', async () => {
    const { send } = receiver()
    expect(await send('{ no JSON', { signature: sign('other') })).toEqual({ statusCode: 403 })
    expect(await send('{ no JSON')).toEqual({ statusCode: 400 })
  })

  it('may be signed with a secret that this container does not know yet', async () => {
    const { send, calls } = receiver({ secrets: ['old'], again: [secret, 'old'] })
    expect(await send(bodyOf(status('delivered')))).toEqual({ statusCode: 200 })
    expect(calls).toMatchObject({ again: 1, reports: 1 })
  })

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('does not come by %s', async (method) => {
    const { send, calls, lines } = receiver()
    expect(await send('', { method, signature: '' })).toMatchObject({ statusCode: 405 })
    expect([calls.secrets, calls.reports, lines]).toEqual([0, 0, []])
  })

  it('that is huge is refused before its signature is computed', async () => {
    const { send, calls } = receiver()
    const body = bodyOf(status('delivered', { pad: 'x'.repeat(300_000) }))
    expect(await send(body)).toEqual({ statusCode: 413 })
    expect(await send(body, { base64: true })).toEqual({ statusCode: 413 })
    expect(calls).toEqual({ reports: 0, secrets: 0, again: 0 })
  })

  it('that is forged a thousand times fills no log', async () => {
    const { send, lines, pass } = receiver()
    for (let n = 0; n < 1000; n++) await send(bodyOf(), { signature: sign(`${n}`) })
    expect(events(lines)).toEqual(['report_refused'])
    pass(60_000)
    await send(bodyOf(), { signature: sign('x') })
    expect(lines).toHaveLength(2)
  })

  it('of a message that is not ours leaves nothing behind', async () => {
    const { send, lines, items } = receiver()
    const body = bodyOf(
      { ...status('delivered'), id: 'other' },
      { ...status('failed'), id: 7 },
      {},
      status('odd'),
    )
    expect(await send(body)).toEqual({ statusCode: 200 })
    expect([lines, items.size]).toEqual([[], 0])
  })

  it('may be there before the message is remembered', async () => {
    const { send, lines } = receiver({ lateBy: 700 })
    await send(bodyOf(status('sent')))
    expect(events(lines)).toEqual(['report_sent'])
    const old = receiver({ lateBy: 700 })
    await old.send(bodyOf(status('sent', { timestamp: String(at / 1000 - 600) })))
    expect(old.calls.reports).toBe(1)
  })

  it('is asked for again where the table fails', async () => {
    const { send, lines } = receiver({ fails: true })
    expect(await send(bodyOf(status('delivered')))).toEqual({ statusCode: 503 })
    expect(events(lines)).toEqual(['otp_store_error'])
  })

  it.each([
    { entry: 'no list' },
    { entry: [null, 7, { changes: {} }, { changes: [null, { value: null }] }] },
    [],
    null,
    'text',
  ])('that is signed, but otherwise than Meta has it, does no harm: %j', async (body) => {
    const { send, lines } = receiver()
    expect(await send(JSON.stringify(body))).toEqual({ statusCode: 200 })
    expect(lines).toEqual([])
  })
})

/** Every order of some things. */
const orders = <T>(all: T[]): T[][] =>
  all.length < 2 ? [all] : all.flatMap((one, n) => orders(all.toSpliced(n, 1)).map((rest) => [one, ...rest]))

describe('reports of one message', () => {
  it.each(orders(['sent', 'delivered', 'read', 'delivered', 'read']))(
    'count once in every order: %s, %s, %s, %s, %s',
    async (...words) => {
      const { send, lines } = receiver()
      for (const word of words) await send(bodyOf(status(word)))
      expect(events(lines).sort()).toEqual(['report_delivered', 'report_read', 'report_sent'])
    },
  )

  it.each(['delivered', 'read'])('tell of no failure once it was %s', async (word) => {
    const { send, lines } = receiver()
    await send(bodyOf(status(word), status('sent')))
    await send(bodyOf(status('failed')))
    expect(events(lines)).not.toContain('report_failed')
  })

  it('come many in one body, and are all taken', async () => {
    const { send, lines } = receiver()
    const many = Array.from({ length: 250 }, (_, n) => ({ ...status('delivered'), id: `msg_${n}` }))
    expect(await send(bodyOf(...many, ...many))).toEqual({ statusCode: 200 })
    expect(lines).toHaveLength(250)
  })
})
