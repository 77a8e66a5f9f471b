// An SMS in place of a message that did not arrive: one for each such message and none for the others, in whichever
// order reports, time-outs and the user himself come.
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { messageHashOf } from '../../../src/core/reports/table-messages.ts'
import { AwsError } from '../../../triggers/outside/aws-call.ts'
import { deadlineIn } from '../../../triggers/outside/clock.ts'
import { createLog } from '../../../triggers/outside/log.ts'
import { createMessages } from '../../../triggers/outside/messages.ts'
import { createQueue } from '../../../triggers/outside/queue.ts'
import { createSecretsSource } from '../../../triggers/outside/secrets.ts'
import { sendSms } from '../../../triggers/outside/sms.ts'
import { createSmsCounter } from '../../../triggers/outside/sms-counter.ts'
import { createStore } from '../../../triggers/outside/store.ts'
import { sendLate } from '../../../triggers/rounds/late.ts'
import { takeReports } from '../../../triggers/rounds/reports.ts'
import { caps, limits } from '../../limits.ts'
import { createPool, type PoolOptions } from './pool.ts'

const secret = 'secret-of-the-test'
/** Seconds that WhatsApp tries to deliver the template; codes live 300 in these tests. */
const templateLife = 60

/** A pool whose messages are reported on and followed by an SMS, with all three functions. */
function stage({ life = templateLife, smsCap = caps.sms, ...options }: Options = {}) {
  const findings = { standIn: 'stable' as const, templateLifeSeconds: life }
  const pool = createPool({ reported: true, followed: true, smsAllowed: true, findings, ...options })
  const { aws, clock, lines } = pool
  let sent = 0
  pool.provider = async () => ({ outcome: 'sent', messageId: `msg_${++sent}` })
  let ids = 0
  const newId = () => `id-${++ids}`
  const messages = createMessages(aws, 'table')
  const log = createLog({
    ...{ stage: 'test', logLevel: 'debug', now: clock.now },
    write: (line) => lines.push(line),
  })
  const report = takeReports({
    ...{ clock, messages, queue: createQueue(aws, 'queue') },
    secrets: { get: async () => [secret], again: async () => [secret] },
  })
  const late = sendLate({
    ...{ clock, messages, newId },
    limits: { ...limits, ...options.limits },
    secrets: createSecretsSource(aws, clock, {
      ...{ masterKey: 'master-key', findings: 'findings' },
      brake: { brake: 'brake', stage: 'test' },
    }),
    store: createStore({ aws, clock, table: 'table', newId }),
    counter: createSmsCounter({ aws, clock, table: 'table', caps: smsCap }),
    sms: (message, within) => sendSms(aws, {}, message, within),
  })
  const deadline = () => deadlineIn(clock, 3_900)
  return Object.assign(pool, {
    async reports(status: string, n = 1) {
      const one = { id: `msg_${n}`, status, timestamp: String(Math.floor(clock.now() / 1000)) }
      const body = JSON.stringify({ entry: [{ changes: [{ value: { statuses: [one] } }] }] })
      const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
      return report(
        {
          requestContext: { http: { method: 'POST' } },
          headers: { 'x-hub-signature-256': signature },
          body,
          isBase64Encoded: false,
        },
        deadline(),
        log,
      )
    },
    /** Plays what waits in the queue, or what SQS gives twice. */
    works: (bodies = aws.queue.splice(0).map(({ body }) => body)) =>
      Promise.all(bodies.map((body) => late(body, deadline(), log))),
    texts: () => aws.sms.map((form) => form.get('Message')),
    events: () => lines.map((line) => JSON.parse(line).event as string),
    last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>,
  })
}

interface Options extends PoolOptions {
  life?: number
  smsCap?: { perHour: number; perDay: number }
}

/** All orders of some things, each once. */
function orders<T>(things: readonly T[]): T[][] {
  if (things.length === 0) return [[]]
  return [...new Set(things)].flatMap((first) => {
    const rest = things.toSpliced(things.indexOf(first), 1)
    return orders(rest).map((order) => [first, ...order])
  })
}

