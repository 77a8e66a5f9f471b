// CloudWatch of the sandbox, through the real client and by hand: what an alarm and a dashboard may be, and both protocols.
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListTagsForResourceCommand,
  type MetricDataQuery,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  paginateDescribeAlarms,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import { AwsClient } from 'aws4fetch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenSandbox, startOpenSandbox } from '../../../src/sandbox/server.ts'
import { clientConfig } from '../lambda/function-fixture.ts'

let sandbox: OpenSandbox
let cloudwatch: CloudWatchClient
beforeAll(async () => {
  sandbox = await startOpenSandbox({ pageSize: 2 })
  cloudwatch = new CloudWatchClient(clientConfig(sandbox))
})
afterAll(() => sandbox.close())

const Tags = [{ Key: 'team', Value: 'auth' }]
const plain: PutMetricAlarmCommandInput = {
  AlarmName: 'plain',
  Namespace: 'N',
  MetricName: 'm',
  Dimensions: [{ Name: 'stage', Value: 'dev' }],
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
}
const metric = (Id: string, ReturnData = false): MetricDataQuery => ({
  Id,
  ReturnData,
  MetricStat: { Metric: { Namespace: 'N', MetricName: Id }, Period: 300, Stat: 'p99' },
})
const math: PutMetricAlarmCommandInput = {
  AlarmName: 'math',
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 30,
  ComparisonOperator: 'LessThanThreshold',
  TreatMissingData: 'notBreaching',
  Metrics: [metric('a'), metric('b'), { Id: 'e', Expression: 'IF(FILL(a, 0) >= 20, 100 * b / a, 100)' }],
}
const put = (input: Partial<PutMetricAlarmCommandInput>, base = plain) =>
  cloudwatch.send(new PutMetricAlarmCommand({ ...base, ...input } as PutMetricAlarmCommandInput))
const described = async (AlarmName: string) =>
  (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }))).MetricAlarms?.[0]

describe('an alarm', () => {
  it('is kept as it was put, with its tags; an update leaves tags and state as they are', async () => {
    await put({ Tags })
    await put({ Tags }, math)
    const { AlarmName: _, ...settings } = math
    expect(await described('math')).toMatchObject({ ...settings, StateValue: 'INSUFFICIENT_DATA' })
    const { AlarmArn: ResourceARN } = (await described('plain'))!
    await cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: 'plain', StateValue: 'ALARM', StateReason: 'tried' }),
    )
    await put({ Threshold: 5, Tags: [{ Key: 'team', Value: 'other' }] })
    expect(await described('plain')).toMatchObject({ Threshold: 5, StateValue: 'ALARM' })
    expect((await cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual(Tags)
  })

  it('is listed page by page, by prefix and by state', async () => {
    for (const AlarmName of ['list/1', 'list/2', 'list/3']) await put({ AlarmName })
    const pages = paginateDescribeAlarms({ client: cloudwatch }, { AlarmNamePrefix: 'list/' })
    const sizes: number[] = []
    for await (const { MetricAlarms = [] } of pages) sizes.push(MetricAlarms.length)
    expect(sizes).toEqual([2, 1])
    const alarmed = await cloudwatch.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }))
    expect(alarmed.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['plain'])
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['list/1', 'list/2', 'list/3'] }))
    await expect(
      cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['plain', 'none'] })),
    ).rejects.toMatchObject({ name: 'ResourceNotFound' })
    expect(await described('plain')).toBeDefined()
  })

  const invalid = 'InvalidParameterValueException'
  const conflict = 'InvalidParameterCombinationException'
  const missing = 'MissingRequiredParameterException'
  it.each<[string, Partial<PutMetricAlarmCommandInput>, PutMetricAlarmCommandInput?]>([
    [missing, { EvaluationPeriods: undefined }],
    [missing, { Threshold: undefined }],
    [missing, { ComparisonOperator: undefined }],
    [missing, { MetricName: undefined }],
    [invalid, { AlarmName: 'x'.repeat(256) }],
    [invalid, { ComparisonOperator: 'More' as never }],
    [invalid, { TreatMissingData: 'fine' }],
    [invalid, { Period: 90 }],
    [invalid, { DatapointsToAlarm: 2 }],
    [invalid, { EvaluationPeriods: 289 }],
    [invalid, { AlarmActions: ['ops@example.com'] }],
    [invalid, { AlarmActions: ['arn:aws:sns:eu-west-1:123456789012:elsewhere'] }],
    [invalid, { OKActions: Array.from({ length: 6 }, (_, n) => `arn:aws:sns:us-east-1:123456789012:t${n}`) }],
    [conflict, { ExtendedStatistic: 'p99' }],
    [conflict, { Period: 60 }, math],
    [conflict, { Metrics: [{ Id: 'e' }] }, math],
    [invalid, { Metrics: [metric('a', true), metric('b', true)] }, math],
    [invalid, { Metrics: [metric('a'), metric('a', true)] }, math],
    [invalid, { Metrics: [metric('A', true)] }, math],
    [invalid, { Metrics: [metric('a'), { Id: 'e', Expression: 'a + c' }] }, math],
    [invalid, { Metrics: Array.from({ length: 11 }, (_, n) => metric(`m${n}`, n === 0)) }, math],
  ])('is refused with %s for %o', async (name, input, base) => {
    await expect(put(input, base)).rejects.toMatchObject({ name })
  })
})

