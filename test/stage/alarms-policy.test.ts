// What the policy of a stage has for its alarms: enough for their life, nothing that could be missing, and no other stage's.
import {
  DeleteAlarmsCommand,
  GetDashboardCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch'
import { DeleteTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns'
import { describe, expect, it } from 'vitest'
import { names } from '../../src/names.ts'
import { judge } from '../../src/sandbox/account/policy.ts'
import { boundaryPolicy, deployPolicy } from '../../src/stage/policy/policies.ts'
import { type PolicyDocument, policyLimit, printable, sizeOf } from '../../src/stage/policy/printable.ts'
import { lessened, needless } from './lessened.ts'
import { Runs } from './runs.ts'

const place = { stage: 'dev', account: '123456789012', region: 'us-east-1', partition: 'aws' }
const settings = { alarms: true, alarmEmail: 'ops@example.com' }
const whole = deployPolicy(place, undefined, settings)
const isOfAlarms = (action: string) => /^(cloudwatch|sns):/.test(action)
const env = { ALARMS: 'true', ALARM_EMAIL: 'ops@example.com' }

/** The whole life of the alarms under one policy; throws where it does not suffice. */
async function live(runs: Runs, policy: PolicyDocument): Promise<void> {
  runs.sandbox.setCallerPolicy(policy)
  await runs.deploy({ env })
  runs.sandbox.setCallerPolicy(undefined)
  const { aws } = await runs.byHand()
  const cloudwatch = await aws.cloudwatch()
  const DashboardName = names.dashboard('dev', 'us-east-1')
  const found = await cloudwatch.send(new GetDashboardCommand({ DashboardName }))
  const DashboardBody = found.DashboardBody!.replace('Codes', 'Our codes')
  await cloudwatch.send(new PutDashboardCommand({ DashboardName, DashboardBody }))
  await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [names.alarm('dev', 'slow')] }))
  runs.sandbox.setCallerPolicy(policy)
  await runs.deploy({ env: { POOL_SENDS_PER_HOUR: '300', ALARM_EMAIL: 'night@example.com' } })
  await runs.deploy({ env: { ALARMS: 'false' } })
  expect(
    runs.sandbox.inventory().filter(({ kind }) => ['alarm', 'dashboard', 'topic'].includes(kind)),
  ).toEqual([])
  await runs.deploy({ env })
  expect(await runs.destroy()).toEqual([])
}

describe('the policy of a stage with alarms', () => {
  it('fits into a managed policy with the longest names and a boundary', () => {
    const there = { ...place, stage: 'a'.repeat(16), region: 'ap-southeast-2' }
    const boundary = `arn:aws:iam::123456789012:policy/whatsapp-otp-${there.stage}-${there.region}-boundary`
    const size = sizeOf(printable(deployPolicy(there, boundary, settings), there.stage))
    process.stdout.write(`policy with alarms: ${size} of ${policyLimit} characters\n`)
    expect(size).toBeLessThanOrEqual(policyLimit)
    expect(sizeOf(boundaryPolicy(there, { smsFallback: true }))).toBeLessThanOrEqual(policyLimit)
  })

  it('allows the same of other stages, and no less of this one, where it had to be shortened', () => {
    const there = { ...place, stage: 'a'.repeat(16), region: 'ap-southeast-2' }
    const boundary = `arn:aws:iam::123456789012:policy/whatsapp-otp-${there.stage}-${there.region}-boundary`
    const long = deployPolicy(there, boundary, settings)
    const short = printable(long, there.stage)
    expect(short.Statement.length).toBeLessThan(long.Statement.length)
    const actions = [...new Set(long.Statement.flatMap(({ Action }) => Action))]
    const own = [...new Set(long.Statement.flatMap(({ Resource }) => Resource))].filter(
      (arn) => !/[*?]/.test(arn),
    )
    const strange = own.map((arn) => arn.replace(there.stage, 'b'.repeat(16)))
    for (const action of actions) {
      const [service = ''] = action.split(':')
      for (const resource of [...own, ...strange].filter((arn) => arn.split(':')[2] === service)) {
        const [one, other] = [long, short].map(
          (policy) => judge([policy], undefined, action, resource, {}).verdict,
        )
        // Of its own parameters a shortened one may name all.
        const isWider = one !== 'allowed' && resource.includes(`/whatsapp-otp-functions/${there.stage}/`)
        if (!isWider) expect(other, `${action} on ${resource}`).toBe(one)
      }
    }
  })

  it('is enough for them, and asks for nothing of them where they are off', async () => {
    const runs = await Runs.start({ pageSize: 20 })
    await live(runs, whole)
    expect(
      deployPolicy(place)
        .Statement.flatMap(({ Action }) => Action)
        .filter(isOfAlarms),
    ).toEqual([])
    // Without a right to see alarms there are none, where none are recorded.
    runs.sandbox.setCallerPolicy(deployPolicy(place))
    await runs.deploy()
    expect(await runs.destroy()).toEqual([])
    await runs.close()
  })

  it('has nothing for them that could be missing', { timeout: 120_000 }, async () => {
    const all = lessened(whole, (one, part) => part === 'Action' && isOfAlarms(one))
    expect(all.length).toBeGreaterThan(12)
    expect(await needless(all, { pageSize: 20 }, live)).toEqual([])
  })

  it('reaches no alarm, topic or dashboard of another stage', async () => {
    const runs = await Runs.start({ pageSize: 20 })
    await runs.deploy({ stage: 'dev-2', env })
    const { aws } = await runs.byHand({ stage: 'dev-2' })
    const [cloudwatch, sns] = await Promise.all([aws.cloudwatch(), aws.sns()])
    runs.sandbox.setCallerPolicy(whole)
    const TopicArn = `arn:aws:sns:us-east-1:123456789012:${names.alarmTopic('dev-2')}`
    const denied = expect.objectContaining({ name: expect.stringMatching(/AccessDenied|AuthorizationError/) })
    for (const call of [
      () => cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [names.alarm('dev-2', 'slow')] })),
      () =>
        cloudwatch.send(
          new PutMetricAlarmCommand({
            AlarmName: names.alarm('dev-2', 'slow'),
            ComparisonOperator: 'GreaterThanThreshold',
            EvaluationPeriods: 1,
          }),
        ),
      () =>
        cloudwatch.send(new GetDashboardCommand({ DashboardName: names.dashboard('dev-2', 'us-east-1') })),
      () =>
        cloudwatch.send(
          new PutDashboardCommand({ DashboardName: 'theirs', DashboardBody: '{"widgets":[]}' }),
        ),
      () => sns.send(new DeleteTopicCommand({ TopicArn })),
      () => sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'thief@example.com' })),
    ]) {
      await expect(call(), String(call)).rejects.toEqual(denied)
    }
    await runs.close()
  })
})
