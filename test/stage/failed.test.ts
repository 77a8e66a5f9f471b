// Functions as Lambda gives them when something is wrong with them: failed ones, and variables that nobody can read.
import * as lambda from '@aws-sdk/client-lambda'
import type { FinalizeHandler, MetadataBearer } from '@smithy/types'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Aws } from '../../src/aws/clients.ts'
import { refuseBlocked } from '../../src/engine/refusal.ts'
import { findProblems } from '../../src/insight/health.ts'
import { problemsOf, readStatus } from '../../src/insight/status.ts'
import { names } from '../../src/names.ts'
import { requireRecord } from '../../src/stage/recorded.ts'
import { rollOut } from '../../src/stage/rollout.ts'
import { artifactOf, handler } from '../resources/stage-fixture.ts'
import { Runs } from './runs.ts'

let runs: Runs
beforeEach(async () => {
  runs = await Runs.start()
  await runs.deploy(local())
})
afterEach(() => runs.close())

const local = () => ({ env: { SENDZEN_API_URL: runs.sandbox.env().SENDZEN_API_URL! } })
const FunctionName = names.function('dev', 'preSignUp')

/** Lambda as it says of this one function what `state` holds; `onUpdate` hears of code that is sent. */
function lambdaSaying(state: { now: object }, onUpdate: () => void = () => {}) {
  return ({ lambda: client }: Aws) => {
    client.middlewareStack.add(
      (next: FinalizeHandler<object, MetadataBearer>, { commandName }) =>
        async (args) => {
          const isOfIt = (args.input as { FunctionName?: string }).FunctionName === FunctionName
          if (isOfIt && commandName === 'UpdateFunctionCodeCommand') onUpdate()
          const result = await next(args as never)
          if (!isOfIt || !/^GetFunction(Configuration)?Command$/.test(String(commandName))) return result
          const output = result.output as { Configuration?: object }
          Object.assign(output.Configuration ?? output, state.now)
          return result
        },
      { step: 'initialize', name: 'lambdaSaying' },
    )
  }
}

const roll = async (prepare: (aws: Aws) => void) =>
  rollOut(
    await runs.plan({ ...local(), prepare }),
    { started: runs.clock.now() },
    { run: (_title, work) => work(), warn() {}, emit() {} },
  )

const failed = {
  State: 'Failed',
  StateReasonCode: 'DisabledKMSKey',
  StateReason: 'The key is disabled.',
}
describe('a failed function', () => {
  it.each([
    [
      'that could not be made',
      { failed: { code: 'DisabledKMSKey', reason: 'The key is disabled.' } },
      'Failed: DisabledKMSKey: The key is disabled',
    ],
    [
      'whose last update failed',
      { update: { code: 'InternalError', reason: 'An internal error occurred.' } },
      'last update failed: InternalError: An internal error occurred',
    ],
  ])('%s is named with its reason, and its code is sent again', async (_name, trouble, from) => {
    runs.sandbox.inside.functions.trouble(FunctionName, trouble)
    const { plan } = await runs.plan(local())
    expect(plan.filter(({ action }) => action !== 'keep')).toMatchObject([
      { id: 'function:preSignUp', action: 'update', fields: [{ field: 'state', from, to: 'Active' }] },
    ])
    const calls = await runs.callsOf(() => roll(() => {}))
    expect(calls.filter(({ operation }) => /^(Create|Update|Put|Delete)/.test(operation))).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ operation: 'UpdateFunctionCode', nth: 1 })]),
    )
    expect(calls.map(({ operation }) => operation)).not.toContain('UpdateFunctionConfiguration')
    expect((await runs.plan(local())).plan.every(({ action }) => action === 'keep')).toBe(true)
  })

  it('that stays failed fails the deploy with its reason and the next command', async () => {
    await expect(roll(lambdaSaying({ now: failed }))).rejects.toMatchObject({
      code: 'VERIFY_FAILED',
      exitCode: 1,
      message: `The stage is deployed, but not working: the function ${FunctionName} is active`,
      why: 'Failed: DisabledKMSKey: The key is disabled',
      next: expect.arrayContaining(['whatsapp-otp status --stage dev']),
    })
  })

  it('that takes no change at all is to be removed, and nobody waits for that', async () => {
    const refuse = () => {
      throw Object.assign(
        new Error(
          'The operation cannot be performed at this time. The function is currently in the following state: Failed',
        ),
        { name: 'ResourceConflictException' },
      )
    }
    const before = runs.clock.now()
    await expect(roll(lambdaSaying({ now: failed }, refuse))).rejects.toMatchObject({
      code: 'FUNCTION_FAILED',
      why: expect.stringContaining('Failed: DisabledKMSKey: The key is disabled'),
      next: [
        `aws lambda delete-function --region us-east-1 --function-name ${FunctionName}   lets the next deploy make it again`,
        'whatsapp-otp deploy --stage dev',
      ],
    })
    expect(runs.clock.now() - before).toBeLessThan(10_000)
  })

  it('is seen by status and by the list of stages', async () => {
    const stage = await runs.open({ ...local(), prepare: lambdaSaying({ now: failed }) })
    const status = await readStatus(stage)
    const words = `the function ${FunctionName} does not run: Failed: DisabledKMSKey: The key is disabled`
    expect(problemsOf(status)).toEqual([words])
    expect(status.checks.find(({ ok }) => !ok)?.why).toBe('Failed: DisabledKMSKey: The key is disabled')
    expect((await findProblems(stage.aws, requireRecord(stage))).map(({ cause }) => cause)).toEqual([words])
  })

  it('is none in the list of stages for being asleep, but for a brake it is', async () => {
    const asleep = await runs.open({ ...local(), prepare: lambdaSaying({ now: { State: 'Inactive' } }) })
    const record = requireRecord(asleep)
    expect(await findProblems(asleep.aws, record)).toEqual([])
    const { aws } = await runs.byHand()
    await aws.lambda.send(
      new lambda.PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }),
    )
    expect(await findProblems(asleep.aws, record)).toMatchObject([
      {
        cause: `function ${FunctionName}: its reserved concurrency is 0`,
        next: [expect.stringContaining('aws lambda delete-function-concurrency')],
      },
    ])
  })
})

