// IAM and STS of the sandbox, through the real clients: errors arrive as the modelled classes.

import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteConflictException,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  EntityAlreadyExistsException,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  PutRolePolicyCommand,
  paginateSimulatePrincipalPolicy,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.ts'
import { clientConfig, lambdaTrust } from '../lambda/function-fixture.ts'

let sandbox: Sandbox
let iam: IAMClient

beforeAll(async () => {
  sandbox = await startSandbox({ pageSize: 2 })
  iam = new IAMClient(clientConfig(sandbox))
})
afterEach(() => sandbox.setCallerPolicy(undefined))
afterAll(() => sandbox.close())

const create = (RoleName: string) =>
  iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: lambdaTrust }))
const policy = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
const readTable = policy({ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' })

describe('a role', () => {
  it('reads back what it was made with; its documents come URL-encoded', async () => {
    const { Role: made } = await iam.send(
      new CreateRoleCommand({
        RoleName: 'full',
        AssumeRolePolicyDocument: lambdaTrust,
        Description: 'a "quoted" <role> & more',
        Tags: [{ Key: 'stage', Value: 'dev' }],
      }),
    )
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'full' }))
    expect(Role).toMatchObject({
      Arn: 'arn:aws:iam::123456789012:role/full',
      RoleId: made?.RoleId,
      Description: 'a "quoted" <role> & more',
      MaxSessionDuration: 3600,
      Tags: [{ Key: 'stage', Value: 'dev' }],
    })
    expect(Role?.AssumeRolePolicyDocument).toMatch(/^%7B%22/)
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(lambdaTrust)
    expect(Role?.CreateDate).toBeInstanceOf(Date)
  })

  it('has a name that is taken without regard to case', async () => {
    await create('Taken')
    await expect(create('taken')).rejects.toThrow(EntityAlreadyExistsException)
    await expect(create('taken')).rejects.toThrow('Role with name taken already exists.')
  })

  it('has another hidden id when it is made again', async () => {
    const first = await create('again')
    await iam.send(new DeleteRoleCommand({ RoleName: 'again' }))
    const second = await create('again')
    expect(second.Role?.RoleId).toMatch(/^AROA/)
    expect(second.Role?.RoleId).not.toBe(first.Role?.RoleId)
  })

  it('keeps its description when an update leaves it out', async () => {
    await create('updated')
    await iam.send(new UpdateRoleCommand({ RoleName: 'updated', Description: 'kept' }))
    await iam.send(new UpdateRoleCommand({ RoleName: 'updated', MaxSessionDuration: 7200 }))
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'updated' }))
    expect(Role).toMatchObject({ Description: 'kept', MaxSessionDuration: 7200 })
  })

  it('cannot be deleted while it has policies', async () => {
    const RoleName = 'guarded'
    const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
    await create(RoleName)
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: readTable }))
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }))
    const remove = () => iam.send(new DeleteRoleCommand({ RoleName }))
    await expect(remove()).rejects.toThrow(DeleteConflictException)
    const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))
    expect(AttachedPolicies).toEqual([{ PolicyName: 'AWSLambdaBasicExecutionRole', PolicyArn }])
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }))
    await expect(remove()).rejects.toThrow(DeleteConflictException)
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'p' }))
    const { InstanceProfiles } = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName }))
    expect(InstanceProfiles).toEqual([])
    await remove()
    await expect(remove()).rejects.toThrow(NoSuchEntityException)
  })

  it('takes and loses tags', async () => {
    const RoleName = 'tagged'
    await create(RoleName)
    const Tags = ['a', 'b', 'c'].map((Key) => ({ Key, Value: Key }))
    await iam.send(new TagRoleCommand({ RoleName, Tags }))
    await iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['b'] }))
    const { Tags: left } = await iam.send(new ListRoleTagsCommand({ RoleName }))
    expect(left).toEqual([
      { Key: 'a', Value: 'a' },
      { Key: 'c', Value: 'c' },
    ])
  })
})

