// The printed policies, judged by IAM engines of other people: enough for a whole life, and no way out of the stage.
import { join } from 'node:path'
import { AdminUpdateUserAttributesCommand } from '@aws-sdk/client-cognito-identity-provider'
import { GetRolePolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createClients } from '../../src/aws/clients.ts'
import { answerChallenge, signUp, startSignIn } from '../../src/aws/sign-in.ts'
import { arns, names, type Place, type Trigger, triggerNames } from '../../src/names.ts'
import { parseDocument } from '../../src/resources/role.ts'
import { Callers } from '../../src/sandbox/account/callers.ts'
import { type OpenSandbox, startOpenSandbox } from '../../src/sandbox/server.ts'
import type { PolicyDocument, PolicyStatement } from '../../src/stage/policy/printable.ts'
import { type Attempt, actionsOf, escalating, misusing, reachingOthers } from './attempts.ts'
import { engines, type Question, type Rights } from './policy-engines.ts'
import { root, run, type Start, temporaryFolder } from './program.ts'

const boundaryArn = 'arn:aws:iam::123456789012:policy/limit'
const place: Place = { stage: 'dev', account: '123456789012', region: 'us-east-1', partition: 'aws' }
/** So long that its policy has to be shortened. */
const longest: Place = { ...place, stage: 'longest-stage-no' }

let sandbox: OpenSandbox
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let start: Start
beforeAll(async () => {
  sandbox = await startOpenSandbox({ world: { smsPermission: 'sms-voice', tagOnCreate: 'tag-tagged' } })
  folder = await temporaryFolder()
  const everything = {
    SMS_FALLBACK: 'true',
    DELIVERY_WEBHOOK: 'true',
    ALARMS: 'true',
    ALARM_EMAIL: 'ops@example.org',
  }
  start = { env: { ...sandbox.env(), ...everything }, cwd: folder.path }
})
afterAll(async () => {
  await sandbox?.close()
  await folder?.remove()
})

/** Runs a command line of the built CLI that has to succeed, and gives what it prints. */
async function tool(line: string): Promise<string> {
  const words = [join(root, 'bin/whatsapp-otp.js'), ...line.split(' ')]
  const { status, stdout, stderr } = await run(process.execPath, words, start)
  if (status !== 0) throw new Error(`whatsapp-otp ${line}: exit ${status}\n${stderr}`)
  return stdout
}

const print = async ({ stage }: Place, flags = ''): Promise<PolicyDocument> =>
  JSON.parse(await tool(`policy --stage ${stage} ${flags}`.trim()))
const bounded = `--permissions-boundary ${boundaryArn}`

/** Those that an engine does not answer as they should be. */
async function wrong<Q extends Question>(engine: string, rights: Rights, questions: Q[], expected: boolean) {
  const verdicts = await engines[engine]!(rights, questions)
  expect(verdicts).toHaveLength(questions.length)
  return questions.filter((_, index) => verdicts[index] !== expected)
}

