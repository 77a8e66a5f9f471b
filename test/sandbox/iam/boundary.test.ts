// Permissions boundaries: what they take from a role's sessions, and what callers' policies may ask about them.

import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteConflictException,
  DeletePolicyCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  IAMClient,
  InvalidInputException,
  NoSuchEntityException,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  SimulatePrincipalPolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PolicyStatement } from '../../../src/sandbox/account/policy.ts'
import { type OpenSandbox, startOpenSandbox } from '../../../src/sandbox/server.ts'
import { clientConfig, FunctionFixture, lambdaTrust } from '../lambda/function-fixture.ts'

const RoleName = 'bound'
const policyArn = (name: string) => `arn:aws:iam::123456789012:policy/${name}`
const roleArn = (name: string) => `arn:aws:iam::123456789012:role/${name}`
const document = (...Statement: PolicyStatement[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const allow = (Action: string | string[], more: Partial<PolicyStatement> = {}): PolicyStatement => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...more,
})
const everything = document(allow('*'))

let sandbox: OpenSandbox
let iam: IAMClient
beforeEach(async () => {
  sandbox = await startOpenSandbox()
  iam = new IAMClient(clientConfig(sandbox))
  for (const PolicyName of ['limit', 'other']) {
    await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: document(allow('ssm:Get*')) }))
  }
})
afterEach(() => sandbox.close())

const PermissionsBoundary = policyArn('limit')
const createRole = (name = RoleName, more: object = { PermissionsBoundary }) =>
  iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: lambdaTrust, ...more }))
const putPolicy = (name = RoleName, PolicyDocument = everything) =>
  iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument }))
const putBoundary = (arn: string, name = RoleName) =>
  iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: name, PermissionsBoundary: arn }))
const dropBoundary = (name = RoleName) =>
  iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: name }))
const may = (action: string) => sandbox.inside.findRole(roleArn(RoleName))?.allows(action, '*')
const denied = { name: 'AccessDenied' }

describe('a boundary', () => {
  it('is put at creation or later, shown, and taken away', async () => {
    await createRole()
    const shown = async () => (await iam.send(new GetRoleCommand({ RoleName }))).Role?.PermissionsBoundary
    expect(await shown()).toEqual({
      PermissionsBoundaryArn: PermissionsBoundary,
      PermissionsBoundaryType: 'Policy',
    })
    await putBoundary(policyArn('other'))
    expect((await shown())?.PermissionsBoundaryArn).toBe(policyArn('other'))
    await dropBoundary()
    expect(await shown()).toBeUndefined()
  })

  it('must be a policy that there is', async () => {
    await expect(createRole('a', { PermissionsBoundary: policyArn('none') })).rejects.toThrow(
      NoSuchEntityException,
    )
    await createRole()
    await expect(putBoundary(policyArn('none'))).rejects.toThrow(NoSuchEntityException)
    await expect(putBoundary('limit')).rejects.toThrow(InvalidInputException)
  })

  it('leaves to a role what both allow, and gives it nothing', async () => {
    await createRole()
    expect(may('ssm:GetParameter')).toBe(false)
    await putPolicy()
    expect([may('ssm:GetParameter'), may('ssm:PutParameter')]).toEqual([true, false])
    await dropBoundary()
    expect(may('ssm:PutParameter')).toBe(true)
  })

  it('holds for what a function does, and is named in the refusal', async () => {
    const fixture = new FunctionFixture(sandbox)
    await createRole()
    await putPolicy()
    await fixture.create('f', 'export const handler = async () => 1', { Role: roleArn(RoleName) })
    const judged = sandbox.inside.findRole(roleArn(RoleName))?.judge('sns:Publish', '*')
    expect(judged).toEqual({ verdict: 'implicitDeny', by: 'permissions boundary' })
    // Its log lines are written with the rights of its role: the boundary leaves it none.
    await fixture.createLogGroup('/aws/lambda/f')
    await fixture.invoke('f')
    expect(await fixture.messages('/aws/lambda/f')).toEqual([])
    await dropBoundary()
    await fixture.invoke('f')
    expect(await fixture.messages('/aws/lambda/f')).not.toEqual([])
  })

  it('is a policy that cannot be deleted while it is in use', async () => {
    await createRole()
    const PolicyArn = PermissionsBoundary
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }))
    expect(Policy).toMatchObject({ PermissionsBoundaryUsageCount: 1, AttachmentCount: 0 })
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }))
    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toBe(document(allow('ssm:Get*')))
    await expect(iam.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toThrow(DeleteConflictException)
    await dropBoundary()
    await iam.send(new DeletePolicyCommand({ PolicyArn }))
  })
})

