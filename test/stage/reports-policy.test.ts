// What `policy` prints for a stage with delivery reports: enough for their whole life, and nothing besides.
import {
  DeleteFunctionConcurrencyCommand,
  RemovePermissionCommand,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda'
import { describe, expect, it } from 'vitest'
import { arns, names } from '../../src/names.ts'
import { boundaryPolicy, deployPolicy } from '../../src/stage/policy/policies.ts'
import { type PolicyDocument, policyLimit, printable, sizeOf } from '../../src/stage/policy/printable.ts'
import { rotateWebhookSecret } from '../../src/stage/rotate.ts'
import { beyond, lessened } from './lessened.ts'
import { Runs } from './runs.ts'

const place = { stage: 'dev', account: '123456789012', region: 'us-east-1', partition: 'aws' }
const on = { env: { DELIVERY_WEBHOOK: 'true' } }
const FunctionName = names.function('dev', 'deliveryStatus')
const base = deployPolicy(place)
const whole = deployPolicy(place, undefined, { deliveryWebhook: true })

/** Made, spoilt, mended, looked at, switched off and on, removed: with no other rights than these. */
async function live(policy: PolicyDocument): Promise<void> {
  const runs = await Runs.start({ pageSize: 20 })
  runs.sandbox.inside.functions.executions.account = 1000
  try {
    runs.sandbox.setCallerPolicy(policy)
    await runs.deploy(on)
    runs.sandbox.setCallerPolicy(undefined)
    const { lambda } = (await runs.byHand()).aws
    await lambda.send(new UpdateFunctionUrlConfigCommand({ FunctionName, AuthType: 'AWS_IAM' }))
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))
    const StatementId = names.urlPermissions.invoke
    await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId }))
    await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: names.urlPermissions.url }))
    const { AddPermissionCommand } = await import('@aws-sdk/client-lambda')
    const other = { StatementId, Action: 'lambda:InvokeFunction', Principal: '123456789012' }
    await lambda.send(new AddPermissionCommand({ FunctionName, ...other }))
    runs.sandbox.setCallerPolicy(policy)
    await runs.deploy()
    expect((await runs.plan()).plan.filter(({ action }) => action !== 'keep')).toEqual([])
    expect(await runs.verify()).toEqual([])
    const progress = { run: <T>(_: string, work: () => Promise<T>) => work(), warn() {} }
    await rotateWebhookSecret(await runs.open(), progress)
    await runs.deploy({ env: { DELIVERY_WEBHOOK: 'false' } })
    await runs.deploy(on)
    expect(await runs.destroy()).toEqual([])
    runs.sandbox.setCallerPolicy(undefined)
    expect(runs.sandbox.inventory()).toEqual([])
  } finally {
    await runs.close()
  }
}

describe('the policy of a stage with delivery reports', () => {
  it('is enough for their whole life', () => live(whole))

  it('is enough where it has to be shortened', async () => {
    const doubled = printable({ ...whole, Statement: [...whole.Statement, ...whole.Statement] }, place.stage)
    expect(JSON.stringify(doubled)).toContain('lambda:*FunctionUrlConfig')
    await live(doubled)
  })

  it.each(lessened(whole, beyond(base)))('needs $without', async ({ policy }) => {
    await expect(live(policy)).rejects.toThrow()
  })

  it('lets nobody but Cognito in to the functions that it calls', async () => {
    const denied = whole.Statement.filter(({ Action }) => Action.includes('lambda:AddPermission')).filter(
      ({ Effect }) => Effect === 'Deny',
    )
    expect(denied).toMatchObject([{ Resource: arns.triggers(place) }])
    const runs = await Runs.start({ pageSize: 20 })
    await runs.deploy(on)
    runs.sandbox.setCallerPolicy(whole)
    const { lambda } = (await runs.byHand()).aws
    const { AddPermissionCommand } = await import('@aws-sdk/client-lambda')
    const everybody = { StatementId: 'x', Action: 'lambda:InvokeFunction', Principal: '*' }
    for (const name of ['preSignUp', 'createAuthChallenge', 'postConfirmation'] as const) {
      const input = { ...everybody, FunctionName: names.function('dev', name) }
      await expect(lambda.send(new AddPermissionCommand(input))).rejects.toThrow(/not authorized/)
    }
    await runs.close()
  })

  it('fits into a managed policy, whatever the names of stage and region', () => {
    for (const [region, partition] of [
      ['ap-southeast-2', 'aws'],
      ['us-gov-west-1', 'aws-us-gov'],
      ['cn-northwest-1', 'aws-cn'],
    ] as const) {
      const there = { stage: 'a'.repeat(16), account: place.account, region, partition }
      const boundary = `arn:${partition}:iam::${place.account}:policy/whatsapp-otp-${there.stage}-${region}-boundary`
      const settings = { deliveryWebhook: true, smsFallback: true, alarms: true, alarmEmail: 'a@b.example' }
      expect(sizeOf(printable(deployPolicy(there, boundary, settings), there.stage))).toBeLessThanOrEqual(
        policyLimit,
      )
      expect(sizeOf(printable(boundaryPolicy(there, settings), there.stage))).toBeLessThanOrEqual(policyLimit)
    }
  })

  it('has nothing of them where they are off', () => {
    expect(JSON.stringify(base)).not.toMatch(/deliveryStatus|webhook-secret|Url|Concurrency/)
  })
})