describe('policy documents', () => {
  it('come back as they were put, and putting again replaces them', async () => {
    const RoleName = 'policies'
    await create(RoleName)
    const put = (PolicyDocument: string) =>
      iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument }))
    await put(readTable)
    const changed = policy({
      Effect: 'Allow',
      Action: 'dynamodb:*',
      Resource: 'arn:aws:dynamodb:*:*:table/(x)*',
    })
    await put(changed)
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'p' }))
    expect(PolicyDocument).toContain('%28x%29%2A')
    expect(decodeURIComponent(PolicyDocument ?? '')).toBe(changed)
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName }))
    expect(PolicyNames).toEqual(['p'])
  })

  it.each([
    ['invalid JSON', '{nope', 'This policy contains invalid Json'],
    [
      'no resource',
      policy({ Effect: 'Allow', Action: 'dynamodb:GetItem' }),
      'Policy statement must contain resources.',
    ],
    [
      'a principal',
      policy({ Effect: 'Allow', Principal: '*', Action: 'a:B', Resource: '*' }),
      'Policy document should not specify a principal.',
    ],
    [
      'a resource that is no ARN',
      policy({ Effect: 'Allow', Action: 'a:B', Resource: 'my-table' }),
      'Resource my-table must be in ARN format or "*".',
    ],
  ])('are refused with %s', async (_what, PolicyDocument, message) => {
    await create('strict').catch(() => undefined)
    const put = iam.send(new PutRolePolicyCommand({ RoleName: 'strict', PolicyName: 'p', PolicyDocument }))
    await expect(put).rejects.toThrow(MalformedPolicyDocumentException)
    await expect(put).rejects.toThrow(message)
  })

  it('of trust need a principal', async () => {
    await create('trusted')
    const update = iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: 'trusted',
        PolicyDocument: policy({ Effect: 'Allow', Action: 'sts:AssumeRole' }),
      }),
    )
    await expect(update).rejects.toThrow(MalformedPolicyDocumentException)
  })
})

describe('lists', () => {
  it('come in short pages', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await create(name)
    const first = await iam.send(new ListRolesCommand({}))
    expect(first.Roles).toHaveLength(2)
    expect(first.IsTruncated).toBe(true)
    const second = await iam.send(new ListRolesCommand({ Marker: first.Marker }))
    expect(second.Roles?.[0]?.RoleName).not.toBe(first.Roles?.[0]?.RoleName)
  })
})

describe('the caller', () => {
  it('is the developer of the account', async () => {
    const identity = await new STSClient(clientConfig(sandbox)).send(new GetCallerIdentityCommand({}))
    expect(identity).toMatchObject({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/developer',
      UserId: expect.stringMatching(/^AIDA/),
    })
    const { User } = await iam.send(new GetUserCommand({}))
    expect(User?.UserName).toBe('developer')
  })

  it('may do only what its policy allows, once it has one', async () => {
    sandbox.setCallerPolicy({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'iam:Get*', Resource: 'arn:aws:iam::*:role/mine-*' },
    })
    await expect(iam.send(new GetRoleCommand({ RoleName: 'mine-1' }))).rejects.toThrow(NoSuchEntityException)
    await expect(iam.send(new GetRoleCommand({ RoleName: 'other' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message:
        'User: arn:aws:iam::123456789012:user/developer is not authorized to perform: iam:GetRole on resource: arn:aws:iam::123456789012:role/other because no identity-based policy allows the iam:GetRole action',
      $metadata: { httpStatusCode: 403 },
    })
    await new STSClient(clientConfig(sandbox)).send(new GetCallerIdentityCommand({}))
  })

  it('can have its policy simulated, with context', async () => {
    sandbox.setCallerPolicy({
      Statement: [
        { Effect: 'Allow', Action: 'iam:SimulatePrincipalPolicy', Resource: '*' },
        {
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: '*',
          Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
        },
        { Effect: 'Deny', Action: 'lambda:Delete*', Resource: '*' },
      ],
    })
    const pages = paginateSimulatePrincipalPolicy(
      { client: iam },
      {
        PolicySourceArn: 'arn:aws:iam::123456789012:user/developer',
        ActionNames: ['iam:PassRole', 'lambda:DeleteFunction', 'lambda:CreateFunction'],
        ContextEntries: [
          {
            ContextKeyName: 'iam:PassedToService',
            ContextKeyValues: ['lambda.amazonaws.com'],
            ContextKeyType: 'string',
          },
        ],
      },
    )
    const results: unknown[] = []
    for await (const { EvaluationResults = [] } of pages) {
      results.push(
        ...EvaluationResults.map(({ EvalActionName, EvalDecision }) => [EvalActionName, EvalDecision]),
      )
    }
    expect(results).toEqual([
      ['iam:PassRole', 'allowed'],
      ['lambda:DeleteFunction', 'explicitDeny'],
      ['lambda:CreateFunction', 'implicitDeny'],
    ])
  })
})