describe('variables that cannot be read', () => {
  const unreadable = {
    KMSKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/theirs',
    Environment: {
      Error: {
        ErrorCode: 'AccessDeniedException',
        Message: 'Lambda was unable to decrypt your environment variables because the KMS access was denied.',
      },
    },
  }
  const prepare = lambdaSaying({ now: unreadable })

  const variables = async () => {
    const { aws } = await runs.byHand()
    const found = await aws.lambda.send(new lambda.GetFunctionConfigurationCommand({ FunctionName }))
    return found.Environment?.Variables ?? {}
  }
  beforeEach(async () => {
    const { aws } = await runs.byHand()
    const Variables = { ...(await variables()), NODE_OPTIONS: '--enable-source-maps' }
    await aws.lambda.send(
      new lambda.UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }),
    )
  })

  it('are written over by no deploy, whatever it would change', async () => {
    const before = await variables()
    for (const env of [{}, { ALLOWED_COUNTRIES: 'BR' }]) {
      const options = { env: { ...local().env, ...env }, prepare }
      const { plan } = await runs.plan(options)
      expect(plan.find(({ id }) => id === 'function:preSignUp')).toMatchObject({
        action: 'replace-refused',
        why: expect.stringContaining('cannot be read (Lambda was unable to decrypt'),
      })
      expect(() => refuseBlocked(plan, 'dev')).toThrow(
        expect.objectContaining({
          code: 'REPLACE_REFUSED',
          next: [
            'allow these credentials kms:Decrypt on arn:aws:kms:us-east-1:123456789012:key/theirs, or enable that key again',
            'whatsapp-otp deploy --stage dev --function preSignUp   ships the code alone',
          ],
        }),
      )
      await expect(runs.deploy(options)).rejects.toMatchObject({ code: 'REPLACE_REFUSED' })
    }
    expect(await variables()).toEqual(before)
  })

  it('stay as they are where the code alone is shipped', async () => {
    const before = await variables()
    const only = new Set(['function:preSignUp'])
    const artifacts = { ...runs.artifacts, preSignUp: await artifactOf(`${handler} // newer`) }
    const options = { ...local(), only }
    const environment = { code: 'AccessDeniedException', message: 'The key is disabled.' }
    runs.sandbox.inside.functions.trouble(FunctionName, { environment })
    expect((await runs.plan(options)).plan).toMatchObject([{ action: 'keep', fields: [] }])
    await runs.deploy({ ...options, artifacts })
    runs.sandbox.inside.functions.trouble(FunctionName, undefined)
    const { aws } = await runs.byHand()
    const found = await aws.lambda.send(new lambda.GetFunctionCommand({ FunctionName }))
    expect(found.Configuration?.CodeSha256).toBe(artifacts.preSignUp.sha256)
    expect(await variables()).toEqual(before)
    expect(before.NODE_OPTIONS).toBe('--enable-source-maps')
  })
})
