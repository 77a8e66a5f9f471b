// AWS's own service models as a witness: every call of a whole life, and every answer of the sandbox, fits them.
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Aws, createClients } from '../../src/aws/clients.ts'
import type { OpenSandbox } from '../../src/sandbox/server.ts'
import { signIn } from '../cli/scene.ts'
import { Terminal } from '../cli/terminal.ts'
import { makeFormer } from '../resources/former.ts'
import { programs } from './program.ts'
import { type Entry, startTranscript, type Transcript } from './transcript.ts'

interface Verdict {
  botocore: string
  /** How often each was called. */
  operations: Record<string, number>
  /** What does not fit, and how often. */
  complaints: Record<string, number>
  /** Patterns that the witness cannot read and that judge nothing. */
  unreadPatterns: string[]
}

/** Where AWS itself answers what its models do not have. */
const beyond: Record<string, RegExp> = {
  'the name of a custom attribute begins with custom: in answers':
    /SchemaAttributes\[\]\.Name: \d+ characters/,
  'a table that was never scaled down has 0 decreases': /NumberOfDecreasesToday: 0 {2}are less/,
  'no tags are an empty map': /ListTagsForResource answer\.tags: 0 members/,
  'SQS leaves the lack of a text, which opens its connection, out of its model':
    /SendMessage answer: the error «MissingRequiredParameterException»/,
  'no invalid parameter is an empty list': /InvalidParameters: 0 members/,
}

let terminal: Terminal
let transcript: Transcript
beforeAll(async () => {
  terminal = await Terminal.start()
  transcript = await startTranscript(terminal.sandbox.endpoint)
  // Functions are told where AWS is when they start: their calls are written down, too.
  ;(terminal.sandbox as OpenSandbox).inside.world.endpoint = transcript.endpoint
})
afterAll(async () => {
  await terminal.close()
  await transcript.close()
})

/** Of AWS: SendZen and the sandbox's own pages pass through as well. */
const isOfAws = ({ url, headers }: Entry) =>
  headers['x-amz-target'] !== undefined ||
  String(headers.authorization).startsWith('AWS4-') ||
  url.startsWith('/20')

async function well(line: string, env: Record<string, string> = {}): Promise<void> {
  const { code, stderr } = await terminal.run(line, { env })
  expect([line, code, code === 0 ? '' : stderr]).toEqual([line, 0, ''])
}

async function ask(entries: Entry[]): Promise<Verdict> {
  const witness = spawn(programs.python, [`${import.meta.dirname}/witness.py`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  witness.stdin.end(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
  return JSON.parse(await text(witness.stdout)) as Verdict
}

it('fit every call and every answer', { timeout: 240_000 }, async () => {
  const { env, region } = { env: terminal.sandbox.env(), region: terminal.sandbox.region }
  const clients = createClients({ env, region })
  const phone = '+15550100001'
  const logGroupName = '/aws/lambda/whatsapp-otp-dev-preSignUp'
  await clients.logs.send(new CreateLogGroupCommand({ logGroupName }))
  const lines = [
    'stages',
    'deploy --adopt --yes',
    'deploy',
    'deploy --otp-length 8 --log-retention-days 7 --countries US,DE --yes',
    `test-send ${phone}`,
    'status',
    'doctor',
    'stages',
    'rotate-key --master',
    'outputs',
  ]
  for (const line of lines) await well(line)
  const place = { stage: 'dev', account: terminal.sandbox.account, region, partition: 'aws' }
  await makeFormer({ ...clients, place, clock: terminal.clock } as Aws)
  await well('deploy --yes', {
    USER_POOL_TIER: 'ESSENTIALS',
    SMS_FALLBACK: 'true',
    DELIVERY_WEBHOOK: 'true',
    ALARMS: 'true',
    ALARM_EMAIL: 'ops@example.org',
    DELETION_PROTECTION: 'true',
    OTP_EXPIRY_MINUTES: '9',
  })
  expect((await signIn(terminal, phone)).code).toBe(0)
  for (const line of [`users show ${phone}`, `users reset ${phone} --yes`, 'logs']) await well(line)
  await well('destroy --yes --stage dev --lift-protection')
  const verdict = await ask(transcript.entries.filter(isOfAws))
  const count = Object.values(verdict.operations).reduce((sum, one) => sum + one, 0)
  const complaints = Object.keys(verdict.complaints)
  const isKnown = (complaint: string) => Object.values(beyond).some((known) => known.test(complaint))
  process.stdout.write(
    `models: ${count} calls of ${Object.keys(verdict.operations).length} operations fit botocore ${verdict.botocore}\n`,
  )
  expect(complaints.filter((complaint) => !isKnown(complaint))).toEqual([])
  // One that is gone is no exception any more.
  for (const [why, known] of Object.entries(beyond)) {
    expect(
      complaints.filter((complaint) => known.test(complaint)),
      why,
    ).not.toEqual([])
  }
  expect(verdict.unreadPatterns).toEqual([])
  expect(Object.keys(verdict.operations).length).toBeGreaterThan(50)
})

it('would see a member that there is not, one that is missing, and a value out of bounds', async () => {
  const of = (target: string) =>
    transcript.entries.find(({ headers, status }) => headers['x-amz-target'] === target && status === 200)!
  const changed = (
    entry: Entry,
    part: 'body' | 'answer',
    change: (value: Record<string, unknown>) => object,
  ) => {
    const value = JSON.parse(Buffer.from(entry[part], 'base64').toString()) as Record<string, unknown>
    return { ...entry, [part]: Buffer.from(JSON.stringify(change(value))).toString('base64') }
  }
  const put = of('AmazonSSM.PutParameter')
  const describe = of('AWSCognitoIdentityProviderService.DescribeUserPool')
  const { complaints } = await ask([
    changed(put, 'body', (value) => ({ ...value, Nmae: 'x' })),
    changed(put, 'body', ({ Value: _, ...value }) => value),
    changed(put, 'body', (value) => ({ ...value, Type: 'Secret' })),
    changed(put, 'answer', (value) => ({ ...value, Version: 'one' })),
    changed(describe, 'answer', ({ UserPool }) => ({ UserPool: { ...(UserPool as object), Nmae: 'x' } })),
    { ...put, status: 400, answer: Buffer.from('{"__type":"NoSuchError"}').toString('base64') },
  ])
  expect(Object.keys(complaints).filter((one) => !/SchemaAttributes/.test(one))).toEqual([
    'ssm.PutParameter request.Nmae: is no member',
    'ssm.PutParameter request.Value: is required',
    'ssm.PutParameter request.Type: «Secret» is none of its values',
    'ssm.PutParameter answer.Version: is no whole number but str',
    'cognito-idp.DescribeUserPool answer.UserPool.Nmae: is no member',
    'ssm.PutParameter answer: the error «NoSuchError» is none of the operation',
  ])
})
