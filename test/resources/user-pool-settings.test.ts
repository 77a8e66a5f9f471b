// What a pool is judged by, field by field, and what is sent back to Cognito, which resets what is left out.
import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import { arns, type Trigger, tagsOf, triggerNames } from '../../src/names.ts'
import { echoPool } from '../../src/resources/user-pool/echo.ts'
import {
  diffPool,
  diffTriggers,
  newPool,
  overlayPool,
  withoutTriggers,
} from '../../src/resources/user-pool/settings.ts'
import { place, wantPool } from './fake-aws.ts'

const want = wantPool()
const arn = (trigger: Trigger) => arns.function(place, trigger)

/** A pool just made, as DescribeUserPool would give it. */
function poolOf(changes: Partial<UserPoolType> = {}): UserPoolType {
  const { PoolName, Schema, ...made } = newPool('a-pool', tagsOf('dev'), want)
  return {
    ...made,
    Id: 'us-east-1_Pool',
    Name: PoolName!,
    SchemaAttributes: Schema!.map((one) => ({ ...one, Name: `custom:${one.Name}` })),
    EstimatedNumberOfUsers: 1200,
    ...changes,
  }
}
const diff = (changes: Partial<UserPoolType>) => diffPool(want, poolOf(changes))
const namesOf = (changes: Partial<UserPoolType>) => diff(changes).map(({ field }) => field)
const lost = expect.stringMatching(/without the users of this one \(about 1200\)/)

describe('what is wanted', () => {
  it('calls each function by the trigger of its name', () => {
    expect(want).toMatchObject({
      lambdas: {
        PreSignUp: arn('preSignUp'),
        DefineAuthChallenge: arn('defineAuthChallenge'),
        CreateAuthChallenge: arn('createAuthChallenge'),
        VerifyAuthChallengeResponse: arn('verifyAuthChallenge'),
        PostConfirmation: arn('postConfirmation'),
      },
      attributes: ['whatsapp_verified', 'auth_purpose'],
    })
  })

  it('follows the settings in tier and protection', () => {
    expect(want).toMatchObject({ tier: 'LITE', deletionProtection: 'INACTIVE' })
    expect(wantPool({ userPoolTier: 'PLUS', deletionProtection: true })).toMatchObject({
      tier: 'PLUS',
      deletionProtection: 'ACTIVE',
    })
  })
})

describe('a new pool', () => {
  it('is made with all that is wanted, and asks for long passwords that nobody types', () => {
    expect(newPool('a-pool', tagsOf('dev'), want)).toEqual({
      PoolName: 'a-pool',
      UserPoolTags: tagsOf('dev'),
      UsernameAttributes: ['phone_number'],
      UsernameConfiguration: { CaseSensitive: false },
      Schema: ['whatsapp_verified', 'auth_purpose'].map((Name) => ({
        Name,
        AttributeDataType: 'String',
        Mutable: true,
      })),
      LambdaConfig: want.lambdas,
      UserPoolTier: 'LITE',
      DeletionProtection: 'INACTIVE',
      MfaConfiguration: 'OFF',
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] },
      Policies: {
        PasswordPolicy: {
          MinimumLength: 8,
          RequireLowercase: true,
          RequireUppercase: true,
          RequireNumbers: true,
          RequireSymbols: true,
        },
      },
    })
  })

  it('differs in nothing from what is wanted', () => {
    expect(diff({})).toEqual([])
  })
})