describe.each(Object.keys(engines))('by %s, the policy of a stage', (engine) => {
  it.each([
    ['', place, ''],
    [' with a boundary', place, bounded],
    [', shortened', longest, bounded],
  ])('reaches no other stage and no other pool%s', async (_, where, flags) => {
    const policy = await print(where, flags)
    if (where === longest) expect(JSON.stringify(policy)).toContain('??????')
    const attempts = reachingOthers(where, policy, flags ? boundaryArn : undefined)
    expect(attempts.length).toBeGreaterThan(500)
    expect((await wrong(engine, { policies: [policy] }, attempts, false)).map(({ what }) => what)).toEqual([])
  })

  it.each([
    ['', place, ''],
    [' with a boundary', place, bounded],
    [', shortened', longest, bounded],
  ])('cannot be misused%s', async (_, where, flags) => {
    const policy = await print(where, flags)
    const attempts = misusing(where)
    expect((await wrong(engine, { policies: [policy] }, attempts, false)).map(({ what }) => what)).toEqual([])
  })

  it('makes an administrator without a boundary, and none with one', async () => {
    const attempts = escalating(place)
    const unbounded = { policies: [await print(place)] }
    const open = attempts.filter(({ action }) => !action.endsWith('PermissionsBoundary'))
    expect(await wrong(engine, unbounded, open, true)).toEqual([])
    const limited = { policies: [await print(place, bounded)] }
    expect((await wrong(engine, limited, attempts, false)).map(({ what }) => what)).toEqual([])
  })

  it('lets a role that was filled with everything do no more than the functions of its stage do', async () => {
    const everything = { Effect: 'Allow' as const, Action: ['*'], Resource: ['*'] }
    const rights = {
      policies: [{ Version: '2012-10-17' as const, Statement: [everything] }],
      boundary: await print(place, '--boundary'),
    }
    const policy = await print(place, bounded)
    const attempts = [
      ...reachingOthers(place, policy, boundaryArn),
      ...misusing(place),
      ...escalating(place),
      ...reachingOthers(place, rights.boundary, boundaryArn),
    ].filter(({ action }) => !/^s(ns|ms)/.test(action))
    expect((await wrong(engine, rights, attempts, false)).map(({ what }) => what)).toEqual([])
  })
})

describe('each restriction of the policy', () => {
  /** The policy with one of its statements less strict. */
  function* widened(
    policy: PolicyDocument,
  ): Generator<{ what: string; actions: string[]; wide: PolicyDocument }> {
    for (const [index, statement] of policy.Statement.entries()) {
      const others = policy.Statement.filter((_, at) => at !== index)
      const wider = (what: string, more: PolicyStatement[]) => ({
        what: `${what} of ${statement.Effect} ${statement.Action[0]}`,
        actions: statement.Action,
        wide: { ...policy, Statement: [...others, ...more] },
      })
      if (statement.Effect === 'Deny') {
        yield wider('all', [])
        continue
      }
      const { Condition, ...free } = statement
      for (const operator of Object.keys(Condition ?? {})) {
        const { [operator]: _, ...rest } = Condition!
        yield wider(operator, [{ ...free, Condition: rest }])
      }
      const anywhere = statement.Resource.map((arn) =>
        arn.replace(/(role\/|function:|table\/|parameter\/|\/aws\/lambda\/)\S*/, '$1*'),
      )
      if (anywhere.some((arn, at) => arn !== statement.Resource[at]))
        yield wider('resources', [{ ...statement, Resource: [...new Set(anywhere)] }])
    }
  }

  it('stops one of these attempts at least', { timeout: 120_000 }, async () => {
    const policy = await print(place, bounded)
    const attempts: Attempt[] = [
      ...reachingOthers(place, policy, boundaryArn),
      ...misusing(place),
      ...escalating(place),
    ]
    const needless: string[] = []
    let count = 0
    for (const { what, actions, wide } of widened(policy)) {
      count++
      const near = attempts.filter(({ action }) => actions.includes(action))
      const stopped = await wrong('iam-simulate', { policies: [wide] }, near, false)
      if (stopped.length === 0) needless.push(what)
    }
    expect(count).toBeGreaterThan(9)
    expect(needless).toEqual([])
  })
})

