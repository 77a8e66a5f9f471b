// Two runs of one stage at once, whatever their timing: one healthy stage, or a refusal that says who holds it.
import * as dynamodb from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { ApplyEvent } from '../../src/engine/apply.ts'
import type { AppError } from '../../src/errors.ts'
import { names } from '../../src/names.ts'
import { readRecordHave } from '../../src/resources/stage-record.ts'
import { playDeploy } from '../../src/stage/deploy.ts'
import { takeLock } from '../../src/stage/lock/lock.ts'
import { dying, type RunOptions, Runs } from './runs.ts'
import { inventoryOf } from './state.ts'
import { keepOneTime } from './time.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
process.stdout.write(`together: SEED=${seed}\n`)

/** A small generator, so that a run that went wrong can be had again. */
let state = seed
const random = (below: number) => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
  return state % below
}

let runs: Runs
beforeEach(async () => {
  runs = await Runs.start({ pageSize: 20 })
})
afterEach(() => runs.close())

/** Several runs wait for each other without anybody waiting for them. */
function inOneTime(): void {
  let time: ReturnType<typeof keepOneTime>
  beforeEach(() => {
    time = keepOneTime(runs)
  })
  afterEach(() => time.stop())
}

/** Slows some calls down at random, so that the two runs meet at another point each time. */
function disturb(): void {
  const { faults } = runs.sandbox
  const { take } = Object.getPrototypeOf(faults) as typeof faults
  faults.take = (service, operation) =>
    take.call(faults, service, operation) ?? (random(4) === 0 ? { kind: 'slow', ms: random(60) } : undefined)
}

/** As a process of its own would: it waits while the others go on. */
const beside = (env: Record<string, string>): RunOptions => ({ env, clock: systemClock })
const wait = (ms: number) => systemClock.sleep(ms)
const pools = () => inventoryOf(runs).filter((item) => /pool|client/i.test(item)).length
const changes = async (env: Record<string, string> = {}) =>
  (await runs.plan({ env })).plan.filter((step) => step.action !== 'keep')

const settled = async (work: Promise<unknown>[]) => {
  const outcomes = await Promise.allSettled(work)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'STAGE_BUSY' })
  }
  return outcomes.filter(({ status }) => status === 'fulfilled').length
}

describe('two deploys of one stage', () => {
  inOneTime()

  it.each(Array.from({ length: 8 }, (_, n) => n))('make one, round %i', async () => {
    disturb()
    expect(
      await settled([
        runs.deploy(beside({})),
        wait(random(300)).then(() => runs.deploy(beside({}))),
        wait(random(300)).then(() => runs.deploy(beside({}))),
      ]),
    ).toBeGreaterThan(0)
    expect(pools()).toBe(3)
    expect(await changes()).toEqual([])
  })

  it.each(Array.from({ length: 6 }, (_, n) => n))(
    'with other settings leave those of one of them, whole, round %i',
    async () => {
      await runs.deploy(beside({}))
      disturb()
      const several = [
        { OTP_EXPIRY_MINUTES: '9', LOG_RETENTION_DAYS: '7', LOG_LEVEL: 'DEBUG' },
        { OTP_EXPIRY_MINUTES: '3', LOG_RETENTION_DAYS: '90', LOG_LEVEL: 'WARN' },
      ]
      await settled(several.map((env) => wait(random(200)).then(() => runs.deploy(beside(env)))))
      const { aws } = await runs.open()
      const minutes = String((await readRecordHave(aws))?.record.settings.otpExpiryMinutes)
      const winner = several.find((env) => env.OTP_EXPIRY_MINUTES === minutes)!
      expect(winner).toBeDefined()
      expect(await changes(winner)).toEqual([])
    },
  )

  it('that change different settings keep both changes', async () => {
    await runs.deploy(beside({}))
    disturb()
    await settled([
      runs.deploy(beside({ OTP_LENGTH: '8' })),
      runs.deploy(beside({ LOG_RETENTION_DAYS: '7' })),
    ])
    const { aws } = await runs.open()
    const { settings } = (await readRecordHave(aws))!.record
    expect([settings.otpLength, settings.logRetentionDays]).toEqual([8, 7])
    expect(await changes()).toEqual([])
  })
})

const wordsOf = ({ code, message, why }: AppError) => [code, message, why].join('; ')

describe('a deploy and a destroy of one stage', () => {
  inOneTime()

  it.each(Array.from({ length: 6 }, (_, n) => n))('leave a whole one or none, round %i', async () => {
    await runs.deploy(beside({}))
    disturb()
    const [destroyed, deployed] = await Promise.allSettled([
      wait(random(200)).then(() => runs.destroy(beside({}))),
      wait(random(200)).then(() => runs.deploy(beside({ OTP_LENGTH: '8' }))),
    ])
    const failures = [destroyed, deployed].map((one) => one.status === 'rejected' && wordsOf(one.reason))
    expect(failures).toEqual([false, false])
    const { plan } = await runs.plan()
    const actions = new Set(plan.map(({ action }) => action))
    expect(actions.size, [...actions].join()).toBe(1)
    expect(pools()).toBe(actions.has('keep') ? 3 : 0)
  })
})

