// What only functions and their roles do: the least that each may call, and surviving the loss of a role.
import * as iam from '@aws-sdk/client-iam'
import * as lambda from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { names, triggerNames } from '../../src/names.ts'
import { lifelike } from '../../src/sandbox/account/world.ts'
import { verifyStack } from '../../src/stage/verify.ts'
import { StageFixture } from './stage-fixture.ts'

let stage: StageFixture
beforeEach(async () => {
  stage = await StageFixture.start({ delays: { ...lifelike, call: 0 } })
})
afterEach(() => stage.close())

const actionsOf = async (trigger: (typeof triggerNames)[number]) => {
  const target = {
    RoleName: names.role('dev', stage.place.region, trigger),
    PolicyName: names.rolePolicy,
  }
  const { PolicyDocument } = await stage.aws.iam.send(new iam.GetRolePolicyCommand(target))
  const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument!))
  return Statement.map(
    ({ Effect, Action, Resource }: { Effect: string; Action: string[]; Resource: string | string[] }) =>
      `${Effect} ${Action.join(' ')} on ${[Resource].flat().map((one) => one.split(':').slice(2).join(':'))}`,
  )
}

describe('the policy of each function', () => {
  it('allows what it calls, on exactly this stage, and nothing else', async () => {
    const { refs } = await stage.deploy()
    const where = `${stage.place.region}:${stage.place.account}`
    const log = (trigger: string) =>
      `Allow logs:CreateLogStream logs:PutLogEvents on logs:${where}:log-group:/aws/lambda/whatsapp-otp-dev-${trigger}:*`
    const limits = (actions: string) => `Allow ${actions} on dynamodb:${where}:table/whatsapp-otp-dev`
    const parameter = (name: string) => `ssm:${where}:parameter/whatsapp-otp-functions/dev/${name}`
    const keys = `Allow ssm:GetParameters on ${parameter('master-key')},${parameter('findings')}`
    const users = [
      'AdminUpdateUserAttributes',
      'AdminDeleteUserAttributes',
      'AdminSetUserPassword',
      'AdminUserGlobalSignOut',
      'AdminGetUser',
      'AdminDisableUser',
    ].map((operation) => `cognito-idp:${operation}`)
    const prove = `Allow ${users.join(' ')} on cognito-idp:${where}:userpool/${refs.userPoolId}`
    expect(await actionsOf('preSignUp')).toEqual([
      log('preSignUp'),
      limits('dynamodb:PutItem dynamodb:UpdateItem'),
      `Allow ssm:GetParameters on ${parameter('brake')}`,
      `Allow cognito-idp:AdminGetUser on cognito-idp:${where}:userpool/${refs.userPoolId}`,
    ])
    expect(await actionsOf('defineAuthChallenge')).toEqual([log('defineAuthChallenge')])
    expect(await actionsOf('createAuthChallenge')).toEqual([
      log('createAuthChallenge'),
      limits('dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem'),
      `${keys},${parameter('provider-key')},${parameter('brake')}`,
    ])
    expect(await actionsOf('verifyAuthChallenge')).toEqual([
      log('verifyAuthChallenge'),
      limits('dynamodb:GetItem dynamodb:PutItem'),
      keys,
      prove,
    ])
    expect(await actionsOf('postConfirmation')).toEqual([log('postConfirmation')])
  })

  it('allows text messages only where they are the fallback, and never topics', async () => {
    stage.change({ smsFallback: true })
    await stage.deploy()
    expect((await actionsOf('createAuthChallenge')).slice(-2)).toEqual([
      'Allow sns:Publish sms-voice:SendTextMessage on ',
      'Deny sns:Publish on sns:*:*:*',
    ])
    expect(await actionsOf('verifyAuthChallenge')).not.toContain(
      'Allow sns:Publish sms-voice:SendTextMessage on ',
    )
  })
})

describe('a role that somebody deleted', () => {
  it('is made again, and its function is bound to the new one so that it runs', async () => {
    await stage.deploy()
    const RoleName = names.role('dev', stage.place.region, 'createAuthChallenge')
    await stage.aws.iam.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName: names.rolePolicy }))
    await stage.aws.iam.send(new iam.DeleteRoleCommand({ RoleName }))

    const changed = (await stage.plan()).filter((step) => step.action !== 'keep')
    expect(changed.map((step) => [step.id, step.action])).toEqual([
      ['role:createAuthChallenge', 'create'],
      ['role-policy:createAuthChallenge', 'create'],
      ['function:createAuthChallenge', 'update'],
    ])
    const applied = await stage.deploy()
    expect((await stage.plan()).filter((step) => step.action !== 'keep')).toEqual([])
    expect((await verifyStack(stage.aws, applied)).filter((check) => !check.ok)).toEqual([])
  })

  it('is noticed even when the run that made it again died before it reached the function', async () => {
    await stage.deploy()
    for (const trigger of triggerNames) {
      const RoleName = names.role('dev', stage.place.region, trigger)
      await stage.aws.iam.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName: names.rolePolicy }))
      await stage.aws.iam.send(new iam.DeleteRoleCommand({ RoleName }))
    }
    await stage.deploy((id) => id.startsWith('role:'))
    const applied = await stage.deploy()
    expect((await verifyStack(stage.aws, applied)).filter((check) => !check.ok)).toEqual([])
  })
})

describe('a variable', () => {
  it('that only another function reads is taken out; one that nobody here knows stays', async () => {
    await stage.deploy()
    const FunctionName = names.function('dev', 'defineAuthChallenge')
    const variables = async () =>
      (await stage.aws.lambda.send(new lambda.GetFunctionConfigurationCommand({ FunctionName }))).Environment!
        .Variables!
    stage.sandbox.clock.advance(60_000)
    const before = await variables()
    const Variables = { ...before, TABLE_NAME: 'left behind', NODE_OPTIONS: '--enable-source-maps' }
    await stage.aws.lambda.send(
      new lambda.UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }),
    )
    stage.sandbox.clock.advance(60_000)
    const step = (await stage.plan()).find(({ id }) => id === 'function:defineAuthChallenge')
    expect(step?.fields).toEqual([{ field: 'environment.TABLE_NAME', from: 'left behind' }])
    await stage.deploy()
    expect(await variables()).toEqual({ ...before, NODE_OPTIONS: '--enable-source-maps' })
  })
})

describe('the checks after a deploy', () => {
  it('name the function that Cognito may not invoke', async () => {
    const applied = await stage.deploy((id) => id !== 'permission:defineAuthChallenge' && id !== 'record')
    const broken = (await verifyStack(stage.aws, applied)).filter((check) => !check.ok)
    expect(broken.map((check) => check.check)).toEqual([
      'Cognito may invoke whatsapp-otp-dev-defineAuthChallenge',
      'a sign-in gets its challenge',
    ])
  })
})
