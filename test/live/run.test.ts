// `npm run live` as its user meets it: what it asks, shows and writes, how it ends, and what it never touches.

import { setImmediate } from 'node:timers/promises'
import { CreateRoleCommand } from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assumptions } from '../../src/assumptions.ts'
import { connect } from '../../src/aws/account.ts'
import { openGate } from '../../src/live/scene/things.ts'
import { tagsOf } from '../../src/names.ts'
import { Account, phone } from './live.ts'

let account: Account
beforeEach(async () => {
  account = await Account.start()
})
afterEach(() => account?.close())

const kinds = () => account.sandbox.inventory().map(({ kind, name }) => `${kind} ${name}`)
/** Calls that change something, by whoever is no function. */
const changes = () =>
  account.sandbox.calls
    .filter(
      ({ caller, operation }) => !caller.roleName && !/^(Get|List|Describe|Filter|Admin)/.test(operation),
    )
    .map(({ operation }) => operation)
/** What the caller may not do; AWS names caller, action and resource in its refusal. */
const deny = (Action: string, Resource: string) =>
  account.sandbox.setCallerPolicy({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action, Resource },
    ],
  })
/** Waits for a text on the screen. */
const shown = async (screen: { all(): string }, text: string) => {
  while (!screen.all().includes(text)) await setImmediate()
}

describe('a whole run', () => {
  it('settles everything, lives a stage with a sign-in, and leaves nothing', async () => {
    const { code, stdout, stderr, report, markdown } = await account.live(`--phone ${phone} --sms`, {
      answers: [
        ['Begin?', () => 'y\r'],
        ['Code (or', () => `${account.code()}\r`],
      ],
    })
    expect([code, kinds()], stderr).toEqual([0, []])
    const settled = report!.findings.filter(({ way }) => way !== undefined).map(({ matter }) => matter)
    expect(settled.sort()).toEqual(assumptions.map(({ id }) => id).sort())
    expect(report!.stage).toEqual({
      did: [
        expect.stringMatching(/^deployed \d+ resources in .* the check at its end passed$/),
        'read again, it is as it was deployed',
        'signed a user up',
        'a challenge with the status «sent» by whatsapp',
        'signed in after 1 answer; the first tokens say phone_number_verified true',
      ],
    })
    expect(report!.proof).toHaveLength(2)
    // Nobody is to take it for a report of AWS.
    expect(report!.emulator).toBe(true)
    expect(markdown).toMatch(/^# whatsapp-otp on an emulator/)
    expect(stdout).toBe(
      `settled ${settled.length} of ${settled.length} matters\nother than assumed: nothing\n`,
    )
    expect(stderr).toContain('account 123456789012 · us-east-1 · stage live-x7k2')
    expect(stderr).toMatch(/At most \d+ US cents of AWS/)
    expect(markdown).toContain('Everything that was settled is as it is assumed.')
  })

  it('writes nothing that names anybody: no account, number, key, id or token', async () => {
    deny('iam:CreateRole', '*-echo')
    const { report, markdown } = await account.live(`--yes --phone ${phone} --sms`)
    const text = JSON.stringify(report) + markdown
    const { env } = account.sandbox
    for (const secret of [
      '123456789012',
      phone.slice(1),
      env().SENDZEN_API_KEY!,
      'us-east-1_',
      'arn:aws',
      'eyJ',
    ]) {
      expect(text).not.toContain(secret)
    }
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|\+\d|\d{9,}(?!Z)/)
    expect(report!.account).toBe('…9012')
  })

  it('says what it leaves out, and settles the rest without a key, a number or a terminal', async () => {
    const env = { SENDZEN_API_KEY: undefined, WHATSAPP_FROM: undefined }
    const { code, report, stderr } = await account.live('--yes', { env })
    expect([code, kinds()]).toEqual([0, []])
    expect(report!.stage).toEqual({ did: [], leftOut: 'Missing: SENDZEN_API_KEY, WHATSAPP_FROM' })
    const open = report!.findings.filter(({ way }) => way === undefined)
    expect(open.map(({ matter, why }) => `${matter}: ${why}`).sort()).toEqual([
      'sendzenRecipient: Missing: SENDZEN_API_KEY, WHATSAPP_FROM',
      'sendzenStatus: Missing: SENDZEN_API_KEY, WHATSAPP_FROM',
      'smsPermission: no text message is sent without --sms and --phone',
    ])
    for (const { matter, why } of open) expect(stderr).toContain(`Left out: ${matter}: ${why}`)
    expect(account.sandbox.inbox.list()).toEqual([])
  })

  it('deploys the stage in the tier that the account takes', async () => {
    await account.close()
    account = await Account.start({ liteTriggers: 'refused' })
    const { code, report, markdown } = await account.live('--yes --only liteTriggers --only stage')
    expect([code, kinds()]).toEqual([0, []])
    expect(report!.stage.did[0]).toMatch(/^deployed/)
    expect(markdown).toContain('Other than assumed: `liteTriggers=refused`.')
  })
})