describe('what Cognito fixes when a pool is made', () => {
  it.each<[string, Partial<UserPoolType>, string]>([
    ['email alone', { UsernameAttributes: ['email'] }, 'email'],
    ['email beside the number', { UsernameAttributes: ['phone_number', 'email'] }, 'email,phone_number'],
    ['a name of its own', { UsernameAttributes: [] }, ''],
  ])('is refused for signing in by %s, and for nothing else', (_name, changes, from) => {
    expect(diff(changes)).toEqual([{ field: 'signInWith', from, to: 'phone_number', blocked: lost }])
  })

  it('is refused where Cognito says nothing of how users sign in', () => {
    const { UsernameAttributes: _none, ...pool } = poolOf()
    expect(diffPool(want, pool)).toEqual([
      { field: 'signInWith', from: '', to: 'phone_number', blocked: lost },
    ])
  })

  it('is not asked for by a rule about capital letters: numbers have none', () => {
    expect(diff({ UsernameConfiguration: { CaseSensitive: true } })).toEqual([])
    const { UsernameConfiguration: _none, ...pool } = poolOf()
    expect(diffPool(want, pool)).toEqual([])
  })

  it('is refused for a custom attribute of another kind, or one that never changes', () => {
    const schema = (changes: object) => [
      { Name: 'custom:whatsapp_verified', AttributeDataType: 'String' as const, Mutable: true, ...changes },
      { Name: 'custom:auth_purpose', AttributeDataType: 'String' as const, Mutable: true },
    ]
    const field = 'attributes.custom:whatsapp_verified'
    expect(diff({ SchemaAttributes: schema({ AttributeDataType: 'Boolean' }) })).toEqual([
      { field, from: 'Boolean', to: 'String', blocked: lost },
    ])
    expect(diff({ SchemaAttributes: schema({ Mutable: false }) })).toEqual([
      { field: `${field}.mutable`, from: 'false', to: 'true', blocked: lost },
    ])
    expect(diff({ SchemaAttributes: schema({ Mutable: undefined }) })).toEqual([])
  })

  it('counts no users where Cognito counts none', () => {
    const { EstimatedNumberOfUsers: _none, ...pool } = poolOf({ UsernameAttributes: ['email'] })
    expect(diffPool(want, pool)[0]?.blocked).toContain('(about 0)')
  })
})

describe('what can be changed in place', () => {
  it.each<[string, Partial<UserPoolType>, object]>([
    ['tier', { UserPoolTier: 'PLUS' }, { from: 'PLUS', to: 'LITE' }],
    ['deletionProtection', { DeletionProtection: 'ACTIVE' }, { from: 'ACTIVE', to: 'INACTIVE' }],
    ['mfa', { MfaConfiguration: 'OPTIONAL' }, { from: 'OPTIONAL', to: 'OFF' }],
    [
      'selfSignUp',
      { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } },
      { from: 'false', to: 'true' },
    ],
    [
      'accountRecovery',
      { AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] } },
      { from: 'verified_email', to: 'admin_only' },
    ],
  ])('is %s', (field, changes, values) => {
    expect(diff(changes)).toEqual([{ field, ...values }])
  })

  it('is nothing where Cognito leaves its defaults out', () => {
    const { DeletionProtection: _1, MfaConfiguration: _2, AdminCreateUserConfig: _3, ...pool } = poolOf()
    expect(diffPool(want, pool)).toEqual([])
  })

  it('is the recovery of accounts where Cognito says nothing of it', () => {
    expect(namesOf({ AccountRecoverySetting: {} })).toEqual(['accountRecovery'])
    const { AccountRecoverySetting: _none, ...pool } = poolOf()
    expect(diffPool(want, pool).map(({ field }) => field)).toEqual(['accountRecovery'])
  })

  it('is a trigger that is missing or calls something else; those of others do not matter', () => {
    const theirs = arn('preSignUp').replace('preSignUp', 'theirs')
    expect(diff({ LambdaConfig: { ...want.lambdas, PreSignUp: theirs, CustomMessage: theirs } })).toEqual([
      { field: 'triggers.PreSignUp', from: theirs, to: arn('preSignUp') },
    ])
    const { LambdaConfig: _none, ...pool } = poolOf()
    expect(diffPool(want, pool).map(({ field }) => field)).toEqual(
      Object.keys(want.lambdas).map((key) => `triggers.${key}`),
    )
  })

  it('is a custom attribute that is missing', () => {
    const { SchemaAttributes: _none, ...pool } = poolOf()
    expect(diffPool(want, pool)).toEqual([
      { field: 'attributes.custom:whatsapp_verified', from: undefined, to: 'String' },
      { field: 'attributes.custom:auth_purpose', from: undefined, to: 'String' },
    ])
  })
})