describe('a caller who may make and change only roles within a boundary', () => {
  const Condition = { StringEquals: { 'iam:PermissionsBoundary': PermissionsBoundary } }
  beforeEach(async () => {
    await createRole()
    await createRole('free', {})
    sandbox.setCallerPolicy({ Statement: allow('iam:*', { Condition }) })
  })

  it('makes none without it', async () => {
    await expect(createRole('new', {})).rejects.toMatchObject(denied)
    await expect(createRole('new', { PermissionsBoundary: policyArn('other') })).rejects.toMatchObject(denied)
    await createRole('new')
  })

  it.each<[string, (name: string) => Promise<unknown>]>([
    ['PutRolePolicy', (name) => putPolicy(name)],
    [
      'DeleteRolePolicy',
      (name) => iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: 'none' })),
    ],
    [
      'AttachRolePolicy',
      (name) =>
        iam.send(
          new AttachRolePolicyCommand({
            RoleName: name,
            PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
          }),
        ),
    ],
    [
      'UpdateAssumeRolePolicy',
      (name) => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: lambdaTrust })),
    ],
    ['DeleteRolePermissionsBoundary', (name) => dropBoundary(name)],
  ])('may %s on a role within, and on no other', async (_operation, change) => {
    await expect(change('free')).rejects.toMatchObject(denied)
    await change(RoleName).catch((error: Error) => expect(error).toBeInstanceOf(NoSuchEntityException))
  })

  it('puts that boundary on others, and no other one on any', async () => {
    await expect(putBoundary(policyArn('other'))).rejects.toMatchObject(denied)
    await putBoundary(PermissionsBoundary, 'free')
  })

  it('tags none: AWS does not know the key there', async () => {
    const tag = iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'a', Value: 'b' }] }))
    await expect(tag).rejects.toMatchObject(denied)
  })
})

describe('tags', () => {
  it('of the request and of the role can be asked for', async () => {
    await createRole('theirs', { Tags: [{ Key: 'team', Value: 'other' }] })
    sandbox.setCallerPolicy({
      Statement: [
        allow(['iam:CreateRole', 'iam:TagRole'], {
          Condition: {
            StringEquals: { 'aws:RequestTag/team': 'auth' },
            'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
          },
        }),
        allow('iam:PutRolePolicy', { Condition: { StringEquals: { 'aws:ResourceTag/team': 'auth' } } }),
      ],
    })
    const team = { Key: 'team', Value: 'auth' }
    await expect(createRole('a', { Tags: [{ ...team, Value: 'x' }] })).rejects.toMatchObject(denied)
    await expect(createRole('a', { Tags: [team, { Key: 'more', Value: 'x' }] })).rejects.toMatchObject(denied)
    await createRole('a', { Tags: [team] })
    await putPolicy('a')
    await expect(putPolicy('theirs')).rejects.toMatchObject(denied)
  })
})

describe('passing a role', () => {
  it('is permitted by service and by the function that gets it', async () => {
    const fixture = new FunctionFixture(sandbox)
    await createRole()
    const passing = (name: string): PolicyStatement =>
      allow('iam:PassRole', {
        Condition: {
          StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' },
          ArnLike: { 'iam:AssociatedResourceArn': `arn:aws:lambda:*:*:function:${name}` },
        },
      })
    sandbox.setCallerPolicy({ Statement: [allow('lambda:*'), passing('mine-*')] })
    const create = (name: string) =>
      fixture.create(name, 'export const handler = () => 1', { Role: roleArn(RoleName) })
    await create('mine-1')
    await expect(create('other')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('iam:PassRole'),
    })
  })
})

describe('the simulator', () => {
  it('answers once an action, with each resource within, and knows the boundary', async () => {
    await createRole()
    await putPolicy(RoleName, document(allow('ssm:*', { Resource: 'arn:aws:ssm:*:*:parameter/mine/*' })))
    const [mine, other] = ['mine/a', 'other/a'].map(
      (n) => `arn:aws:ssm:us-east-1:123456789012:parameter/${n}`,
    )
    const { EvaluationResults } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: roleArn(RoleName),
        ActionNames: ['ssm:GetParameter', 'ssm:PutParameter'],
        ResourceArns: [mine ?? '', other ?? ''],
      }),
    )
    const shape = EvaluationResults?.map((result) => [
      result.EvalActionName,
      result.EvalDecision,
      result.ResourceSpecificResults?.map((one) => [
        one.EvalResourceName,
        one.EvalResourceDecision,
        one.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary,
      ]),
    ])
    expect(shape).toEqual([
      [
        'ssm:GetParameter',
        'implicitDeny',
        [
          [mine, 'allowed', true],
          [other, 'implicitDeny', true],
        ],
      ],
      [
        'ssm:PutParameter',
        'implicitDeny',
        [
          [mine, 'implicitDeny', false],
          [other, 'implicitDeny', false],
        ],
      ],
    ])
  })
})