describe('before it makes anything', () => {
  it('asks, and takes no for an answer', async () => {
    const { code, report } = await account.live('', { answers: [['Begin?', () => 'n\r']] })
    expect([code, report, changes()]).toEqual([3, undefined, []])
  })

  it('wants --yes where nobody can be asked', async () => {
    const { code, stderr } = await account.live('')
    expect([code, changes()]).toEqual([3, []])
    expect(stderr).toContain('pass --yes')
  })

  it('refuses a name that anything bears already', async () => {
    await makeRoleOfStage()
    account.sandbox.calls.length = 0
    const { code, stderr } = await account.live('--yes --only stage')
    expect([code, changes()], stderr).toEqual([3, []])
    expect(stderr).toContain('There is something of the name «live-x7k2» already')
    expect(kinds()).toEqual(['role whatsapp-otp-live-x7k2-us-east-1-preSignUp'])
  })

  it.each([
    ['--nonsense', 3, 'Unknown option'],
    ['--only nonsense', 3, 'There is no matter «nonsense»'],
    ['--phone 0151', 3, 'not an international phone number'],
  ])('says what is wrong with %s', async (line, wanted, says) => {
    const { code, stderr } = await account.live(`${line} --yes`)
    expect([code, changes()]).toEqual([wanted, []])
    expect(stderr).toContain(says)
  })

  it('says that there are no credentials', async () => {
    const env = {
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_EC2_METADATA_DISABLED: 'true',
    }
    expect((await account.live('--yes', { env })).code).toBe(4)
  })
})

describe('whatever happens', () => {
  it.each(['Settle poolTags', 'Settle rounds', '✓ user pool client'])(
    'Ctrl-C at «%s» leaves nothing',
    async (text) => {
      const { code, report, stderr } = await account.live('--yes', {
        during: async ({ stderr, signals }) => {
          await shown(stderr, text)
          signals.emit('SIGINT')
        },
      })
      expect([code, kinds()], stderr).toEqual([130, []])
      expect(report!.ended).toBe('by Ctrl-C')
      if (text.startsWith('Settle')) expect(stderr).not.toContain('Check SendZen')
      expect(stderr).toContain('what was made is removed now')
    },
  )

  it('a second Ctrl-C leaves at once, with the commands for what is left', async () => {
    const { stderr } = await account.live('--yes --only rounds', {
      during: async ({ stderr, signals }) => {
        await shown(stderr, '✓ Settle rounds')
        signals.emit('SIGINT')
        signals.emit('SIGINT')
      },
    })
    expect(stderr).toContain('left: function whatsapp-otp-live-x7k2-echo\n  aws lambda delete-function')
  })

  it('what cannot be removed is told with its command, and the rest goes', async () => {
    deny('lambda:DeleteFunction', '*')
    const { code, stderr, report } = await account.live('--yes --only rounds')
    expect([code, kinds()]).toEqual([1, ['function whatsapp-otp-live-x7k2-echo']])
    expect(report!.leftovers).toMatchObject([{ what: 'function', id: 'whatsapp-otp-live-x7k2-echo' }])
    expect(stderr).toContain('aws lambda delete-function --function-name whatsapp-otp-live-x7k2-echo')
  })

  it('names a pool that is left on the screen alone', async () => {
    deny('cognito-idp:DeleteUserPool', '*')
    const { code, stderr, report, markdown } = await account.live('--yes --only poolTags')
    expect([code, kinds()]).toEqual([1, [expect.stringMatching(/^user pool /)]])
    expect(stderr).toMatch(/aws cognito-idp delete-user-pool --user-pool-id us-east-1_\w+/)
    expect(report!.leftovers).toHaveLength(1)
    expect(JSON.stringify(report) + markdown).not.toContain('us-east-1_')
  })

  it('a pool whose making got no answer is found and removed', async () => {
    account.sandbox.faults.add({ service: 'cognito-idp', operation: 'CreateUserPool', kind: 'fail-after' })
    const { code, report } = await account.live('--yes --only poolTags')
    expect([code, kinds()]).toEqual([0, []])
    expect(report!.findings[0]!.why).toContain('no connection to AWS')
  })

  it('a stage that somebody makes meanwhile stays his, although it bears the name', async () => {
    let made: Promise<void> | undefined
    account.sandbox.inside.aroundInvoke(async (request, next) => {
      made ??= makeRoleOfStage()
      await made
      return next(request)
    })
    const { code, report } = await account.live('--yes --only rounds --only stage')
    expect([code, kinds()]).toEqual([1, ['role whatsapp-otp-live-x7k2-us-east-1-preSignUp']])
    expect(report!.stage.failed).toContain('There is something of the name')
  })

  it('what belongs to others stays, even under its own names', async () => {
    const aws = await byHand()
    await aws.iam.send(
      new CreateRoleCommand({
        RoleName: 'whatsapp-otp-live-x7k2-echo',
        AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [] }),
        Tags: [{ Key: 'whatsapp-otp:live', Value: 'of another run' }],
      }),
    )
    const { report } = await account.live('--yes --only rounds')
    expect(report!.findings[0]!.why).toContain('EntityAlreadyExists')
    expect(kinds()).toEqual(['role whatsapp-otp-live-x7k2-echo'])
  })
})

/** A role of the throw-away stage, as another run of the tool would make it. */
async function makeRoleOfStage() {
  const aws = await byHand()
  await aws.iam.send(
    new CreateRoleCommand({
      RoleName: 'whatsapp-otp-live-x7k2-us-east-1-preSignUp',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [] }),
      Tags: Object.entries(tagsOf('live-x7k2')).map(([Key, Value]) => ({ Key, Value })),
    }),
  )
}

async function byHand() {
  const aws = await connect({ env: account.sandbox.env(), stage: 'none', region: 'us-east-1' })
  openGate(aws)
  return aws
}