describe('a dashboard', () => {
  // The SDK goes by the Query name of the error, which an alarm has too.
  const missing = 'ResourceNotFound'

  const putBoard = (body: unknown, DashboardName = 'board') =>
    cloudwatch.send(
      new PutDashboardCommand({
        DashboardName,
        DashboardBody: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    )

  it('is kept by its name, which is the whole account’s', async () => {
    const DashboardBody = '{"widgets":[{"type":"text","properties":{"markdown":"hello"}}]}'
    await putBoard(DashboardBody)
    const found = await cloudwatch.send(new GetDashboardCommand({ DashboardName: 'board' }))
    expect(found).toMatchObject({
      DashboardBody,
      DashboardArn: 'arn:aws:cloudwatch::123456789012:dashboard/board',
    })
    const remove = (...DashboardNames: string[]) =>
      cloudwatch.send(new DeleteDashboardsCommand({ DashboardNames }))
    await expect(remove('board', 'none')).rejects.toMatchObject({ name: missing })
    await remove('board')
    await expect(cloudwatch.send(new GetDashboardCommand({ DashboardName: 'board' }))).rejects.toMatchObject({
      name: missing,
    })
  })

  it.each([
    ['no/name', { widgets: [] }],
    ['board', 'no JSON'],
    ['board', {}],
    ['board', { widgets: [{ type: 'cake', properties: {} }] }],
    ['board', { widgets: [{ type: 'metric', properties: { metrics: [] } }] }],
    ['board', { widgets: [{ type: 'text', x: 24, properties: { markdown: 'hello' } }] }],
  ])('named %s is refused for %j', async (name, body) => {
    await expect(putBoard(body, name)).rejects.toMatchObject({
      name: 'DashboardInvalidInputError',
      dashboardValidationMessages: [expect.objectContaining({ Message: expect.any(String) })],
    })
  })
})

describe('the Query protocol', () => {
  const query = async (fields: Record<string, string>) => {
    const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = sandbox.env()
    const client = new AwsClient({
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      service: 'monitoring',
      region: sandbox.region,
      retries: 0,
    })
    const answer = await client.fetch(sandbox.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ Version: '2010-08-01', ...fields }).toString(),
    })
    return { status: answer.status, text: await answer.text() }
  }

  it('has the same operations, and names of its own for errors', async () => {
    const made = await query({
      Action: 'PutMetricAlarm',
      AlarmName: 'by-query',
      Namespace: 'N',
      MetricName: 'm',
      Statistic: 'Sum',
      Period: '60',
      EvaluationPeriods: '1',
      Threshold: '2.5',
      ActionsEnabled: 'false',
      ComparisonOperator: 'GreaterThanThreshold',
      'Dimensions.member.1.Name': 'stage',
      'Dimensions.member.1.Value': 'dev',
    })
    expect(made.status, made.text).toBe(200)
    expect(await described('by-query')).toMatchObject({
      Threshold: 2.5,
      Period: 60,
      ActionsEnabled: false,
      Dimensions: [{ Name: 'stage', Value: 'dev' }],
    })
    const shown = await query({ Action: 'DescribeAlarms', 'AlarmNames.member.1': 'by-query' })
    expect(shown.text).toContain('<AlarmName>by-query</AlarmName>')
    for (const [fields, code] of [
      [{ Action: 'PutMetricAlarm', AlarmName: 'x' }, 'MissingParameter'],
      [{ Action: 'GetDashboard', DashboardName: 'none' }, 'ResourceNotFound'],
      [{ Action: 'PutDashboard', DashboardName: 'x', DashboardBody: '{}' }, 'InvalidParameterInput'],
    ] as const) {
      expect((await query(fields)).text).toContain(`<Code>${code}</Code>`)
    }
  })
})

describe('a caller’s policy', () => {
  const allow = (...Statement: object[]) => sandbox.setCallerPolicy({ Statement } as never)
  const here = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:'
  const allowed = (Action: string, Resource: string) => ({ Effect: 'Allow', Action, Resource })

  it('counts by the exact alarm, asks for tags, and lists only with all alarms', async () => {
    allow(allowed('cloudwatch:PutMetricAlarm', `${here}mine`))
    const denied = { name: 'AccessDeniedException' }
    await put({ AlarmName: 'mine' })
    await expect(put({ AlarmName: 'mine', Tags })).rejects.toMatchObject(denied)
    await expect(put({ AlarmName: 'theirs' })).rejects.toMatchObject(denied)
    allow(allowed('cloudwatch:DescribeAlarms', `${here}mine`))
    await expect(described('mine')).rejects.toMatchObject(denied)
    allow(allowed('cloudwatch:DescribeAlarms', `${here}*`))
    expect(await described('mine')).toBeDefined()
    sandbox.setCallerPolicy(undefined)
  })
})
