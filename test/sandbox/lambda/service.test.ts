// Lambda's control plane in the sandbox: strict where AWS is, slow where AWS is.

import { createHash } from 'node:crypto'
import { DeleteRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  AddPermissionCommand,
  DeleteFunctionCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  InvalidParameterValueException,
  InvokeCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  PreconditionFailedException,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
  ResourceConflictException,
  ResourceNotFoundException,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { noDelays } from '../../../src/sandbox/account/world.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.ts'
import { FunctionFixture } from './function-fixture.ts'
import { zipOf } from './zip.ts'

let sandbox: Sandbox
let aws: FunctionFixture

beforeAll(async () => {
  sandbox = await startSandbox({ pageSize: 2 })
  aws = new FunctionFixture(sandbox)
})
afterEach(() => {
  Object.assign(sandbox.delays, noDelays)
  sandbox.setCallerPolicy(undefined)
})
afterAll(() => sandbox.close())

const source = 'export const handler = async () => "ok"'
const arn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`
const configuration = (FunctionName: string) =>
  aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))

describe('a function', () => {
  it('reads back what it was made with, and the hash of its package', async () => {
    const ZipFile = zipOf({ 'index.mjs': source })
    const made = await aws.create('complete', source, {
      Code: { ZipFile },
      Architectures: ['arm64'],
      Timeout: 10,
      MemorySize: 256,
      Environment: { Variables: { NAME: 'b' } },
      LoggingConfig: { LogFormat: 'JSON' },
      Tags: { stage: 'dev' },
    })
    expect(made.State).toBe('Pending')
    const { Configuration, Tags } = await aws.lambda.send(
      new GetFunctionCommand({ FunctionName: 'complete' }),
    )
    expect(Configuration).toMatchObject({
      FunctionArn: arn('complete'),
      State: 'Active',
      LastUpdateStatus: 'Successful',
      CodeSha256: createHash('sha256').update(ZipFile).digest('base64'),
      Architectures: ['arm64'],
      Timeout: 10,
      MemorySize: 256,
      Environment: { Variables: { NAME: 'b' } },
      LoggingConfig: {
        LogFormat: 'JSON',
        LogGroup: '/aws/lambda/complete',
        ApplicationLogLevel: 'INFO',
        SystemLogLevel: 'INFO',
      },
    })
    expect(Tags).toEqual({ stage: 'dev' })
  })

  it('is found by name and by ARN, and listed in short pages', async () => {
    for (const name of ['list-a', 'list-b']) await aws.create(name, source)
    expect((await configuration(arn('list-a'))).FunctionName).toBe('list-a')
    const first = await aws.lambda.send(new ListFunctionsCommand({}))
    expect(first.Functions).toHaveLength(2)
    expect(first.NextMarker).toBeDefined()
    await expect(configuration('absent')).rejects.toThrow(ResourceNotFoundException)
    await expect(configuration('absent')).rejects.toThrow(`Function not found: ${arn('absent')}`)
  })

  it('exists only once under its name', async () => {
    await aws.create('once', source)
    const again = aws.create('once', source, { Role: 'arn:aws:iam::123456789012:role/once-role' })
    await expect(again).rejects.toThrow(ResourceConflictException)
  })

  it('takes and loses tags', async () => {
    await aws.create('tags', source)
    await aws.lambda.send(new TagResourceCommand({ Resource: arn('tags'), Tags: { a: '1', b: '2' } }))
    await aws.lambda.send(new UntagResourceCommand({ Resource: arn('tags'), TagKeys: ['a'] }))
    expect((await aws.lambda.send(new ListTagsCommand({ Resource: arn('tags') }))).Tags).toEqual({ b: '2' })
  })
})

describe('settings that AWS refuses', () => {
  it.each([
    ['an unknown runtime', { Runtime: 'nodejs99.x' as never }, /enum value set/],
    ['a retired runtime', { Runtime: 'nodejs18.x' as const }, /no longer supported/],
    ['a timeout over 900 s', { Timeout: 901 }, /less than or equal to 900/],
    ['memory under 128 MB', { MemorySize: 64 }, /greater than or equal to 128/],
    ['a reserved variable', { Environment: { Variables: { AWS_REGION: 'x' } } }, /reserved keys.*AWS_REGION/],
    [
      '5 KB of variables',
      { Environment: { Variables: { BIG: 'x'.repeat(5000) } } },
      /exceeded the 4KB limit/,
    ],
    ['a damaged zip', { Code: { ZipFile: Buffer.from('no zip') } }, /Could not unzip uploaded file/],
    ['a role that does not exist', { Role: 'arn:aws:iam::123456789012:role/nobody' }, /cannot be assumed/],
    ['a role that is no ARN', { Role: 'nobody' }, /regular expression pattern/],
  ])('%s', async (_what, more, message) => {
    await expect(aws.create('refused', source, { Role: await usableRole(), ...more })).rejects.toThrow(
      message,
    )
    await expect(configuration('refused')).rejects.toThrow(ResourceNotFoundException)
  })

  it('a role that does not trust Lambda', async () => {
    const Role = await aws.role('mistrusting')
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
    })
    await aws.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'mistrusting', PolicyDocument }))
    const creation = aws.create('mistrusted', source, { Role })
    await expect(creation).rejects.toThrow(InvalidParameterValueException)
  })

  async function usableRole(): Promise<string> {
    return aws.role('usable').catch(() => 'arn:aws:iam::123456789012:role/usable')
  }
})

describe('time', () => {
  it('must pass before a fresh role can be used, and the key grant is the last to fail', async () => {
    sandbox.delays.roleUsable = 8_000
    const Role = await aws.role('fresh')
    const create = () => aws.create('early', source, { Role, Environment: { Variables: { NAME: 'b' } } })
    await expect(create()).rejects.toThrow('The role defined for the function cannot be assumed by Lambda.')
    sandbox.clock.advance(5_000)
    await expect(create()).rejects.toThrow(/KMS key is invalid for CreateGrant.*valid principal/)
    sandbox.clock.advance(3_000)
    await expect(create()).resolves.toMatchObject({ State: 'Pending' })
  })

  it('passes between Pending and Active, and until then nothing changes or runs', async () => {
    const Role = await aws.role('pending-role')
    sandbox.delays.functionPending = 2_000
    await aws.create('pending', source, { Role })
    expect((await configuration('pending')).State).toBe('Pending')
    const update = new UpdateFunctionConfigurationCommand({ FunctionName: 'pending', Timeout: 5 })
    await expect(aws.lambda.send(update)).rejects.toThrow(/currently in the following state: Pending/)
    await expect(aws.invoke('pending')).rejects.toThrow(ResourceConflictException)
    const remove = aws.lambda.send(new DeleteFunctionCommand({ FunctionName: 'pending' }))
    await expect(remove).rejects.toThrow(ResourceConflictException)
    sandbox.clock.advance(2_000)
    expect((await configuration('pending')).State).toBe('Active')
    expect((await aws.invoke('pending')).result).toBe('ok')
  })

  it('keeps a second update out while the first is under way; the old code runs meanwhile', async () => {
    await aws.create('busy', source)
    sandbox.delays.functionPending = 2_000
    const ZipFile = zipOf({ 'index.mjs': 'export const handler = async () => "new"' })
    const first = await aws.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'busy', ZipFile }))
    expect(first.LastUpdateStatus).toBe('InProgress')
    const second = () =>
      aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'busy', Timeout: 5 }))
    await expect(second()).rejects.toThrow(`An update is in progress for resource: ${arn('busy')}`)
    expect((await aws.invoke('busy')).result).toBe('ok')
    sandbox.clock.advance(2_000)
    await expect(second()).resolves.toMatchObject({ Timeout: 5 })
    sandbox.clock.advance(2_000)
    expect((await aws.invoke('busy')).result).toBe('new')
  })

  it('passes until a deleted function is gone and its name is free', async () => {
    await aws.create('going', source)
    sandbox.delays.deletion = 1_000
    await aws.lambda.send(new DeleteFunctionCommand({ FunctionName: 'going' }))
    expect((await configuration('going')).State).toBe('Deleting')
    const again = () => aws.create('going', source, { Role: 'arn:aws:iam::123456789012:role/going-role' })
    await expect(again()).rejects.toThrow(ResourceConflictException)
    sandbox.clock.advance(1_000)
    await expect(configuration('going')).rejects.toThrow(ResourceNotFoundException)
    await again()
  })
})

describe('an update', () => {
  it('keeps what it leaves out, but replaces the variables whole', async () => {
    await aws.create('kept', source, { Timeout: 7, Environment: { Variables: { ONE: '1', TWO: '2' } } })
    const updated = await aws.lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: 'kept',
        Environment: { Variables: { THREE: '3' } },
      }),
    )
    expect(updated).toMatchObject({ Timeout: 7, Environment: { Variables: { THREE: '3' } } })
  })

  it('with another revision is refused', async () => {
    await aws.create('revised', source)
    const { RevisionId } = await configuration('revised')
    const update = () =>
      aws.lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName: 'revised', Timeout: 4, RevisionId }),
      )
    await update()
    await expect(update()).rejects.toThrow(PreconditionFailedException)
  })

  it('of the code as a dry run tells the hash and changes nothing; architecture goes with the code', async () => {
    await aws.create('dry', source)
    const before = await configuration('dry')
    const ZipFile = zipOf({ 'index.mjs': 'export const handler = 1' })
    const dry = await aws.lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName: 'dry', ZipFile, DryRun: true }),
    )
    expect(dry.CodeSha256).toBe(createHash('sha256').update(ZipFile).digest('base64'))
    expect((await configuration('dry')).CodeSha256).toBe(before.CodeSha256)
    await aws.lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName: 'dry', ZipFile, Architectures: ['arm64'] }),
    )
    expect(await configuration('dry')).toMatchObject({ Architectures: ['arm64'], CodeSha256: dry.CodeSha256 })
  })
})

describe('a resource policy', () => {
  const permission = {
    FunctionName: 'permitted',
    StatementId: 'pool',
    Action: 'lambda:InvokeFunction',
    Principal: 'cognito-idp.amazonaws.com',
    SourceArn: 'arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abc',
    SourceAccount: '123456789012',
  }

  it('is not found while it has no statement, and stores conditions in the form of AWS', async () => {
    await aws.create('permitted', source)
    const read = () => aws.lambda.send(new GetPolicyCommand({ FunctionName: 'permitted' }))
    await expect(read()).rejects.toThrow(ResourceNotFoundException)
    await aws.lambda.send(new AddPermissionCommand(permission))
    expect(JSON.parse((await read()).Policy ?? '')).toEqual({
      Version: '2012-10-17',
      Id: 'default',
      Statement: [
        {
          Sid: 'pool',
          Effect: 'Allow',
          Principal: { Service: 'cognito-idp.amazonaws.com' },
          Action: 'lambda:InvokeFunction',
          Resource: arn('permitted'),
          Condition: {
            StringEquals: { 'AWS:SourceAccount': '123456789012' },
            ArnLike: { 'AWS:SourceArn': permission.SourceArn },
          },
        },
      ],
    })
    const twice = aws.lambda.send(new AddPermissionCommand(permission))
    await expect(twice).rejects.toThrow(ResourceConflictException)
    const remove = () =>
      aws.lambda.send(new RemovePermissionCommand({ FunctionName: 'permitted', StatementId: 'pool' }))
    await remove()
    await expect(remove()).rejects.toThrow(ResourceNotFoundException)
    await expect(read()).rejects.toThrow(ResourceNotFoundException)
  })

  it('refuses a principal that is none', async () => {
    await aws.create('principal', source)
    const add = new AddPermissionCommand({ ...permission, FunctionName: 'principal', Principal: 'nobody' })
    await expect(aws.lambda.send(add)).rejects.toThrow('The provided principal was invalid')
  })
})

describe('rights and limits', () => {
  it('creating a function needs iam:PassRole for its role', async () => {
    const Role = await aws.role('passed')
    sandbox.setCallerPolicy({ Statement: { Effect: 'Allow', Action: 'lambda:*', Resource: '*' } })
    await expect(aws.create('passing', source, { Role })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`iam:PassRole on resource: ${Role}`),
    })
  })

  it('GetFunction shows tags only with lambda:ListTags', async () => {
    await aws.create('shown', source, { Tags: { stage: 'dev' } })
    sandbox.setCallerPolicy({ Statement: { Effect: 'Allow', Action: 'lambda:GetFunction', Resource: '*' } })
    const answer = await aws.lambda.send(new GetFunctionCommand({ FunctionName: 'shown' }))
    expect(answer.Configuration?.FunctionName).toBe('shown')
    expect(answer.Tags).toBeUndefined()
    expect(answer.TagsError?.ErrorCode).toBe('AccessDeniedException')
  })

  it('a role made again does not open the variables of a living function', async () => {
    await aws.create('orphan', source, { Environment: { Variables: { NAME: 'b' } } })
    await aws.iam.send(new DeleteRoleCommand({ RoleName: 'orphan-role' }))
    await aws.role('orphan-role')
    await expect(aws.invoke('orphan')).rejects.toThrow(/KMS access was denied/)
  })

  it('a young account cannot reserve concurrency, and 0 stops a function', async () => {
    await aws.create('reserved', source)
    const reserve = (ReservedConcurrentExecutions: number) =>
      aws.lambda.send(
        new PutFunctionConcurrencyCommand({ FunctionName: 'reserved', ReservedConcurrentExecutions }),
      )
    await expect(reserve(5)).rejects.toThrow(/below its minimum value of \[10\]/)
    await reserve(0)
    await expect(aws.invoke('reserved')).rejects.toMatchObject({ name: 'TooManyRequestsException' })
    const { AccountLimit } = await aws.lambda.send(new GetAccountSettingsCommand({}))
    expect(AccountLimit?.ConcurrentExecutions).toBe(10)
  })

  it('a dry run of an invocation runs nothing', async () => {
    await aws.create('checked', source)
    const dry = await aws.lambda.send(
      new InvokeCommand({ FunctionName: 'checked', InvocationType: 'DryRun' }),
    )
    expect(dry.StatusCode).toBe(204)
  })
})