describe('an SMS', () => {
  it('follows at once where the message is reported as failed, with the same code', async () => {
    const pool = stage()
    const step = await pool.start(pool.addVerifiedUser())
    pool.aws.queue.length = 0
    await pool.reports('failed')
    expect(pool.aws.queue).toMatchObject([{ seconds: 0 }])
    await pool.works()
    expect(pool.texts()).toEqual([expect.stringContaining(pool.lastCode())])
    expect(pool.last()).toMatchObject({ event: 'fallback_sent', reason: 'failed', channel: 'sms', n: 1 })
    expect((await pool.respond(step, pool.lastCode())).outcome).toBe('tokens')
  })

  it('follows where nothing was reported when the time of the template is over', async () => {
    const pool = stage()
    await pool.start(pool.addVerifiedUser())
    await pool.reports('sent')
    expect(pool.aws.queue.map(({ seconds }) => seconds)).toEqual([templateLife + 15])
    pool.clock.advance(75_000)
    await pool.works()
    expect(pool.texts()).toHaveLength(1)
    expect(pool.last()).toMatchObject({ event: 'fallback_sent', reason: 'silence' })
  })

  it('is in the language of the user', async () => {
    const pool = stage({ languages: ['en_US', 'de'] })
    await pool.start(pool.addUser(undefined, { locale: 'de-AT' }))
    await pool.reports('failed')
    await pool.works()
    expect(pool.texts()[0]).toMatch(/Bestätigungscode/)
    expect(pool.last()).toMatchObject({ language: 'de' })
  })

  it('is waited for only where its code lives long enough for it', async () => {
    const waits = async (life: number) => {
      const pool = stage({ life })
      await pool.start(pool.addVerifiedUser())
      return pool.aws.queue.map(({ seconds }) => seconds)
    }
    expect(await waits(255)).toEqual([270])
    expect(await waits(256)).toEqual([])
    expect(await waits(-1)).toEqual([])
  })

  const happenings = ['delivered', 'failed', 'failed', 'time', 'work', 'work'] as const
  it.each(orders(happenings).map((order) => [order.join(' ')]))('is one or none: %s', async (words) => {
    const pool = stage()
    await pool.start(pool.addVerifiedUser())
    const [timer] = pool.aws.queue.splice(0)
    let waiting = 0
    let isDelivered = false
    let expected = 0
    for (const one of words.split(' ')) {
      if (one === 'time') {
        await pool.works([timer!.body])
        if (!isDelivered) expected = 1
      } else if (one === 'work') {
        await pool.works()
        if (waiting > 0 && !isDelivered) expected = 1
        waiting = 0
      } else {
        await pool.reports(one)
        isDelivered ||= one === 'delivered'
        if (one === 'failed') waiting++
      }
      expect(pool.aws.sms).toHaveLength(expected)
    }
  })

  it('is one where all of it happens at the same moment', async () => {
    for (let round = 0; round < 20; round++) {
      const pool = stage()
      await pool.start(pool.addVerifiedUser())
      const [timer] = pool.aws.queue.splice(0)
      await Promise.all([
        pool.reports('failed'),
        pool.reports('failed'),
        pool.works([timer!.body, timer!.body]),
      ])
      await pool.works()
      expect(pool.aws.sms).toHaveLength(1)
    }
  })

  it('is not sent for a code that was used, has expired, or was sent again meanwhile', async () => {
    const used = stage()
    const step = await used.start(used.addVerifiedUser())
    await used.respond(step, used.lastCode())
    const old = stage()
    await old.start(old.addVerifiedUser())
    old.clock.advance(271_000)
    const again = stage()
    const first = await again.start(again.addVerifiedUser())
    again.clock.advance(limits.cooldownMs)
    await again.resend(first)
    for (const [pool, reason] of [
      [used, 'used'],
      [old, 'expired'],
      [again, 'superseded'],
    ] as const) {
      await pool.works(pool.aws.queue.slice(0, 1).map(({ body }) => body))
      expect(pool.aws.sms).toEqual([])
      expect(pool.last()).toMatchObject({ event: 'fallback_skipped', reason })
    }
    await again.works(again.aws.queue.slice(1).map(({ body }) => body))
    expect(again.texts()).toHaveLength(1)
  })

  it('is not sent while the stage is paused', async () => {
    const pool = stage()
    await pool.start(pool.addVerifiedUser())
    pool.aws.brake = JSON.stringify({ stage: 'test', paused: true })
    await pool.works()
    expect([pool.aws.sms, pool.last().reason]).toEqual([[], 'paused'])
  })

  it('counts among the SMS of the number and of the stage, and is held back by both', async () => {
    const ofNumber = stage({ limits: { smsPerDay: 1, cooldownMs: 1_000 } })
    const ofStage = stage({ smsCap: { perHour: 1, perDay: 1 }, limits: { cooldownMs: 1_000 } })
    for (const pool of [ofNumber, ofStage]) {
      const step = await pool.start(pool.addVerifiedUser())
      await pool.works()
      pool.clock.advance(1_000)
      await pool.resend(step)
      await pool.works()
      expect(pool.aws.sms).toHaveLength(1)
      expect(pool.last()).toMatchObject({ event: 'fallback_skipped', reason: 'sms' })
    }
  })

  it('gives the stage’s count back where it is not sent after all', async () => {
    const pool = stage({ smsCap: { perHour: 1, perDay: 1 }, limits: { cooldownMs: 1_000 } })
    const user = pool.addVerifiedUser()
    const step = await pool.start(user)
    await pool.respond(step, pool.lastCode())
    await pool.works()
    pool.clock.advance(1_000)
    await pool.start(user)
    await pool.works()
    expect(pool.aws.sms).toHaveLength(1)
  })

  it.each(['GetParameters', 'GetItem', 'PutItem'])(
    'is sent later where %s fails, and only once',
    async (operation) => {
      const pool = stage()
      await pool.start(pool.addVerifiedUser())
      const bodies = pool.aws.queue.splice(0).map(({ body }) => body)
      pool.aws.fail(operation, 'before', 10, new AwsError('InternalServerError', 500, true))
      await pool.works(bodies).catch(() => undefined)
      expect(pool.aws.sms).toEqual([])
      // What fails is seen again, until it does not fail.
      for (let again = 0; again < 12; again++) await pool.works(bodies).catch(() => undefined)
      expect(pool.aws.sms).toHaveLength(1)
    },
  )

  it('is not sent twice where the answer about it is lost', async () => {
    const pool = stage()
    await pool.start(pool.addVerifiedUser())
    const bodies = pool.aws.queue.splice(0).map(({ body }) => body)
    pool.aws.fail('Publish', 'after')
    await pool.works(bodies)
    await pool.works(bodies)
    expect(pool.aws.sms).toHaveLength(1)
    expect(pool.last()).toMatchObject({ event: 'fallback_sent', status: 'unknown' })
  })

  it('is tried once more where SNS has certainly sent nothing, and then told of', async () => {
    const once = stage()
    await once.start(once.addVerifiedUser())
    once.aws.fail('Publish', 'before', 1, new AwsError('Throttling', 400, false))
    await once.works()
    expect(once.aws.sms).toHaveLength(1)
    const never = stage()
    await never.start(never.addVerifiedUser())
    never.aws.fail('Publish', 'before', 2, new AwsError('Throttling', 400, false))
    await never.works()
    expect(never.aws.sms).toEqual([])
    expect(never.last()).toMatchObject({ event: 'fallback_failed', providerCode: 'Throttling' })
  })
})

