// That each function may do what it needs and nothing else: every permission is taken away once, and missed.
import { GetRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arns, names, type Trigger, triggerNames } from '../../src/names.ts'
import { parseDocument } from '../../src/resources/role.ts'
import { healthy, observe } from './observation.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

interface Statement {
  Sid: string
  Effect: 'Allow' | 'Deny'
  Action: string[]
  Resource: string | string[]
}

let stage: Stage
const policies = new Map<Trigger, Statement[]>()
const target = (trigger: Trigger) => ({
  RoleName: names.role(stage.aws.place.stage, stage.aws.place.region, trigger),
  PolicyName: names.rolePolicy,
})

beforeAll(async () => {
  stage = await Stage.open({ SMS_FALLBACK: 'true' }, { takenSignUp: 'asked' })
  // Where a text message takes both of its permissions.
  stage.sandbox.inside.world.unsettled.smsPermission = 'sms-voice'
  for (const trigger of triggerNames) {
    const { PolicyDocument } = await stage.aws.iam.send(new GetRolePolicyCommand(target(trigger)))
    policies.set(trigger, (parseDocument(PolicyDocument) as { Statement: Statement[] }).Statement)
  }
})
afterAll(() => stage?.close())

async function putPolicy(trigger: Trigger, statements: Statement[]): Promise<void> {
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  await stage.aws.iam.send(new PutRolePolicyCommand({ ...target(trigger), PolicyDocument }))
}

describe.each(triggerNames)('the role of %s', (trigger) => {
  it('is enough', async () => {
    expect(await observe(stage, trigger)).toEqual(healthy(trigger))
  })

  it('has no action that nobody would miss', async () => {
    const statements = policies.get(trigger)!
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow')
    expect(allowed.length).toBeGreaterThan(0)
    const missed: string[] = []
    for (const statement of allowed) {
      for (const action of statement.Action) {
        const others = statement.Action.filter((other) => other !== action)
        const rest = statements.flatMap((one) =>
          one !== statement ? [one] : others.length > 0 ? [{ ...one, Action: others }] : [],
        )
        await putPolicy(trigger, rest)
        const observed = await observe(stage, trigger)
        if (JSON.stringify(observed) !== JSON.stringify(healthy(trigger))) missed.push(action)
      }
    }
    await putPolicy(trigger, statements)
    expect(missed).toEqual(allowed.flatMap(({ Action }) => Action))
  })

  it('names exact resources of this stage (62)', () => {
    for (const { Sid, Resource } of policies.get(trigger)!) {
      if (Sid === 'SendSms' || Sid === 'NoTopics') continue
      for (const arn of [Resource].flat()) {
        expect(arn).toMatch(/^arn:aws:[a-z-]+:us-east-1:123456789012:\S+$/)
        expect(arn.replace(/:\*$/, '')).not.toContain('*')
      }
    }
  })
})

it('lets the function that may send SMS publish to no topic', () => {
  const { place } = stage.aws
  const role = stage.sandbox.inside.findRole(arns.role(place, 'createAuthChallenge'))
  expect(role?.allows('sns:Publish', '+12125550142')).toBe(true)
  expect(role?.allows('sns:Publish', 'arn:aws:sns:us-east-1:123456789012:alerts')).toBe(false)
})

keepsItsSecrets(() => stage)
