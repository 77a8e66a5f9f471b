// The policy of a stage that has everything: written as short as IAM takes it, enough all the same, and good for no other stage.
import { describe, expect, it } from 'vitest'
import { judge } from '../../src/sandbox/account/policy.ts'
import { deployPolicy } from '../../src/stage/policy/policies.ts'
import { policyLimit, printable, sizeOf } from '../../src/stage/policy/printable.ts'
import { Runs } from './runs.ts'

const on = {
  env: { DELIVERY_WEBHOOK: 'true', SMS_FALLBACK: 'true', ALARMS: 'true', ALARM_EMAIL: 'ops@example.org' },
}
const settings = { deliveryWebhook: true, smsFallback: true, alarms: true, alarmEmail: 'ops@example.org' }
const account = '123456789012'
const longest = 'a'.repeat(16)
const boundaryOf = (partition: string, region: string, stage: string) =>
  `arn:${partition}:iam::${account}:policy/whatsapp-otp-${stage}-${region}-boundary`

describe('the policy of a stage with everything', () => {
  it.each([
    ['ap-southeast-2', 'aws'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['cn-northwest-1', 'aws-cn'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('fits into a managed policy with the longest names: %s', (region, partition) => {
    const there = { stage: longest, account, region, partition }
    const whole = deployPolicy(there, boundaryOf(partition, region, longest), settings)
    expect(sizeOf(whole)).toBeGreaterThan(policyLimit)
    expect(sizeOf(printable(whole, longest))).toBeLessThanOrEqual(policyLimit)
  })

  it('is enough for its whole life, as short as it can be written', async () => {
    const runs = await Runs.start({ pageSize: 20 })
    try {
      const place = { stage: 'dev', account, region: 'us-east-1', partition: 'aws' }
      const whole = deployPolicy(place, undefined, settings)
      // Of four times the statements nothing but the last way makes less.
      const many = { ...whole, Statement: Array.from({ length: 4 }, () => whole.Statement).flat() }
      const short = printable(many, 'dev')
      expect(JSON.stringify(short)).toContain('arn:*:')
      runs.sandbox.setCallerPolicy(short)
      await runs.deploy(on)
      expect((await runs.plan()).plan.filter(({ action }) => action !== 'keep')).toEqual([])
      expect(await runs.verify()).toEqual([])
      await runs.deploy({ env: { OTP_LENGTH: '8', LOG_RETENTION_DAYS: '7' } })
      expect(await runs.destroy()).toEqual([])
      runs.sandbox.setCallerPolicy(undefined)
      expect(runs.sandbox.inventory()).toEqual([])
    } finally {
      await runs.close()
    }
  })

  it('allows as much as the long one, and nothing of another stage or region', () => {
    const there = { stage: longest, account, region: 'us-gov-west-1', partition: 'aws-us-gov' }
    const long = deployPolicy(there, boundaryOf(there.partition, there.region, longest), settings)
    const short = printable(long, longest)
    const actions = [...new Set(long.Statement.flatMap(({ Action }) => Action))]
    const own = [...new Set(long.Statement.flatMap(({ Resource }) => Resource))].filter(
      (arn) => !/[*?]/.test(arn),
    )
    const allows = (policy: typeof long, action: string, resource: string) =>
      judge([policy], undefined, action, resource, {}).verdict
    const others = [
      ...['b'.repeat(16), longest.slice(1), longest.slice(0, 14), `${longest.slice(0, 2)}-us-gov-west`].map(
        (stage) => (arn: string) => arn.replaceAll(longest, stage),
      ),
      (arn: string) => arn.replaceAll('us-gov-west-1', 'us-gov-east-1'),
    ]
    for (const action of actions) {
      for (const resource of own.filter((arn) => arn.split(':')[2] === action.split(':')[0])) {
        if (allows(long, action, resource) === 'allowed')
          expect(allows(short, action, resource)).toBe('allowed')
        for (const other of others) {
          const strange = other(resource)
          if (strange === resource) continue
          expect(allows(short, action, strange), `${action} on ${strange}`).toBe(
            allows(long, action, strange),
          )
        }
      }
    }
  })
})