describe('what it leaves behind', () => {
  it('holds neither a number nor a code, in the table, the queue or a line', async () => {
    const pool = stage()
    await pool.start(pool.addVerifiedUser())
    await pool.reports('failed')
    const queue = JSON.stringify(pool.aws.queue)
    await pool.works()
    const kept = JSON.stringify([...pool.aws.items]) + queue + pool.lines.join('\n')
    expect(kept).toContain(messageHashOf('msg_1'))
    expect(kept).not.toContain('2025550123')
    expect(kept).not.toContain(pool.lastCode())
  })

  it('shows nobody but a known device that the message did not arrive', async () => {
    const pool = stage()
    const step = await pool.start(pool.addVerifiedUser())
    await pool.reports('failed')
    await pool.works()
    const shown = await pool.respond(step, '000000')
    expect(shown.parameters).toMatchObject({ channel: 'whatsapp' })
  })

  it('is nothing where nobody exists', async () => {
    const pool = stage()
    await pool.start('nobody')
    expect(pool.aws.queue).toEqual([])
    await pool.works([
      '',
      '{}',
      '{"message":"x","reason":"failed"}',
      `{"message":"${'0'.repeat(32)}","reason":"failed"}`,
    ])
    expect(pool.aws.sms).toEqual([])
  })
})
