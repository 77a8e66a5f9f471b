// Functions of the sandbox run as on Lambda: in their own process, with their role's rights and their clock.

import { AddPermissionCommand, InvokeCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenSandbox, startOpenSandbox } from '../../../src/sandbox/server.ts'
import { FunctionFixture } from './function-fixture.ts'
import { callAws } from './signed.ts'
import { zipOf } from './zip.ts'

let sandbox: OpenSandbox
let aws: FunctionFixture

beforeAll(async () => {
  sandbox = await startOpenSandbox()
  aws = new FunctionFixture(sandbox)
})
afterAll(() => sandbox.close())

const writesLogs = (group: string) => ({
  Effect: 'Allow' as const,
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: `arn:aws:logs:us-east-1:123456789012:log-group:${group}:*`,
})

describe('a function process', () => {
  it('runs the uploaded zip and stays warm for the next call', async () => {
    await aws.create(
      'counter',
      'let n = 0; export const handler = async (event) => ({ hello: event.name, call: ++n })',
    )
    expect((await aws.invoke('counter', { name: 'Ada' })).result).toEqual({ hello: 'Ada', call: 1 })
    expect((await aws.invoke('counter', { name: 'Bob' })).result).toEqual({ hello: 'Bob', call: 2 })
  })

  it('runs new code in a new process after an update', async () => {
    await aws.create('changing', 'export const handler = async () => "old"')
    await aws.invoke('changing')
    const ZipFile = zipOf({ 'index.mjs': 'export const handler = async () => "new"' })
    await aws.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'changing', ZipFile }))
    expect((await aws.invoke('changing')).result).toBe('new')
  })

  it('sees its own variables and what Lambda sets, and nothing of this machine', async () => {
    process.env.SECRET_OF_THE_HOST = 'must not leak'
    await aws.create('environment', 'export const handler = async () => process.env', {
      Environment: { Variables: { GREETING: 'hello' } },
    })
    const environment = (await aws.invoke('environment')).result
    delete process.env.SECRET_OF_THE_HOST
    expect(environment).toMatchObject({
      GREETING: 'hello',
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'environment',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/environment',
      AWS_ENDPOINT_URL: sandbox.endpoint,
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
    })
    expect(environment).not.toHaveProperty('SECRET_OF_THE_HOST')
    expect(environment).not.toHaveProperty('HOME')
  })

  it('gets a context with the request id and the time that is left', async () => {
    await aws.create(
      'context',
      'export const handler = async (_, c) => ({ id: c.awsRequestId, left: c.getRemainingTimeInMillis(), name: c.functionName })',
      { Timeout: 9 },
    )
    const { id, left, name } = (await aws.invoke('context')).result as Record<string, unknown>
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(9000)
    expect(name).toBe('context')
  })

  it('has the time of the sandbox, also in a warm process', async () => {
    await aws.create(
      'clock',
      'export const handler = async () => [Date.now(), new Date().getTime(), new Date(0).getTime(), new Date() instanceof Date]',
    )
    await aws.invoke('clock')
    const day = 86_400_000
    sandbox.clock.advance(day)
    const [now, made, epoch, isDate] = (await aws.invoke('clock')).result as [number, number, number, boolean]
    expect(now).toBeGreaterThanOrEqual(Date.now() + day - 60_000)
    expect(made).toBeGreaterThanOrEqual(now)
    expect(epoch).toBe(0)
    expect(isDate).toBe(true)
  })

  it('gives calls at the same time a process each', async () => {
    await aws.create(
      'parallel',
      'export const handler = async () => { await new Promise((r) => setTimeout(r, 300)); return process.pid }',
    )
    const pids = await Promise.all([1, 2].map(async () => (await aws.invoke('parallel')).result))
    expect(new Set(pids).size).toBe(2)
  })
})

describe('an invocation as an event', () => {
  it('is accepted at once and runs', async () => {
    await aws.createLogGroup('/aws/lambda/event')
    const Role = await aws.role('event-role', [writesLogs('/aws/lambda/event')])
    await aws.create('event', 'export const handler = async (e) => console.log("ran with", e.n)', { Role })
    const answer = await aws.lambda.send(
      new InvokeCommand({ FunctionName: 'event', InvocationType: 'Event', Payload: '{"n":7}' }),
    )
    expect(answer.StatusCode).toBe(202)
    await expect
      .poll(() => aws.messages('/aws/lambda/event'), { timeout: 20_000 })
      .toContainEqual(expect.stringContaining('ran with 7'))
  })
})

