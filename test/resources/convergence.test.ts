// Whatever call breaks, and whether it took effect or not: running again ends in the same state.
import type { InitializeMiddleware, MetadataBearer, MiddlewareStack } from '@smithy/types'
import { afterEach, describe, expect, it } from 'vitest'
import type { Aws } from '../../src/aws/clients.ts'
import { hasChanges } from '../../src/stack/plan.ts'
import { StageFixture } from './stage-fixture.ts'

let stage: StageFixture
afterEach(() => stage.close())

/** Every operation of a deploy and of a destroy, once each: their first call is the one that breaks. */
const deployCalls = [
  'iam.CreateRole',
  'iam.PutRolePolicy',
  'logs.CreateLogGroup',
  'logs.PutRetentionPolicy',
  'dynamodb.CreateTable',
  'dynamodb.DescribeTable',
  'dynamodb.UpdateTimeToLive',
  'ssm.PutParameter',
  'cognito.CreateUserPool',
  'cognito.CreateUserPoolClient',
  'lambda.CreateFunction',
  'lambda.AddPermission',
] as const

const destroyCalls = [
  'cognito.DeleteUserPool',
  'cognito.DescribeUserPool',
  'lambda.DeleteFunction',
  'lambda.GetFunctionConfiguration',
  'iam.DeleteRolePolicy',
  'iam.ListRolePolicies',
  'iam.DeleteRole',
  'dynamodb.DeleteTable',
  'ssm.DeleteParameter',
  'logs.DeleteLogGroup',
] as const

/** The same services by the names of IAM, which the sandbox's faults go by. */
const iamNames = { cognito: 'cognito-idp' } as Record<string, string>

/**
 * Lets the process die at the first call of that operation, before it is sent or after it took effect:
 * that call and every later one throw. Gives a function that brings it back to life.
 */
function dieAt(aws: Aws, call: string, when: 'before' | 'after'): () => void {
  let isDead = false
  let isOver = false
  const clients = {
    iam: aws.iam,
    lambda: aws.lambda,
    cognito: aws.cognito,
    ssm: aws.ssm,
    logs: aws.logs,
    dynamodb: aws.dynamodb,
  }
  for (const [service, client] of Object.entries<{ middlewareStack: { use(plugin: never): void } }>(
    clients,
  )) {
    const die: InitializeMiddleware<object, MetadataBearer> = (next, context) => async (args) => {
      if (isOver) return next(args)
      const isIt = `${service}.${String(context.commandName).replace(/Command$/, '')}` === call
      if (isDead || (isIt && when === 'before')) {
        isDead = true
        throw new Error('the process died')
      }
      const [outcome] = await Promise.allSettled([next(args)])
      if (isIt) isDead = true
      if (isDead) throw new Error('the process died')
      if (outcome.status === 'rejected') throw outcome.reason
      return outcome.value
    }
    client.middlewareStack.use({
      applyToStack: (stack: MiddlewareStack<object, MetadataBearer>) =>
        stack.add(die, { step: 'initialize', name: 'die' }),
    } as never)
  }
  return () => {
    isOver = true
  }
}

const poolsAndClients = () => stage.sandbox.inventory().filter(({ kind }) => /pool/i.test(kind)).length

describe.each(['before', 'after'] as const)('a run that dies %s the effect of', (when) => {
  it.each(deployCalls)('%s is finished by the next deploy', async (call) => {
    stage = await StageFixture.start()
    const revive = dieAt(stage.aws, call, when)
    await expect(stage.deploy()).rejects.toThrow('the process died')
    revive()
    await stage.deploy()
    expect(hasChanges(await stage.plan())).toBe(false)
    expect(poolsAndClients()).toBe(3)
  })

  it.each(destroyCalls)('%s is finished by the next destroy', async (call) => {
    stage = await StageFixture.start()
    await stage.deploy()
    const revive = dieAt(stage.aws, call, when)
    await expect(stage.destroy()).rejects.toThrow('the process died')
    revive()
    await stage.destroy()
    expect(stage.sandbox.inventory()).toEqual([])
  })
})

describe('a single fault', () => {
  it.each(deployCalls)('at %s whose answer is lost is overcome in the same run', async (call) => {
    stage = await StageFixture.start()
    const [service = '', operation = ''] = call.split('.')
    stage.sandbox.faults.add({ service: iamNames[service] ?? service, operation, kind: 'fail-after' })
    await stage.deploy()
    expect(hasChanges(await stage.plan())).toBe(false)
    expect(poolsAndClients()).toBe(3)
  })

  it.each(['throttle', 'fail-before'] as const)('that is a %s is overcome in the same run', async (kind) => {
    stage = await StageFixture.start()
    for (const call of ['cognito-idp.CreateUserPool', 'lambda.CreateFunction', 'iam.CreateRole']) {
      const [service = '', operation = ''] = call.split('.')
      stage.sandbox.faults.add({ service, operation, kind })
    }
    await stage.deploy()
    expect(hasChanges(await stage.plan())).toBe(false)
    expect(poolsAndClients()).toBe(3)
  })
})
