// Alarms, their topic and the dashboard through their life: switched on, changed, spoilt by hand, switched off, removed.
import {
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  GetDashboardCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import {
  ConfirmSubscriptionCommand,
  ListSubscriptionsByTopicCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dashboardAddress } from '../../src/insight/alarms.ts'
import { readStatus } from '../../src/insight/status.ts'
import { names } from '../../src/names.ts'
import { alarmKeysOf } from '../../src/resources/alarms/rules.ts'
import { createTheme } from '../../src/terminal/theme.ts'
import { alarmLines } from '../../src/views/alarm-view.ts'
import { Runs } from './runs.ts'

let runs: Runs
beforeEach(async () => {
  runs = await Runs.start({ pageSize: 20 })
})
afterEach(() => runs.close())

/** Without delivery reports. */
const alarmKeys = alarmKeysOf({})

const on = { ALARMS: 'true' }
const email = { ...on, ALARM_EMAIL: 'ops@example.com' }
const TopicArn = `arn:aws:sns:us-east-1:123456789012:${names.alarmTopic('dev')}`

const made = () =>
  runs.sandbox
    .inventory()
    .filter(({ kind }) => ['alarm', 'dashboard', 'topic'].includes(kind))
    .map(({ kind, name }) => `${kind} ${name}`)
    .sort()
const allAlarms = alarmKeys.map((key) => `alarm ${names.alarm('dev', key)}`)
const board = `dashboard ${names.dashboard('dev', 'us-east-1')}`
const topic = `topic ${names.alarmTopic('dev')}`
const everything = (...more: string[]) => [...allAlarms, board, ...more].sort()

const clients = async () => {
  const { aws } = await runs.byHand()
  return { cloudwatch: await aws.cloudwatch(), sns: await aws.sns() }
}
const alarm = async (key: (typeof alarmKeys)[number]) => {
  const { cloudwatch } = await clients()
  const found = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [names.alarm('dev', key)] }))
  return found.MetricAlarms?.[0]
}
const subscribed = async () => {
  const { sns } = await clients()
  const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))
  return Subscriptions.map(({ Endpoint, SubscriptionArn }) => [Endpoint, SubscriptionArn])
}
const confirm = async (address: string) => {
  const { sns } = await clients()
  const Token = runs.sandbox.inside.subscriptionTokens().get(address)
  await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }))
}
const changes = async (env: Record<string, string>) =>
  (await runs.plan({ env })).plan
    .filter((step) => step.action !== 'keep')
    .map(({ id, action, fields }) => `${action} ${id} ${fields.map(({ field }) => field)}`.trim())

describe('alarms that are off', () => {
  it('are neither made nor asked for', async () => {
    await runs.deploy()
    await runs.deploy()
    expect(made()).toEqual([])
    expect(runs.sandbox.calls.filter(({ service }) => ['cloudwatch', 'sns'].includes(service))).toEqual([])
  })
})