describe('a function that fails', () => {
  it('answers its error, and serves the next call', async () => {
    await aws.create(
      'throws',
      'export const handler = async (e) => { if (e.bad) throw new TypeError("no good"); return "fine" }',
    )
    const failed = await aws.invoke('throws', { bad: true })
    expect(failed.FunctionError).toBe('Unhandled')
    expect(failed.result).toMatchObject({ errorType: 'TypeError', errorMessage: 'no good' })
    expect((await aws.invoke('throws')).result).toBe('fine')
  })

  it('crashes alone: the next call gets a new process', async () => {
    await aws.create(
      'crashes',
      'export const handler = async (e) => { if (e.bad) process.exit(7); return "alive" }',
    )
    const crashed = await aws.invoke('crashes', { bad: true })
    expect(crashed.result).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('exit status 7'),
    })
    expect((await aws.invoke('crashes')).result).toBe('alive')
  })

  it('is killed when its timeout is over, even in a busy loop', async () => {
    await aws.create('hangs', 'export const handler = async (e) => { while (e.bad); return "back" }', {
      Timeout: 1,
    })
    const hung = await aws.invoke('hangs', { bad: true })
    expect(hung.result).toMatchObject({
      errorMessage: expect.stringContaining('Task timed out after 1.00 seconds'),
    })
    expect((await aws.invoke('hangs')).result).toBe('back')
  })

  it('says which module or export is missing', async () => {
    await aws.create('no-module', 'export const handler = 1', { Handler: 'other.handler' })
    expect((await aws.invoke('no-module')).result).toMatchObject({ errorType: 'Runtime.ImportModuleError' })
    await aws.create('no-export', 'export const main = async () => 1')
    expect((await aws.invoke('no-export')).result).toMatchObject({ errorType: 'Runtime.HandlerNotFound' })
  })
})