describe('a whole life', () => {
  let asked: (Question & { role: string | undefined })[]
  const policies = new Map<Trigger, PolicyDocument>()
  const phone = '+15550100123'

  beforeAll(async () => {
    asked = []
    const authorize = Callers.prototype.authorize
    const spy = vi.spyOn(Callers.prototype, 'authorize').mockImplementation(function (
      this: Callers,
      ...call
    ) {
      const [caller, action, resource, context = {}] = call
      const known = Object.entries(context).map(([key, value]) => [
        key,
        Array.isArray(value) ? [...value] : value,
      ])
      asked.push({ role: caller.roleName, action, resource, context: Object.fromEntries(known) })
      return authorize.apply(this, call)
    })
    const outputs = JSON.parse(await tool('deploy --stage dev --json')).outputs
    await signIn(outputs.signupClientId, outputs.userPoolId)
    const { iam } = createClients({ env: sandbox.env(), region: sandbox.region })
    const aside = asked.length
    for (const trigger of triggerNames) {
      const RoleName = names.role('dev', 'us-east-1', trigger)
      const found = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: names.rolePolicy }))
      policies.set(trigger, parseDocument(found.PolicyDocument) as PolicyDocument)
    }
    asked.length = aside
    for (const line of [
      'deploy --stage dev --otp-expiry-minutes 9 --log-retention-days 7',
      'status --stage dev',
    ]) {
      await tool(line)
    }
    await tool('logs --stage dev')
    await tool('stages')
    await tool(`test-send ${phone} --stage dev --yes`)
    await tool('destroy --stage dev --yes')
    spy.mockRestore()
  }, 120_000)

  /**
   * Over WhatsApp and over SMS, through every function and all that it may do: the first proof takes what a stranger
   * has written, and then a number that somebody else has only signed up.
   */
  async function signIn(clientId: string, pool: string): Promise<void> {
    const { cognito } = createClients({ env: sandbox.env(), region: sandbox.region })
    const client = { clientId }
    const next = '+15550100124'
    for (const one of [phone, next]) await signUp(cognito, client, one)
    const aside = asked.length
    const planted = { Username: phone, UserAttributes: [{ Name: 'name', Value: 'Mallory' }] }
    await cognito.send(new AdminUpdateUserAttributesCommand({ UserPoolId: pool, ...planted }))
    asked.length = aside
    let round = await startSignIn(cognito, client, phone)
    sandbox.clock.advance(61_000)
    if (round.kind === 'challenge')
      round = await answerChallenge(cognito, client, round, 'resend', { action: 'resend', channel: 'sms' })
    const change = { action: 'change_number', phoneNumber: next }
    for (const [to, metadata] of [[phone, change], [next]] as const) {
      const code = sandbox.inbox.list(to).at(-1)?.code ?? ''
      if (round.kind === 'challenge') round = await answerChallenge(cognito, client, round, code, metadata)
    }
    expect(round.kind).toBe('tokens')
  }

  /** What is a number to Amazon SNS is no resource that is known by its name. */
  const isNamed = ({ resource }: Question) => resource === '*' || resource.startsWith('arn:')

  it.each(Object.keys(engines))('is allowed by the policy, says %s', async (engine) => {
    const calls = asked.filter(({ role }) => role === undefined)
    const policy = await print(place)
    expect(new Set(calls.map(({ action }) => action)).size).toBeGreaterThan(40)
    expect(await wrong(engine, { policies: [policy] }, calls, true)).toEqual([])
    expect(actionsOf(policy).length).toBeGreaterThan(40)
  })

  it.each(Object.keys(engines))(
    'of the functions is allowed within the boundary, says %s',
    async (engine) => {
      const boundary = await print(place, '--boundary')
      const logging = ['logs:CreateLogStream', 'logs:PutLogEvents']
      for (const trigger of triggerNames) {
        const role = names.role('dev', 'us-east-1', trigger)
        const calls: Question[] = asked.filter((call) => call.role === role)
        // What a function prints is written by Lambda, with the function's rights.
        const stream = `${arns.logGroup(place, trigger)}:log-stream:2026/11/27/[$LATEST]0`
        calls.push(...logging.map((action) => ({ action, resource: stream })))
        const known = calls.filter((call) => engine !== 'iam-simulate' || isNamed(call))
        expect(await wrong(engine, { policies: [policies.get(trigger)!], boundary }, known, true)).toEqual([])
      }
      const actions = asked.filter(({ role }) => role).map(({ action }) => action)
      // Lambda empties the queue in the name of the function that it feeds.
      const feeding = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']
      const former = 'ssm:GetParameter'
      // Capital letters do not count, and SQS leaves them out.
      const small = (all: string[]) => new Set(all.map((action) => action.toLowerCase()))
      expect(small([...actions, ...logging, ...feeding, former])).toEqual(small(actionsOf(boundary)))
    },
  )
})
