// Versions and aliases of functions: what each of them runs, and who may invoke it.
import {
  AddPermissionCommand,
  CreateAliasCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  InvokeCommand,
  ListAliasesCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  RemovePermissionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type OpenSandbox, startOpenSandbox } from '../../../src/sandbox/server.ts'
import { FunctionFixture } from './function-fixture.ts'
import { zipOf } from './zip.ts'

let sandbox: OpenSandbox
let aws: FunctionFixture
beforeAll(async () => {
  sandbox = await startOpenSandbox()
  aws = new FunctionFixture(sandbox)
})
afterEach(() => sandbox.setCallerPolicy(undefined))
afterAll(() => sandbox.close())

const arnOf = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`
const saying = (word: string) =>
  `export const handler = async (event, { functionVersion, invokedFunctionArn }) => ({ word: '${word}', functionVersion, invokedFunctionArn })`

/** Published once, with an alias for that version, and another code since. */
async function withAlias(name: string): Promise<void> {
  await aws.create(name, saying('first'))
  await aws.lambda.send(new PublishVersionCommand({ FunctionName: name, Description: 'the first' }))
  await aws.lambda.send(new CreateAliasCommand({ FunctionName: name, Name: 'live', FunctionVersion: '1' }))
  const ZipFile = zipOf({ 'index.mjs': saying('second') })
  await aws.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile }))
}

async function run(FunctionName: string, Qualifier?: string) {
  const output = await aws.lambda.send(new InvokeCommand({ FunctionName, Qualifier, Payload: '{}' }))
  return { ...JSON.parse(output.Payload?.transformToString() ?? ''), executed: output.ExecutedVersion }
}

it('runs what was published, by number, by alias and by an ARN with either', async () => {
  await withAlias('runs')
  const first = { word: 'first', functionVersion: '1', executed: '1' }
  expect(await run('runs')).toMatchObject({ word: 'second', functionVersion: '$LATEST', executed: '$LATEST' })
  expect(await run('runs', '1')).toEqual({ ...first, invokedFunctionArn: `${arnOf('runs')}:1` })
  expect(await run('runs', 'live')).toEqual({ ...first, invokedFunctionArn: `${arnOf('runs')}:live` })
  expect(await run(`${arnOf('runs')}:live`)).toMatchObject(first)
  expect(await run('runs', '$LATEST')).toMatchObject({ word: 'second' })
  await expect(run(`${arnOf('runs')}:live`, '1')).rejects.toThrow('does not match the specified qualifier')
  await expect(run('runs', 'gone')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: `Function not found: ${arnOf('runs')}:gone`,
  })
})

it('describes a version by the name it was asked for', async () => {
  await withAlias('described')
  const { Configuration } = await aws.lambda.send(
    new GetFunctionCommand({ FunctionName: 'described', Qualifier: 'live' }),
  )
  expect(Configuration).toMatchObject({
    FunctionArn: `${arnOf('described')}:live`,
    Version: '1',
    Description: 'the first',
    State: 'Active',
  })
  const { Versions } = await aws.lambda.send(new ListVersionsByFunctionCommand({ FunctionName: 'described' }))
  expect(Versions?.map(({ Version }) => Version)).toEqual(['$LATEST', '1'])
})

it('publishes nothing twice, and moves an alias on', async () => {
  await withAlias('moved')
  const publish = () => aws.lambda.send(new PublishVersionCommand({ FunctionName: 'moved' }))
  expect((await publish()).Version).toBe('2')
  expect((await publish()).Version).toBe('2')
  const target = { FunctionName: 'moved', Name: 'live' }
  await aws.lambda.send(new UpdateAliasCommand({ ...target, FunctionVersion: '2' }))
  expect(await aws.lambda.send(new GetAliasCommand(target))).toMatchObject({
    AliasArn: `${arnOf('moved')}:live`,
    FunctionVersion: '2',
  })
  expect(await run('moved', 'live')).toMatchObject({ word: 'second' })
  const { Aliases } = await aws.lambda.send(new ListAliasesCommand({ FunctionName: 'moved' }))
  expect(Aliases).toHaveLength(1)
})

it('keeps a version that an alias names', async () => {
  await withAlias('held')
  const remove = (Qualifier: string) =>
    aws.lambda.send(new DeleteFunctionCommand({ FunctionName: 'held', Qualifier }))
  await expect(remove('1')).rejects.toMatchObject({ name: 'ResourceConflictException' })
  await aws.lambda.send(new PublishVersionCommand({ FunctionName: 'held' }))
  await remove('2')
  await expect(run('held', '2')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  expect(await run('held')).toMatchObject({ word: 'second' })
})

it('has a policy for each qualifier: the one of the function lets nobody at its alias', async () => {
  await withAlias('guarded')
  const sourceArn = 'arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_a'
  const permission = {
    FunctionName: 'guarded',
    StatementId: 'cognito',
    Action: 'lambda:InvokeFunction',
    Principal: 'cognito-idp.amazonaws.com',
    SourceArn: sourceArn,
  }
  const asCognito = (functionArn: string) =>
    sandbox.inside.invoke({
      ...{ functionArn, principal: 'cognito-idp.amazonaws.com', sourceArn, sourceAccount: '123456789012' },
      ...{ payload: {}, timeoutMs: 5_000 },
    })
  await aws.lambda.send(new AddPermissionCommand(permission))
  expect(await asCognito(`${arnOf('guarded')}:live`)).toMatchObject({
    kind: 'refused',
    code: 'AccessDeniedException',
  })
  await aws.lambda.send(new AddPermissionCommand({ ...permission, Qualifier: 'live' }))
  expect(await asCognito(`${arnOf('guarded')}:live`)).toMatchObject({
    kind: 'answer',
    payload: { word: 'first' },
  })
  const target = { FunctionName: 'guarded', Qualifier: 'live' }
  const { Policy = '' } = await aws.lambda.send(new GetPolicyCommand(target))
  expect(JSON.parse(Policy).Statement).toMatchObject([{ Resource: `${arnOf('guarded')}:live` }])
  await aws.lambda.send(new RemovePermissionCommand({ ...target, StatementId: 'cognito' }))
  await expect(aws.lambda.send(new GetPolicyCommand(target))).rejects.toThrow('does not exist')
  await expect(
    aws.lambda.send(new AddPermissionCommand({ ...permission, Qualifier: '$LATEST' })),
  ).rejects.toThrow('$LATEST')
})

it('asks for the permission on exactly the ARN that is invoked', async () => {
  await withAlias('exact')
  const allow = (Resource: string) =>
    sandbox.setCallerPolicy({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource }],
    })
  const denied = { name: 'AccessDeniedException' }
  allow(arnOf('exact'))
  expect(await run('exact')).toMatchObject({ word: 'second' })
  await expect(run('exact', 'live')).rejects.toMatchObject(denied)
  await expect(run('exact', '1')).rejects.toMatchObject(denied)
  allow(`${arnOf('exact')}:live`)
  expect(await run(`${arnOf('exact')}:live`)).toMatchObject({ word: 'first' })
  await expect(run('exact')).rejects.toMatchObject(denied)
})

it('knows no function of another account or region', async () => {
  const get = (FunctionName: string) => aws.lambda.send(new GetFunctionCommand({ FunctionName }))
  await expect(get('arn:aws:lambda:us-east-1:210987654321:function:theirs')).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('no resource-based policy allows the lambda:GetFunction action'),
  })
  await expect(get('arn:aws:lambda:eu-west-1:123456789012:function:far')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: expect.stringContaining("not reachable in this region ('us-east-1')"),
  })
})
