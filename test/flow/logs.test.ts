// What an operator finds in the logs: one line for each event, countable as a metric, and nobody's secrets.
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { events } from '../../src/core/events.ts'
import { readActivity } from '../../src/insight/activity.ts'
import { names, triggerNames } from '../../src/names.ts'
import { wrongFor } from './app.ts'
import type { LogEntry } from './evidence.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage?.close())

/** CloudWatch's embedded metric format, as its specification words it. */
const embeddedMetrics = z.object({
  Timestamp: z.int().positive(),
  CloudWatchMetrics: z
    .array(
      z.strictObject({
        Namespace: z.string().min(1).max(1024),
        Dimensions: z.array(z.array(z.string().min(1).max(250)).min(1).max(30)).length(1),
        Metrics: z
          .array(
            z.strictObject({ Name: z.string().min(1).max(1024), Unit: z.enum(['Count', 'Milliseconds']) }),
          )
          .min(1)
          .max(100),
      }),
    )
    .length(1),
})

/** The events that a run caused, in order, and the lines themselves. */
async function eventsOf(run: () => Promise<unknown>): Promise<{ events: string[]; entries: LogEntry[] }> {
  const before = (await stage.evidence.entries()).map((entry) => JSON.stringify(entry))
  await run()
  const entries = (await stage.evidence.entries()).filter((entry) => {
    const at = before.indexOf(JSON.stringify(entry))
    if (at >= 0) before.splice(at, 1)
    return at < 0
  })
  return { events: entries.map(({ event }) => event), entries }
}

async function signIn(): Promise<void> {
  const { app } = stage
  const asked = await app.begin()
  await app.answer(await app.fail(asked, wrongFor(asked.code)), asked.code)
}

/** The events of each thing that can go wrong. */
async function troubles(): Promise<string[][]> {
  const { app, sandbox } = stage
  await app.begin()
  const { phone } = await app.begin()
  const start = (fail?: 'serverError' | 'keyInvalid', client?: 'login') => () => {
    if (fail) sandbox.sendzen.failNext(fail)
    return app.start(phone, client)
  }
  const seen: string[][] = []
  for (const [waitMs, run] of [
    [0, () => app.signUp('+18765550142').catch(() => 0)],
    [0, start()],
    [20_000, start(undefined, 'login')],
    [0, () => app.start(stage.newPhone())],
    [61_000, start('serverError')],
    [61_000, start('keyInvalid')],
    [61_000, downFor(start())],
  ] as const) {
    stage.clock.advance(waitMs)
    seen.push((await eventsOf(run)).events)
  }
  return seen
}

/** The table answers no call while it runs. */
const downFor = (run: () => Promise<unknown>) => async () => {
  stage.sandbox.faults.add({ service: 'dynamodb', kind: 'fail-before', times: 1_000 })
  await run()
  stage.sandbox.faults.clear()
}

describe('each thing that happens is one line', () => {
  it('of a sign-up and a sign-in with a wrong answer (83)', async () => {
    const { events } = await eventsOf(signIn)
    expect(events).toEqual(['signup_accepted', 'otp_sent', 'otp_rejected', 'number_verified', 'otp_verified'])
  })

  it('of what was refused, failed, shared, pretended or broken (83)', async () => {
    expect(await troubles()).toEqual([
      ['signup_refused'],
      ['otp_adopted'],
      ['otp_suppressed'],
      ['otp_decoy'],
      ['otp_unknown'],
      ['otp_failed'],
      ['otp_store_error'],
    ])
  })

  it('that CloudWatch counts, if the event has a metric, exactly once (83)', async () => {
    const { entries } = await eventsOf(async () => {
      await signIn()
      await troubles()
    })
    const counted = entries.filter((entry) => entry._aws !== undefined)
    const silent = entries.filter((entry) => entry._aws === undefined).map(({ event }) => event)
    expect([...new Set(silent)].sort()).toEqual(['number_verified', 'otp_decoy', 'signup_accepted'])
    expect(counted.length).toBeGreaterThan(8)
    for (const entry of counted) {
      const { CloudWatchMetrics } = embeddedMetrics.parse(entry._aws)
      const { Dimensions, Metrics } = CloudWatchMetrics[0]!
      for (const dimension of Dimensions[0]!) expect(entry[dimension]).toEqual(expect.any(String))
      for (const { Name } of Metrics) expect(entry[Name]).toEqual(expect.any(Number))
      const names = Metrics.map(({ Name }) => Name)
      expect(new Set(names).size).toBe(names.length)
      expect(entry[entry.event]).toBe(1)
    }
  })

  it('that names the number by a hash and its last two digits', async () => {
    const { entries } = await eventsOf(() => stage.app.begin())
    const sent = entries.find(({ event }) => event === 'otp_sent')
    expect(sent).toMatchObject({
      phone: '+*********42',
      number: expect.stringMatching(/^[0-9a-f]{12}$/),
      country: 'US',
      channel: 'whatsapp',
    })
    const items = [...(await stage.evidence.items()).keys()]
    expect(items.filter((pk) => pk.startsWith(`N#${sent?.number}`))).toHaveLength(1)
  })
})

