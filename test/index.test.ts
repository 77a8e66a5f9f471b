// The programmatic API on the sources: a whole life of a stage, its errors, and what it must not look at.
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { createClients } from '../src/aws/clients.ts'
import * as api from '../src/index.ts'
import {
  AppError,
  deploy,
  destroy,
  outputs,
  plan,
  type Sandbox,
  type StageEvent,
  type StageSettings,
  startSandbox,
  status,
} from '../src/index.ts'
import { names } from '../src/names.ts'
import type { Secrets, Settings } from '../src/settings/schema.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await sandbox.close()
})

const there = () => ({ stage: 'api', env: sandbox.env() })

/** The code of the AppError that is thrown. */
async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof AppError) return error.code
  throw new Error(`no AppError but ${error}`)
}

const changesOf = (result: api.StagePlan | api.Played) =>
  result.steps.filter(({ action }) => action !== 'keep').map(({ id, action }) => `${action} ${id}`)

describe('the programmatic API', () => {
  it('gives what docs/program.md names, and nothing else', () => {
    expect(Object.keys(api).sort()).toEqual([
      'AppError',
      'deploy',
      'destroy',
      'outputs',
      'plan',
      'startSandbox',
      'status',
    ])
  })

  it('takes the settings of the table, each with its own type', () => {
    type Given = Partial<Settings> & { [K in keyof Secrets]?: string }
    expectTypeOf<keyof StageSettings>().toEqualTypeOf<keyof Given>()
    expectTypeOf<StageSettings>().toExtend<Given>()
  })

  it('plays a whole life of a stage, and tells of it', async () => {
    const events: StageEvent[] = []
    const onEvent = (event: StageEvent) => events.push(event)
    const planned = await plan(there())
    expect([planned.hasChanges, planned.steps.length]).toEqual([true, 34])
    expect(sandbox.inventory()).toEqual([])

    const made = await deploy({ ...there(), onEvent })
    expect(changesOf(made)).toEqual(changesOf(planned))
    expect(new Set(made.steps.map((step) => step.status))).toEqual(new Set(['done']))
    expect(made.apiCalls).toBeGreaterThan(31)
    const done = events.flatMap((event) =>
      event.type === 'step' && event.state === 'done' ? event.step.id : [],
    )
    expect(done.sort()).toEqual(made.steps.map(({ id }) => id).sort())
    const titles = events.flatMap((event) =>
      event.type === 'task' && event.state === 'done' ? event.title : [],
    )
    expect(titles).toEqual([
      'Find the account',
      'Read the stage',
      'Check SendZen',
      'Check that the pool calls its triggers',
    ])

    expect(await outputs(there())).toEqual(made.outputs)
    const settings = { otpExpiryMinutes: 3 }
    expect(changesOf(await plan({ ...there(), settings }))).toContain('update function:createAuthChallenge')
    expect((await deploy({ ...there(), settings })).changed).toBe(true)
    expect((await deploy(there())).changed).toBe(false)
    expect(await status(there())).toMatchObject({
      healthy: true,
      problems: [],
      outputs: made.outputs,
      testNumbers: [],
      guessing: { quiet: false, stranger: { perYear: { guesses: 365 * 60 } } },
      spending: { messages: { count: 1000 } },
    })

    const gone = await destroy(there())
    expect(gone.changed).toBe(true)
    expect(sandbox.inventory()).toEqual([])
    expect(await codeOf(status(there()))).toBe('STAGE_NOT_FOUND')
  })

  it('says which numbers have a fixed code, and neither number nor code', async () => {
    await deploy(there())
    const { ssm } = createClients({ env: sandbox.env(), region: sandbox.region })
    const Name = names.masterKey('api')
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))
    const until = Date.now() + 86_400_000
    const one = { number: 'a'.repeat(43), tag: 'secret', length: 6, until, phone: '+*********42' }
    const Value = JSON.stringify({ ...JSON.parse(Parameter!.Value!), testNumbers: [one] })
    await ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }))
    const { testNumbers } = await status(there())
    expect(testNumbers).toEqual([
      {
        phone: '+*********42',
        number: 'a'.repeat(12),
        codeLength: 6,
        until: new Date(until).toISOString(),
        daysLeft: 1,
        expired: false,
      },
    ])
  })

  it('ends with CANCELLED when its signal is aborted, and the next call finishes', async () => {
    const abort = new AbortController()
    const onEvent = (event: StageEvent) => {
      if (event.type === 'step' && event.state === 'done' && event.step.id === 'table') abort.abort()
    }
    expect(await codeOf(deploy({ ...there(), onEvent, signal: abort.signal }))).toBe('CANCELLED')
    expect(await codeOf(plan({ ...there(), signal: abort.signal }))).toBe('CANCELLED')
    await deploy(there())
    expect((await status(there())).healthy).toBe(true)
  })

  it('changes nothing where the plan is not confirmed', async () => {
    const confirm = vi.fn(() => false)
    expect(await codeOf(deploy({ ...there(), confirm }))).toBe('DECLINED')
    expect(sandbox.inventory()).toEqual([])
    await deploy({ ...there(), confirm: () => true })
    const before = sandbox.inventory()
    expect(await codeOf(destroy({ ...there(), confirm }))).toBe('DECLINED')
    expect(sandbox.inventory()).toEqual(before)
    expect(confirm).toHaveBeenLastCalledWith(expect.objectContaining({ hasChanges: true }), 0)
  })

  it('takes over what is somebody else’s only when told to, and keeps users on demand', async () => {
    const { logs } = createClients({ env: sandbox.env(), region: sandbox.region })
    await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/lambda/whatsapp-otp-api-preSignUp' }))
    expect(await codeOf(deploy(there()))).toBe('FOREIGN_RESOURCE')
    const made = await deploy({ ...there(), adopt: true })
    expect(changesOf(made)).toContain('update log-group:preSignUp')
    await destroy({ ...there(), keepUsers: true })
    expect(
      sandbox
        .inventory()
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['user pool', 'user pool client', 'user pool client'])
    expect((await deploy(there())).outputs.userPoolId).toBe(made.outputs.userPoolId)
  })

  it('refuses what is wrong by its code, and never says a secret', async () => {
    const wrong = (settings: object) => codeOf(plan({ ...there(), settings }))
    expect(await wrong({ otpLength: 2 })).toBe('SETTING_INVALID')
    expect(await wrong({ otpLenght: 6 })).toBe('SETTING_UNKNOWN')
    expect(await wrong({ maxSendsPerHour: 9, maxSendsPerDay: 2 })).toBe('SETTINGS_CONFLICT')
    expect(await codeOf(plan({ ...there(), stage: 'No Stage' }))).toBe('STAGE_NAME_INVALID')
    expect(await codeOf(plan({ ...there(), account: '999999999999' }))).toBe('ACCOUNT_MISMATCH')
    expect(await codeOf(startSandbox({ port: Number(new URL(sandbox.endpoint).port) }))).toBe('PORT_TAKEN')
    const key = 'sk-very-secret-key'
    const refused = await deploy({ ...there(), settings: { sendzenApiKey: key } }).catch((error) => error)
    expect(refused).toMatchObject({ code: 'SENDZEN_KEY_REFUSED' })
    expect([refused.message, refused.why, ...refused.next].join()).not.toContain(key)
    expect(sandbox.inventory()).toEqual([])
  })

  it('looks at nothing of this process that it was not given', async () => {
    for (const [name, value] of Object.entries(sandbox.env())) vi.stubEnv(name, value)
    expect(await codeOf(plan({ stage: 'api' }))).toBe('REGION_MISSING')
    expect(await codeOf(plan({ stage: 'api', region: 'us-east-1' }))).toBe('NO_CREDENTIALS')
    vi.stubEnv('AWS_REGION', 'eu-north-1')
    vi.stubEnv('OTP_LENGTH', '99')
    vi.stubEnv('WHATSAPP_OTP_STAGE', 'Not A Stage')
    expect(await plan(there())).toMatchObject({ stage: 'api', region: 'us-east-1' })
  })
})
