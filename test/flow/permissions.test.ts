// That each function may do what it needs and nothing else: every permission is taken away once, and missed.
import { GetRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arns, names, type Trigger, triggerNames } from '../../src/names.ts'
import { parseDocument } from '../../src/resources/role.ts'
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
  stage = await Stage.open({ SMS_FALLBACK: 'true' })
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

/** Whether a new user can sign up and in, over WhatsApp and over SMS, and what is known of it afterwards. */
async function observe(trigger: Trigger) {
  const { app } = stage
  const linesBefore = (await stage.evidence.lines(trigger)).length
  // A process that has not yet read the secrets, nor opened its log stream.
  await stage.restart(trigger)
  const phone = await app.signUp()
  const asked = await app.start(phone)
  const done = await app.answer(asked, app.messages(phone).at(-1)?.code ?? '000000')
  const purpose = (await stage.attributesOf(phone))['custom:auth_purpose']
  // By SMS from the only function that sends.
  const another = trigger === 'createAuthChallenge' ? await app.start(await app.signUp()) : undefined
  stage.clock.advance(61_000)
  const bySms = another && (await app.resend(another, { channel: 'sms' })).parameters
  return {
    signedIn: done.kind === 'tokens',
    purpose,
    bySms: bySms && `${bySms.channel} ${bySms.status}`,
    logged: (await stage.evidence.lines(trigger)).length > linesBefore,
  }
}

const healthy = (trigger: Trigger) => ({
  signedIn: true,
  purpose: 'signup',
  bySms: trigger === 'createAuthChallenge' ? 'sms sent' : undefined,
  logged: true,
})

describe.each(triggerNames)('the role of %s', (trigger) => {
  it('is enough', async () => {
    expect(await observe(trigger)).toEqual(healthy(trigger))
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
        const observed = await observe(trigger)
        if (JSON.stringify(observed) !== JSON.stringify(healthy(trigger))) missed.push(action)
      }
    }
    await putPolicy(trigger, statements)
    // Missed only in a world where SNS asks for it.
    const needed = allowed
      .flatMap(({ Action }) => Action)
      .filter((action) => !action.startsWith('sms-voice:'))
    expect(missed).toEqual(needed)
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

it('lets the function send text messages where SNS asks for that permission besides', async () => {
  const { world } = stage.sandbox.inside
  const statements = policies.get('createAuthChallenge')!
  const sends = async () => (await observe('createAuthChallenge')).bySms
  world.unsettled.smsPermission = 'sms-voice'
  try {
    expect(await sends()).toBe('sms sent')
    await putPolicy(
      'createAuthChallenge',
      statements.map((one) => (one.Sid === 'SendSms' ? { ...one, Action: ['sns:Publish'] } : one)),
    )
    expect(await sends()).not.toBe('sms sent')
  } finally {
    world.unsettled.smsPermission = 'sns'
    await putPolicy('createAuthChallenge', statements)
  }
})

it('lets the function that may send SMS publish to no topic', () => {
  const { place } = stage.aws
  const role = stage.sandbox.inside.findRole(arns.role(place, 'createAuthChallenge'))
  expect(role?.allows('sns:Publish', '+12125550142')).toBe(true)
  expect(role?.allows('sns:Publish', 'arn:aws:sns:us-east-1:123456789012:alerts')).toBe(false)
})

keepsItsSecrets(() => stage)