describe('what comes from outside', () => {
  it('cannot begin a line of its own, nor colour one (82)', async () => {
    const forged = '\n{"event":"otp_verified"}\r\n\u001b[31mred'
    const asked = await stage.app.begin()
    const create = stage.lastEvent('createAuthChallenge')
    const seen = {
      ...(create.request.userAttributes as Record<string, string>),
      locale: forged,
      phone_number: forged,
    }
    const { entries } = await eventsOf(async () => {
      for (const event of [
        { ...create, userName: forged },
        { ...create, userPoolId: `${create.userPoolId}${forged}` },
        { ...create, callerContext: { clientId: forged } },
        { ...create, request: { ...create.request, userAttributes: seen } },
        { ...create, request: { ...create.request, clientMetadata: { action: forged, [forged]: forged } } },
        { ...create, request: { ...create.request, session: [{ challengeMetadata: forged }] } },
      ]) {
        stage.clock.advance(61_000)
        await stage.invoke('createAuthChallenge', event)
      }
      const answer = stage.answerEvent(asked, forged)
      await stage.invoke('verifyAuthChallenge', answer)
      const parameters = { cid: forged, decoy: forged }
      await stage.invoke('verifyAuthChallenge', {
        ...answer,
        request: { ...answer.request, challengeAnswer: '123456', privateChallengeParameters: parameters },
      })
    })
    expect(entries.length).toBeGreaterThan(5)
    expect(entries.map(({ event }) => event)).not.toContain('otp_verified')
    for (const trigger of triggerNames) {
      for (const line of await stage.evidence.lines(trigger)) {
        expect(() => JSON.parse(line)).not.toThrow()
        expect(line).not.toMatch(/\p{Cc}/u)
      }
    }
  })
})

describe('LOG_LEVEL', () => {
  it('takes the quiet events away, and never a metric', async () => {
    await stage.deployForTest({ LOG_LEVEL: 'ERROR' })
    const { app } = stage
    const { events } = await eventsOf(async () => {
      const asked = await app.begin()
      await app.answer(asked, asked.code)
      await app.start(stage.newPhone())
    })
    expect(events).toEqual(['otp_sent', 'otp_verified'])
  })

  it('changes nothing of what status counts', async () => {
    await stage.deployForTest({ LOG_LEVEL: 'ERROR' })
    const { app, aws } = stage
    const before = await readActivity(aws, 0)
    const asked = await app.begin()
    await app.answer(await app.fail(asked, wrongFor(asked.code)), asked.code)
    await app.start(asked.phone)
    await app.signUp('+18765550142').catch(() => 0)
    const after = await readActivity(aws, 0)
    const counts = ['sent', 'rejected', 'verified', 'suppressed', 'signUpsRefused'] as const
    expect(counts.map((count) => after[count] - before[count])).toEqual([1, 1, 1, 1, 1])
  })

  it('is none of Lambda’s business, which would drop every line below it', async () => {
    await stage.deployForTest({ LOG_LEVEL: 'ERROR' })
    const loudness = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']
    const quietest = Math.min(
      ...Object.values(events).map(({ level }) => loudness.indexOf(level.toUpperCase())),
    )
    for (const trigger of triggerNames) {
      const target = { FunctionName: names.function(stage.aws.place.stage, trigger) }
      const { LoggingConfig } = await stage.aws.lambda.send(new GetFunctionConfigurationCommand(target))
      expect(loudness.indexOf(LoggingConfig?.ApplicationLogLevel ?? ''), trigger).toBeGreaterThanOrEqual(0)
      expect(loudness.indexOf(LoggingConfig!.ApplicationLogLevel!), trigger).toBeLessThanOrEqual(quietest)
    }
  })
})

keepsItsSecrets(() => stage)