describe('alarms that are on', () => {
  it('are made with the dashboard, judge missing data as fine, and tell nobody where nobody is named', async () => {
    await runs.deploy({ env: on })
    expect(made()).toEqual(everything())
    expect(await changes({})).toEqual([])
    for (const key of alarmKeys) {
      expect(await alarm(key), key).toMatchObject({ TreatMissingData: 'notBreaching', AlarmActions: [] })
    }
    expect(await runs.destroy()).toEqual([])
    expect(runs.sandbox.inventory()).toEqual([])
  })

  it('watch what the settings say, and change with them', async () => {
    await runs.deploy({ env: on })
    expect((await alarm('hour-cap'))?.Threshold).toBe(160)
    expect(await changes({ POOL_SENDS_PER_HOUR: '300' })).toContain('update alarm:hour-cap threshold')
    await runs.deploy({ env: { POOL_SENDS_PER_HOUR: '300' } })
    expect((await alarm('hour-cap'))?.Threshold).toBe(240)
    expect(await changes({})).toEqual([])
  })

  it('are put right after a change by hand; what others have set stays', async () => {
    await runs.deploy({ env: on })
    const { cloudwatch } = await clients()
    const { AlarmArn: _, StateValue: _s, ...found } = (await alarm('crashes'))!
    const InsufficientDataActions = ['arn:aws:sns:us-east-1:123456789012:theirs']
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        ...found,
        AlarmName: found.AlarmName!,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 99,
        InsufficientDataActions,
        ActionsEnabled: false,
      }),
    )
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: names.alarm('dev', 'lockouts'),
        Namespace: 'Theirs',
        MetricName: 'm',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    )
    const DashboardName = names.dashboard('dev', 'us-east-1')
    const { DashboardBody = '' } = await cloudwatch.send(new GetDashboardCommand({ DashboardName }))
    const edited = DashboardBody.replace('Codes: sent', 'Our codes: sent')
    await cloudwatch.send(new PutDashboardCommand({ DashboardName, DashboardBody: edited }))
    expect(await changes({})).toEqual([
      'update alarm:lockouts says,metrics,comparison,threshold,missingData',
      'update alarm:crashes comparison,threshold',
      'update dashboard body',
    ])
    await runs.deploy()
    expect(await changes({})).toEqual([])
    expect(await alarm('crashes')).toMatchObject({
      Threshold: 3,
      InsufficientDataActions,
      ActionsEnabled: false,
    })
  })

  it('say so where somebody has switched off what they tell', async () => {
    await runs.deploy({ env: email })
    const { cloudwatch } = await clients()
    await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: [names.alarm('dev', 'crashes')] }))
    const step = (await runs.plan()).plan.find(({ id }) => id === 'alarm:crashes')
    expect(step).toMatchObject({
      action: 'keep',
      dangers: [
        { what: 'its actions are switched off', next: expect.stringContaining('enable-alarm-actions') },
      ],
    })
  })

  it('are all gone once they are off, and nothing else is', async () => {
    await runs.deploy({ env: email })
    await runs.deploy({ env: { ALARMS: 'false' } })
    expect(made()).toEqual([])
    expect(await changes({})).toEqual([])
    expect(await runs.verify()).toEqual([])
  })

  it('of somebody else are neither overwritten nor removed', async () => {
    const { cloudwatch } = await clients()
    const theirs = {
      AlarmName: names.alarm('dev', 'slow'),
      Namespace: 'Theirs',
      MetricName: 'm',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    } as const
    await cloudwatch.send(new PutMetricAlarmCommand(theirs))
    await expect(runs.deploy({ env: on })).rejects.toMatchObject({ code: 'FOREIGN_RESOURCE' })
    await runs.deploy()
    expect(await runs.destroy()).toEqual([])
    expect(await alarm('slow')).toMatchObject({ Namespace: 'Theirs' })
  })

  it('of a stage whose name begins alike are another’s', async () => {
    await runs.deploy({ env: on, stage: 'dev-2' })
    const theirs = made()
    await runs.deploy({ env: on })
    expect(await runs.destroy()).toEqual([])
    expect(made()).toEqual(theirs)
  })

  it('that a killed run has left are removed by a destroy, though no record knows of them', async () => {
    await runs.deploy()
    runs.sandbox.faults.add({ service: 'ssm', operation: 'PutParameter', kind: 'fail-before', times: 30 })
    await expect(runs.deploy({ env: email })).rejects.toMatchObject({ code: 'AWS_ERROR' })
    runs.sandbox.faults.clear()
    expect(made()).toEqual(everything(topic))
    expect(await runs.destroy()).toEqual([])
    expect(runs.sandbox.inventory()).toEqual([])
  })
})

describe('status', () => {
  const seen = async () => {
    const { alarms } = await readStatus(await runs.open())
    return { alarms, lines: alarmLines(alarms, { theme: createTheme(false), dataWidth: 500 }) }
  }

  it('says nothing of alarms where they are off', async () => {
    await runs.deploy()
    expect(await seen()).toEqual({ alarms: undefined, lines: [] })
  })

  it('says which ring, whom they tell, and where the dashboard is', async () => {
    await runs.deploy({ env: email })
    const dashboard =
      'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/whatsapp-otp-dev-us-east-1'
    const before = await seen()
    expect(before.alarms).toEqual({
      dashboard,
      count: alarmKeys.length,
      ringing: [],
      tells: { email: 'ops@example.com', confirmed: false },
    })
    expect(before.lines).toEqual([
      'Alarms     none of 12 rings; they tell nobody until ops@example.com follows the link in the mail from AWS Notifications',
      `Dashboard  ${dashboard}`,
    ])
    await confirm('ops@example.com')
    const { cloudwatch } = await clients()
    const AlarmName = names.alarm('dev', 'key-refused')
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'tried' }))
    const { lines } = await seen()
    expect(lines[0]).toBe('Alarms     1 of 12 rings; they tell ops@example.com')
    expect(lines[1]).toMatch(/^! whatsapp-otp\/dev\/key-refused, since .* UTC: The provider refuses the key/)
  })

  it.each([
    ['eu-central-1', 'https://eu-central-1.console.aws.amazon.com/'],
    ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
    ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
  ])('links to the console of the partition: %s', (region, console) => {
    const place = { stage: 'dev', account: '123456789012', region, partition: 'aws' }
    expect(dashboardAddress(place)).toContain(console)
  })
})

