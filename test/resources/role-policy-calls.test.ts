// What each function may do, exactly, and what is asked of IAM for it.
import { describe, expect, it } from 'vitest'
import { names, type Trigger, triggerNames } from '../../src/names.ts'
import { rolePolicy } from '../../src/resources/role-policy.ts'
import { awsError, fakeAws, place, settings } from './fake-aws.ts'

const poolId = 'us-east-1_Pool'
const wanted = (
  trigger: Trigger,
  changes: Partial<typeof settings> = {},
  userPoolId: string | undefined = poolId,
) =>
  rolePolicy(place, trigger).want({ place, settings: { ...settings, ...changes } } as never, { userPoolId })
const gone = () => {
  throw awsError('NoSuchEntityException')
}

const root = 'us-east-1:123456789012'
const log = (trigger: Trigger) => ({
  Sid: 'Log',
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: `arn:aws:logs:${root}:log-group:/aws/lambda/whatsapp-otp-dev-${trigger}:*`,
})
const limit = (...operations: string[]) => ({
  Sid: 'Limit',
  Effect: 'Allow',
  Action: operations.map((operation) => `dynamodb:${operation}`),
  Resource: `arn:aws:dynamodb:${root}:table/whatsapp-otp-dev`,
})
const readSecrets = (...more: string[]) => ({
  Sid: 'ReadSecrets',
  Effect: 'Allow',
  Action: ['ssm:GetParameters'],
  Resource: ['master-key', 'findings', ...more].map(
    (name) => `arn:aws:ssm:${root}:parameter/whatsapp-otp-functions/dev/${name}`,
  ),
})
const readBrake = {
  Sid: 'ReadBrake',
  Effect: 'Allow',
  Action: ['ssm:GetParameters'],
  Resource: `arn:aws:ssm:${root}:parameter/whatsapp-otp-functions/dev/brake`,
}
const users = (...operations: string[]) => ({
  Sid: 'Users',
  Effect: 'Allow',
  Action: operations.map((operation) => `cognito-idp:${operation}`),
  Resource: `arn:aws:cognito-idp:${root}:userpool/${poolId}`,
})
/** The functions whose policies name the pool. */
const naming: readonly Trigger[] = ['preSignUp', 'verifyAuthChallenge']

describe('what each function may do', () => {
  const statements: Record<Trigger, object[]> = {
    preSignUp: [log('preSignUp'), limit('PutItem', 'UpdateItem'), readBrake, users('AdminGetUser')],
    defineAuthChallenge: [log('defineAuthChallenge')],
    createAuthChallenge: [
      log('createAuthChallenge'),
      limit('GetItem', 'PutItem', 'UpdateItem'),
      readSecrets('provider-key', 'brake'),
    ],
    verifyAuthChallenge: [
      log('verifyAuthChallenge'),
      limit('GetItem', 'PutItem'),
      readSecrets(),
      users(
        'AdminUpdateUserAttributes',
        'AdminDeleteUserAttributes',
        'AdminSetUserPassword',
        'AdminUserGlobalSignOut',
        'AdminGetUser',
        'AdminDisableUser',
      ),
    ],
    postConfirmation: [log('postConfirmation')],
  }

  it.each(triggerNames)('%s', (trigger) => {
    expect(wanted(trigger)).toEqual({
      document: { Version: '2012-10-17', Statement: statements[trigger] },
    })
  })

  it('is, with SMS, to publish to numbers and never to a topic, and only where messages are sent', () => {
    const sms = [
      {
        Sid: 'SendSms',
        Effect: 'Allow',
        Action: ['sns:Publish', 'sms-voice:SendTextMessage'],
        Resource: '*',
      },
      { Sid: 'NoTopics', Effect: 'Deny', Action: ['sns:Publish'], Resource: 'arn:aws:sns:*:*:*' },
    ]
    for (const trigger of triggerNames) {
      expect(wanted(trigger, { smsFallback: true }).document?.Statement).toEqual([
        ...statements[trigger],
        ...(trigger === 'createAuthChallenge' ? sms : []),
      ])
    }
  })

  it('is not known without the pool where it names one', () => {
    const known = triggerNames.filter((trigger) => {
      const resource = rolePolicy(place, trigger)
      return resource.want({ place, settings } as never, {}).document !== undefined
    })
    expect(known).toEqual(triggerNames.filter((trigger) => !naming.includes(trigger)))
  })
})