describe('the log lines of a function', () => {
  const source =
    'export const handler = async (e) => { process.stdout.write(JSON.stringify({ event: "own" }) + "\\n"); console.log("from the console"); if (e.bad) throw new Error("broken"); return 1 }'

  it('reach its group when the role may write there', async () => {
    await aws.createLogGroup('/aws/lambda/logs')
    const Role = await aws.role('logs-role', [writesLogs('/aws/lambda/logs')])
    await aws.create('logs', source, { Role, LoggingConfig: { LogFormat: 'JSON' } })
    await aws.invoke('logs')
    const lines = (await aws.messages('/aws/lambda/logs')).map((line) => JSON.parse(line))
    expect(lines).toEqual([
      expect.objectContaining({ type: 'platform.start' }),
      { event: 'own' },
      expect.objectContaining({ level: 'INFO', message: 'from the console' }),
      expect.objectContaining({
        type: 'platform.report',
        record: expect.objectContaining({ status: 'success' }),
      }),
    ])
  })

  const levels = `export const handler = async () => {
    const line = (level) => process.stdout.write(JSON.stringify({ level, _aws: {} }) + "\\n")
    for (const level of ["debug", "INFO", "Warn", undefined, "strange"]) line(level)
    process.stdout.write("{no JSON\\nplain\\n")
    console.info("of the console")
  }`
  it.each([
    ['JSON', 'WARN', ['Warn', '{no JSON', 'plain']],
    ['JSON', 'INFO', ['INFO', 'Warn', undefined, 'strange', '{no JSON', 'plain', 'INFO']],
    ['Text', undefined, ['debug', 'INFO', 'Warn', undefined, 'strange', '{no JSON', 'plain']],
  ] as const)('are dropped below the level, metrics included: %s %s', async (LogFormat, level, kept) => {
    const name = `levels-${LogFormat}-${level}`
    const LoggingConfig = {
      LogFormat,
      ...(level && { ApplicationLogLevel: level, SystemLogLevel: 'WARN' as const }),
    }
    await aws.create(name, levels, { LoggingConfig })
    const { LogResult = '' } = await aws.invoke(name)
    const lines = Buffer.from(LogResult, 'base64').toString().trim().split('\n')
    const own = lines.filter((line) => !/RequestId|\tINFO\t|platform\./.test(line))
    const shown = own.map((line) => (/^{"/.test(line) ? JSON.parse(line).level : line))
    expect(shown).toEqual(kept)
  })

  it('are lost when the role may not write, or when there is no group', async () => {
    await aws.createLogGroup('/aws/lambda/silent')
    await aws.create('silent', source)
    await aws.invoke('silent')
    expect(await aws.messages('/aws/lambda/silent')).toEqual([])

    const Role = await aws.role('groupless-role', [writesLogs('/aws/lambda/groupless')])
    await aws.create('groupless', source, { Role })
    await aws.invoke('groupless')
    expect(sandbox.inventory()).not.toContainEqual({ kind: 'log group', name: '/aws/lambda/groupless' })
  })

  it('bring a group back when the role may create groups', async () => {
    const Role = await aws.role('reborn-role', [
      writesLogs('/aws/lambda/reborn'),
      { Effect: 'Allow', Action: 'logs:CreateLogGroup', Resource: '*' },
    ])
    await aws.create('reborn', source, { Role })
    await aws.invoke('reborn')
    expect(await aws.messages('/aws/lambda/reborn')).toContain('{"event":"own"}')
  })

  it('come with the answer as a tail, in the text format with START and REPORT', async () => {
    await aws.create('tail', source)
    const { LogResult } = await aws.invoke('tail', { bad: true })
    const tail = Buffer.from(LogResult ?? '', 'base64').toString()
    expect(tail).toMatch(/^START RequestId: [0-9a-f-]+ Version: \$LATEST\n/)
    expect(tail).toContain('Invoke Error')
    expect(tail).toMatch(/REPORT RequestId: [0-9a-f-]+\tDuration: /)
  })
})

describe("a function's own AWS calls", () => {
  const source = `${callAws}
    export const handler = ({ target, body }) => callAws('ssm', target, body)`
  const read = { target: 'AmazonSSM.GetParameter', body: { Name: '/app/key' } }

  it("are refused without a statement in the role's policy, with AWS's words", async () => {
    await aws.create('curious', source)
    const { result } = await aws.invoke('curious', read)
    expect(result).toEqual({
      status: 400,
      body: {
        __type: 'AccessDeniedException',
        message:
          'User: arn:aws:sts::123456789012:assumed-role/curious-role/curious is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:us-east-1:123456789012:parameter/app/key because no identity-based policy allows the ssm:GetParameter action',
      },
    })
  })

  it('are allowed on exactly the resource of the policy', async () => {
    const Resource = 'arn:aws:ssm:us-east-1:123456789012:parameter/app/key'
    const Role = await aws.role('reader-role', [{ Effect: 'Allow', Action: 'ssm:GetParameter', Resource }])
    await aws.create('reader', source, { Role })
    const known = await aws.invoke('reader', read)
    expect(known.result).toMatchObject({ body: { __type: 'ParameterNotFound' } })
    const other = await aws.invoke('reader', { ...read, body: { Name: '/app/other' } })
    expect(other.result).toMatchObject({ body: { __type: 'AccessDeniedException' } })
  })
})

describe('another service that invokes a function', () => {
  it('needs a statement in the resource policy for itself and for its source', async () => {
    const { FunctionArn = '' } = await aws.create('trigger', 'export const handler = async (event) => event')
    const request = {
      functionArn: FunctionArn,
      principal: 'cognito-idp.amazonaws.com',
      sourceArn: 'arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_good',
      sourceAccount: '123456789012',
      payload: { a: 1 },
      timeoutMs: 5000,
    }
    const refused = { kind: 'refused', code: 'AccessDeniedException' }
    expect(await sandbox.inside.invoke(request)).toMatchObject(refused)
    await aws.lambda.send(
      new AddPermissionCommand({
        FunctionName: 'trigger',
        StatementId: 'pool',
        Action: 'lambda:InvokeFunction',
        Principal: request.principal,
        SourceArn: request.sourceArn,
        SourceAccount: request.sourceAccount,
      }),
    )
    expect(await sandbox.inside.invoke(request)).toEqual({ kind: 'answer', payload: { a: 1 } })
    for (const other of [
      { principal: 'sns.amazonaws.com' },
      { sourceArn: request.sourceArn.replace('good', 'other') },
      { sourceAccount: '999999999999' },
    ]) {
      expect(await sandbox.inside.invoke({ ...request, ...other })).toMatchObject(refused)
    }
  })

  it('stops waiting before the function is done', async () => {
    const { FunctionArn = '' } = await aws.create(
      'slow',
      'export const handler = () => new Promise((done) => setTimeout(done, 60_000))',
      { Timeout: 2 },
    )
    await aws.lambda.send(
      new AddPermissionCommand({
        FunctionName: 'slow',
        StatementId: 'pool',
        Action: 'lambda:InvokeFunction',
        Principal: 'cognito-idp.amazonaws.com',
      }),
    )
    const result = await sandbox.inside.invoke({
      functionArn: FunctionArn,
      principal: 'cognito-idp.amazonaws.com',
      sourceArn: 'arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_any',
      sourceAccount: '123456789012',
      payload: {},
      timeoutMs: 50,
    })
    expect(result).toEqual({ kind: 'timeout' })
  })
})