describe('with delivery reports', () => {
  it('their absence is an alarm, and their function is watched', async () => {
    const reports = { ...on, DELIVERY_WEBHOOK: 'true' }
    await runs.deploy({ env: on })
    await runs.deploy({ env: reports })
    const own = `alarm ${names.alarm('dev', 'no-reports')}`
    expect(made()).toContain(own)
    expect(JSON.stringify(await alarm('crashes'))).toContain('whatsapp-otp-dev-deliveryStatus')
    await runs.deploy({ env: { DELIVERY_WEBHOOK: 'false' } })
    expect(made()).toEqual(everything())
    expect(await changes({})).toEqual([])
  })
})

describe('whom they tell', () => {
  it('is an address of our topic, which has to confirm', async () => {
    await runs.deploy({ env: email })
    expect(made()).toEqual(everything(topic))
    expect(await alarm('conversion')).toMatchObject({ AlarmActions: [TopicArn], OKActions: [TopicArn] })
    expect(await subscribed()).toEqual([['ops@example.com', 'PendingConfirmation']])
    await confirm('ops@example.com')
    expect(await changes({})).toEqual([])
  })

  it('is asked again where the address has let the mail lie', async () => {
    await runs.deploy({ env: email })
    runs.sandbox.inside.subscriptionTokens()
    const { aws } = await runs.byHand()
    const { CreateTopicCommand, DeleteTopicCommand, ListTagsForResourceCommand } = await import(
      '@aws-sdk/client-sns'
    )
    const sns = await aws.sns()
    const { Tags } = await sns.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }))
    await sns.send(new DeleteTopicCommand({ TopicArn }))
    await sns.send(new CreateTopicCommand({ Name: names.alarmTopic('dev'), Tags }))
    expect(await changes({})).toEqual(['update alarm-topic subscription'])
    await runs.deploy()
    expect(await subscribed()).toHaveLength(1)
  })

  it('changes with the setting: the old address hears no more', async () => {
    await runs.deploy({ env: email })
    await confirm('ops@example.com')
    const env = { ALARM_EMAIL: 'night@example.com' }
    expect(await changes(env)).toContain('update alarm-topic email')
    await runs.deploy({ env })
    expect(await subscribed()).toEqual([['night@example.com', 'PendingConfirmation']])
    expect(await changes({})).toEqual([])
  })

  it('is not changed where that would take others off the topic: in words', async () => {
    await runs.deploy({ env: email })
    await confirm('ops@example.com')
    const { sns } = await clients()
    await sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'https', Endpoint: 'https://pager.example.com' }),
    )
    expect(await changes({})).toEqual([])
    const env = { ALARM_EMAIL: 'night@example.com' }
    await expect(runs.deploy({ env })).rejects.toMatchObject({
      code: 'REPLACE_REFUSED',
      why: expect.stringContaining('1 more'),
      next: [expect.stringContaining('aws sns unsubscribe')],
    })
    expect(await subscribed()).toHaveLength(2)
  })

  it('may be a topic of theirs, which is used and never touched', async () => {
    const theirs = 'arn:aws:sns:us-east-1:123456789012:theirs'
    await runs.deploy({ env: email })
    await runs.deploy({ env: { ALARM_EMAIL: 'none', ALARM_TOPIC_ARN: theirs } })
    expect(made()).toEqual(everything())
    expect(await alarm('slow')).toMatchObject({ AlarmActions: [theirs], OKActions: [theirs] })
    const { length } = runs.sandbox.calls
    expect(await runs.destroy()).toEqual([])
    const changed = runs.sandbox.calls.slice(length).filter((call) => call.service === 'sns' && call.ok)
    expect(changed).toEqual([])
  })

  it('is not named in two ways, nor elsewhere', async () => {
    const both = { ...email, ALARM_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:theirs' }
    await expect(runs.deploy({ env: both })).rejects.toMatchObject({ code: 'SETTINGS_CONFLICT' })
    const far = { ...on, ALARM_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:theirs' }
    await expect(runs.deploy({ env: far })).rejects.toMatchObject({ code: 'ALARM_TOPIC_ELSEWHERE' })
    for (const wrong of [
      { ALARM_EMAIL: 'nobody' },
      { ALARM_TOPIC_ARN: 'topic' },
      { ALARM_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:a.fifo' },
    ]) {
      await expect(runs.deploy({ env: { ...on, ...wrong } as Record<string, string> })).rejects.toMatchObject(
        { code: 'SETTING_INVALID' },
      )
    }
    expect(runs.sandbox.inventory()).toEqual([])
  })
})