describe('a destroy that a deploy has waited for', () => {
  inOneTime()

  it.each(Array.from({ length: 6 }, (_, n) => n))(
    'ends well, and says who makes the stage anew, round %i',
    async () => {
      await runs.deploy(beside({}))
      let deploying: Promise<unknown> = Promise.resolve()
      const { faults } = runs.sandbox
      disturb()
      const { take } = faults
      let isBegun = false
      faults.take = (service, operation) => {
        // Once the destroy holds the stage, and at another moment each time.
        if (!isBegun && operation.startsWith('Delete')) {
          isBegun = true
          deploying = wait(random(300)).then(() => runs.deploy(beside({ OTP_LENGTH: '8' })))
        }
        return take.call(faults, service, operation)
      }
      const { madeAnewBy } = await runs.tearDown(beside({}))
      await deploying
      expect(await changes({ OTP_LENGTH: '8' })).toEqual([])
      // Where the deploy begins after the proof, there is nobody to tell of.
      if (madeAnewBy) expect(madeAnewBy).toMatch(/^user\/developer on .|^another run$/)
    },
  )
})

describe('two stages at once', () => {
  inOneTime()

  it('do not disturb each other', async () => {
    disturb()
    const both = ['dev', 'dev-2']
    await Promise.all(both.map((stage) => runs.deploy({ ...beside({}), stage })))
    for (const stage of both) {
      expect((await runs.plan({ stage })).plan.filter(({ action }) => action !== 'keep')).toEqual([])
    }
    await Promise.all([
      runs.destroy(beside({})),
      runs.deploy({ ...beside({ OTP_LENGTH: '8' }), stage: 'dev-2' }),
    ])
    const { plan } = await runs.plan({ stage: 'dev-2', env: { OTP_LENGTH: '8' } })
    expect(plan.every(({ action }) => action === 'keep')).toBe(true)
    expect(pools()).toBe(3)
  })
})

describe('the lock', () => {
  it('of a killed run is taken over after its lease, and the wait is told', async () => {
    await runs.deploy()
    const { prepare } = dying({ service: 'cognito-idp', operation: 'UpdateUserPoolClient', nth: 1 })
    await expect(runs.deploy({ env: { OTP_EXPIRY_MINUTES: '9' }, prepare })).rejects.toThrow()
    const events: ApplyEvent[] = []
    const before = runs.clock.now()
    const prepared = await runs.plan({ env: { OTP_EXPIRY_MINUTES: '9' } })
    await playDeploy(prepared, (event) => events.push(event))
    expect(runs.clock.now() - before).toBeLessThan(15_000)
    expect(
      events.filter(({ step }) => step.kind === 'wait').map(({ type, step }) => [type, step.id]),
    ).toEqual([
      ['start', expect.stringMatching(/^wait:for user\/developer on ./)],
      ['done', expect.anything()],
    ])
    expect(await changes()).toEqual([])
  })

  it('that is renewed is not taken over, and the refusal says whose it is', async () => {
    await runs.deploy()
    const { aws } = await runs.open()
    const lock = await takeLock(aws, () => () => {})
    // Time passes for the waiting run only when it sleeps; meanwhile the holder goes on renewing.
    let beat = 0
    const clock = {
      ...runs.clock,
      sleep: async (ms: number) => {
        await renewByHand(++beat)
        await runs.clock.sleep(ms)
      },
    }
    await expect(runs.deploy({ env: { OTP_LENGTH: '8' }, clock })).rejects.toMatchObject({
      code: 'STAGE_BUSY',
      why: expect.stringMatching(/^user\/developer on .+ holds it since \d{4}-/),
    })
    await lock?.release(true)
    await runs.deploy({ env: { OTP_LENGTH: '8' } })
  })

  const renewByHand = async (beat: number) => {
    const { aws } = await runs.byHand({ stage: 'none' })
    await aws.dynamodb.send(
      new dynamodb.UpdateItemCommand({
        TableName: names.table('dev'),
        Key: { pk: { S: 'L#dev' } },
        UpdateExpression: 'SET beat = :beat',
        ExpressionAttributeValues: { ':beat': { S: String(1000 + beat) } },
      }),
    )
  }

  it('is neither taken nor written by a deploy that changes nothing', async () => {
    await runs.deploy()
    const calls = await runs.callsOf(() => runs.deploy())
    expect(calls.filter(({ operation }) => !/^(Get|Describe|List)/.test(operation))).toEqual([])
  })

  it('is let go when a step fails, and when the user cancels', async () => {
    await runs.deploy()
    runs.sandbox.faults.add({
      service: 'lambda',
      operation: 'UpdateFunctionConfiguration',
      kind: 'fail-before',
      times: 30,
    })
    await expect(runs.deploy({ env: { OTP_LENGTH: '8' } })).rejects.toMatchObject({ code: 'AWS_ERROR' })
    runs.sandbox.faults.clear()
    const abort = new AbortController()
    const prepared = await runs.plan({ env: { OTP_LENGTH: '7' }, signal: abort.signal })
    await expect(playDeploy(prepared, () => abort.abort())).rejects.toMatchObject({ code: 'CANCELLED' })
    const before = runs.clock.now()
    await runs.deploy({ env: { OTP_LENGTH: '7' } })
    expect(runs.clock.now() - before).toBeLessThan(10_000)
    expect(await changes()).toEqual([])
  })
})