describe.each(['createAuthChallenge', 'verifyAuthChallenge'] as const)('the policy of %s', (trigger) => {
  const resource = rolePolicy(place, trigger)
  const target = { RoleName: names.role('dev', 'us-east-1', trigger), PolicyName: 'whatsapp-otp' }
  const want = wanted(trigger)

  it('waits for the pool only where it names it', () => {
    const marks = trigger === 'verifyAuthChallenge'
    expect(resource).toMatchObject({
      kind: 'role-policy',
      id: `role-policy:${trigger}`,
      name: `${target.RoleName}/whatsapp-otp`,
      needs: [`role:${trigger}`, ...(marks ? ['user-pool'] : [])],
      removeAfter: [`function:${trigger}`],
      partOf: `role:${trigger}`,
      goesWith: `role:${trigger}`,
      permissions: [
        {
          actions: ['iam:GetRolePolicy', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
          on: [`arn:aws:iam::123456789012:role/${target.RoleName}`],
        },
      ],
    })
    expect(resource.isMadeOnce).toBe(marks ? undefined : true)
    expect(resource.isOurs({ document: undefined })).toBe(true)
  })

  it('is read as IAM gives it', async () => {
    const PolicyDocument = encodeURIComponent(JSON.stringify(want.document))
    const aws = fakeAws({ GetRolePolicy: () => ({ PolicyDocument }) })
    expect(await resource.read(aws, {})).toEqual({ document: want.document })
    expect(aws.inputsOf('GetRolePolicy')).toEqual([target])
    expect(await resource.read(fakeAws({ GetRolePolicy: gone }), {})).toBeUndefined()
  })

  it('is written whole, whether it is made or changed', async () => {
    const aws = fakeAws({ PutRolePolicy: () => ({}) })
    expect(await resource.create(aws, want)).toEqual({ document: want.document })
    const after = await resource.update(aws, want, { document: {} }, new Set(['statements']))
    expect(after).toEqual({ document: want.document })
    const input = { ...target, PolicyDocument: JSON.stringify(want.document) }
    expect(aws.inputsOf('PutRolePolicy')).toEqual([input, input])
    await expect(resource.create(aws, { document: undefined })).rejects.toThrow(/after the pool/)
  })

  it('is waited for where it allows more than before, since code that needs it comes next', async () => {
    const { Statement } = want.document!
    const waitedAfter = async (document: unknown) => {
      const aws = fakeAws({ PutRolePolicy: () => ({}) })
      await resource.update(aws, want, { document }, new Set(['statements']))
      return aws.slept
    }
    const less = { Statement: Statement.map((one) => ({ ...one, Action: one.Action.slice(1) })) }
    const elsewhere = { Statement: Statement.map((one) => ({ ...one, Resource: 'arn:aws:elsewhere' })) }
    const more = { Statement: [...Statement, { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] }
    const denied = { Statement: Statement.map((one) => ({ ...one, Effect: 'Deny' })) }
    for (const before of [undefined, {}, less, elsewhere, denied]) {
      expect(await waitedAfter(before)).toEqual([10_000])
    }
    expect(await waitedAfter(more)).toEqual([])
  })

  it('is removed, and may be gone already', async () => {
    const aws = fakeAws({ DeleteRolePolicy: () => ({}) })
    await resource.remove(aws, { document: {} })
    expect(aws.inputsOf('DeleteRolePolicy')).toEqual([target])
    await resource.remove(fakeAws({ DeleteRolePolicy: gone }), { document: {} })
  })
})

describe('a difference', () => {
  const resource = rolePolicy(place, 'postConfirmation')
  const want = wanted('postConfirmation')
  const to = 'logs:CreateLogStream,logs:PutLogEvents'

  it('is shown by the actions, not by the document', () => {
    expect(resource.diff(want, { document: want.document })).toEqual([])
    const theirs = { Version: '2012-10-17', Statement: { Action: 's3:GetObject', Resource: '*' } }
    expect(resource.diff(want, { document: theirs })).toEqual([
      { field: 'statements', from: 's3:GetObject', to },
    ])
  })

  it.each([
    ['nothing', undefined],
    ['no statements', {}],
    ['empty ones', { Statement: [] }],
    ['none that can be read', { Statement: [null, {}] }],
  ])('to %s is shown as unreadable', (_name, document) => {
    expect(resource.diff(want, { document })).toEqual([{ field: 'statements', from: 'unreadable', to }])
  })

  it('is not known while the pool is not', () => {
    expect(resource.diff({ document: undefined }, { document: want.document })).toEqual([
      { field: 'statements', from: to, to: '(known after apply)' },
    ])
  })
})