describe('the tier', () => {
  const said = wantPool({ userPoolTier: 'ESSENTIALS' })
  const unsaid = { ...said, mayLowerTier: false }
  const tiers = ['LITE', 'ESSENTIALS', 'PLUS'] as const

  it('that nobody has named is raised and never lowered; the one that the user names is what it becomes', () => {
    const changes = (want: typeof said) =>
      tiers.map((UserPoolTier) => diffPool(want, poolOf({ UserPoolTier })).map(({ to }) => to)[0])
    expect(changes(unsaid)).toEqual(['ESSENTIALS', undefined, undefined])
    expect(changes(said)).toEqual(['ESSENTIALS', undefined, 'ESSENTIALS'])
  })

  it('stays what somebody has raised it to since the plan was made', () => {
    const tierOf = (want: typeof said, UserPoolTier: (typeof tiers)[number]) =>
      overlayPool(poolOf({ UserPoolTier }), want, new Set(['tier', 'mfa'])).UserPoolTier
    expect(tiers.map((tier) => tierOf(unsaid, tier))).toEqual(['ESSENTIALS', 'ESSENTIALS', 'PLUS'])
    expect(tiers.map((tier) => tierOf(said, tier))).toEqual(['ESSENTIALS', 'ESSENTIALS', 'ESSENTIALS'])
  })
})

describe('an update', () => {
  const drifted = (): UserPoolType =>
    poolOf({
      UserPoolTier: 'PLUS',
      DeletionProtection: 'ACTIVE',
      MfaConfiguration: 'ON',
      AdminCreateUserConfig: {
        AllowAdminCreateUserOnly: true,
        InviteMessageTemplate: { EmailSubject: 'Welcome' },
      },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
      LambdaConfig: {
        ...want.lambdas,
        PreSignUp: 'theirs',
        PostConfirmation: 'theirs',
        CustomMessage: 'theirs',
      },
    })
  const playing = (...fields: string[]) => overlayPool(drifted(), want, new Set(fields))
  const unchanged = echoPool(drifted())

  it.each([
    ['tier', { UserPoolTier: 'LITE' }],
    ['deletionProtection', { DeletionProtection: 'INACTIVE' }],
    ['mfa', { MfaConfiguration: 'OFF' }],
    [
      'selfSignUp',
      {
        AdminCreateUserConfig: {
          AllowAdminCreateUserOnly: false,
          InviteMessageTemplate: { EmailSubject: 'Welcome' },
        },
      },
    ],
    [
      'accountRecovery',
      { AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] } },
    ],
    ['triggers.PreSignUp', { LambdaConfig: { ...drifted().LambdaConfig, PreSignUp: arn('preSignUp') } }],
  ])('of %s changes that and sends all else back', (field, changed) => {
    expect(playing(field)).toEqual({ ...unchanged, ...changed })
  })

  it('of all that differs leaves nothing but what others set', () => {
    const fields = diffPool(want, drifted()).map(({ field }) => field)
    const { UserPoolId: Id, PoolName: Name, ...after } = playing(...fields)
    expect(diffPool(want, { ...drifted(), ...after } as UserPoolType)).toEqual([])
    expect(after.LambdaConfig).toEqual({ ...want.lambdas, CustomMessage: 'theirs' })
  })
})

describe('the calls to our functions', () => {
  const LambdaConfig = { ...want.lambdas, PreSignUp: 'theirs', CustomMessage: arn('preSignUp') }

  it('are those that call a function of this stage, under whatever trigger', () => {
    expect(diffTriggers({ LambdaConfig }, place)).toEqual(
      [
        ['DefineAuthChallenge', 'defineAuthChallenge'],
        ['CreateAuthChallenge', 'createAuthChallenge'],
        ['VerifyAuthChallengeResponse', 'verifyAuthChallenge'],
        ['PostConfirmation', 'postConfirmation'],
        ['CustomMessage', 'preSignUp'],
      ].map(([key, trigger]) => ({
        field: `triggers.${key}`,
        from: arn(trigger as Trigger),
        to: '(none)',
      })),
    )
    expect(diffTriggers({}, place)).toEqual([])
    expect(triggerNames).toHaveLength(5)
  })

  it('go where a plan has shown them; those of others stay, whatever a plan says', () => {
    expect(withoutTriggers({ LambdaConfig }, place, new Set(['triggers.CreateAuthChallenge']))).toEqual({
      ...LambdaConfig,
      CreateAuthChallenge: undefined,
    })
    expect(withoutTriggers({ LambdaConfig }, place, new Set(['triggers.PreSignUp']))).toEqual(LambdaConfig)
    expect(withoutTriggers({}, place, new Set(['triggers.PreSignUp']))).toEqual({})
  })
})
