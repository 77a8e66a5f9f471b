// What is sent back to Cognito, which resets what is left out: everything but what it does not take.
import {
  UpdateUserPoolRequest$,
  type UserPoolType,
  UserPoolType$,
} from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import { echoPool } from '../../src/resources/user-pool/echo.ts'

/** Everything that DescribeUserPool gives and UpdateUserPool does not take. */
const onlyRead: Partial<UserPoolType> = {
  Arn: 'arn',
  Status: 'Enabled',
  CreationDate: new Date(0),
  LastModifiedDate: new Date(0),
  SchemaAttributes: [],
  EstimatedNumberOfUsers: 7,
  AliasAttributes: ['email'],
  UsernameAttributes: ['phone_number'],
  UsernameConfiguration: { CaseSensitive: false },
  Domain: 'domain',
  CustomDomain: 'auth.example.com',
  SmsConfigurationFailure: 'x',
  EmailConfigurationFailure: 'y',
}

describe('sending a pool back', () => {
  const theirs: Partial<UserPoolType> = {
    EmailVerificationSubject: 'Hello',
    Policies: { PasswordPolicy: { MinimumLength: 12 } },
    UserPoolTags: { team: 'blue' },
    UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' },
    SmsConfiguration: { SnsCallerArn: 'arn' },
  }

  it('returns what somebody set, and not what only Cognito sets', () => {
    expect(echoPool({ ...onlyRead, ...theirs, Id: 'us-east-1_Pool', Name: 'a-pool' })).toEqual({
      ...theirs,
      UserPoolId: 'us-east-1_Pool',
      PoolName: 'a-pool',
    })
  })

  it('leaves out what Cognito gives empty and refuses to get back', () => {
    const empty = { Id: 'i', Name: 'n', UserPoolAddOns: {} as never, SmsConfiguration: {} as never }
    expect(echoPool(empty)).toEqual({ UserPoolId: 'i', PoolName: 'n' })
    expect(echoPool({ Id: 'i', Name: 'n' })).toEqual({ UserPoolId: 'i', PoolName: 'n' })
  })

  it('keeps how users are made by hand, but for a field that Cognito has replaced', () => {
    const AdminCreateUserConfig = { AllowAdminCreateUserOnly: true, UnusedAccountValidityDays: 7 }
    expect(echoPool({ Id: 'i', Name: 'n', AdminCreateUserConfig })).toEqual({
      UserPoolId: 'i',
      PoolName: 'n',
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    })
  })

  it('lays a change over all that', () => {
    const echo = echoPool({ Id: 'i', Name: 'n', ...theirs }, { EmailVerificationSubject: 'Bye' })
    expect(echo).toMatchObject({ EmailVerificationSubject: 'Bye', UserPoolTags: { team: 'blue' } })
  })
})

describe('a field that the bundled SDK does not know', () => {
  it('goes back as it came, at whatever depth', () => {
    const newer = {
      Pepper: { Kinds: ['black'] },
      Policies: { PasswordPolicy: { MinimumLength: 12, Pepper: 'white' } },
      AdminCreateUserConfig: { Pepper: true },
    } as Partial<UserPoolType>
    expect(echoPool({ Id: 'i', Name: 'n', ...newer })).toEqual({ UserPoolId: 'i', PoolName: 'n', ...newer })
  })

  it('is the only kind that goes back without being asked for: all others the request has', () => {
    const [, , , , readable] = UserPoolType$
    const [, , , , writable] = UpdateUserPoolRequest$
    const pool = Object.fromEntries(readable.map((member) => [member, { some: 'thing' }]))
    const sent = Object.keys(echoPool(pool as UserPoolType))
    expect(sent.filter((member) => !writable.includes(member))).toEqual([])
    expect(sent.length).toBeGreaterThan(20)
  })
})

const levels = (changed: object = {}) => ({
  Level1: { AcrValue: 'urn:cognito:loa:1' },
  Level2: { AcrValue: 'urn:cognito:loa:2' },
  Level3: { AcrValue: 'urn:cognito:loa:3' },
  Level4: { AcrValue: 'urn:cognito:loa:4' },
  ...changed,
})

describe('what nobody ever made of a pool', () => {
  it.each<[string, Partial<UserPoolType>]>([
    [
      'nothing',
      { AcrConfiguration: {}, DcrConfiguration: {}, KeyConfiguration: {}, IssuerConfiguration: {} },
    ],
    ['null', { AcrConfiguration: null, DcrConfiguration: null } as never],
    ['names of levels', { AcrConfiguration: levels() }],
    ['registration that is off', { DcrConfiguration: { EnableStatus: 'Disabled', OpenDcrEnabled: false } }],
    [
      'the grants of registration',
      {
        DcrConfiguration: {
          EnableStatus: 'Disabled',
          AuthenticatedGrantTypes: ['code', 'client_credentials'],
          OpenDcrGrantTypes: ['code'],
          AllowedScopes: [],
        },
      },
    ],
    ['the key', { KeyConfiguration: { KeyType: 'AWS_OWNED_KEY' } }],
    ['the issuer', { IssuerConfiguration: { Type: 'ORIGINAL' } }],
  ])('is not sent back: %s', (_name, defaults) => {
    expect(echoPool({ Id: 'i', Name: 'n', ...defaults })).toEqual({ UserPoolId: 'i', PoolName: 'n' })
  })

  it.each<[string, Partial<UserPoolType>]>([
    ['one name', { AcrConfiguration: levels({ Level3: { AcrValue: 'urn:team:strong' } }) }],
    ['a name alone', { AcrConfiguration: { Level1: { AcrValue: 'urn:team:weak' } } }],
    ['registration', { DcrConfiguration: { EnableStatus: 'Enabled' } }],
    ['scopes', { DcrConfiguration: { EnableStatus: 'Disabled', AllowedScopes: ['a/b'] } }],
    ['a refusal', { DcrConfiguration: { OpenDcrGrantTypes: [] } }],
    ['what is newer', { DcrConfiguration: { Pepper: 1 } as never }],
    ['a key', { KeyConfiguration: { KeyType: 'CUSTOMER_MANAGED_KEY', KmsKeyArn: 'arn' } }],
    ['an issuer', { IssuerConfiguration: { Type: 'UPDATED' } }],
  ])('is sent back whole where somebody has made it: %s', (_name, made) => {
    expect(echoPool({ Id: 'i', Name: 'n', ...made })).toEqual({ UserPoolId: 'i', PoolName: 'n', ...made })
  })
})
