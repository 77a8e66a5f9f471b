// What an app client is judged by, and what it is set to: sign-in by code alone, and no way to forge its proof.
import type { UserPoolClientType } from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import type { ClientKind } from '../../src/names.ts'
import {
  changedClient,
  diffClient,
  lifetimes,
  ownedOfClient,
} from '../../src/resources/user-pool/client-settings.ts'

const want = { poolId: 'us-east-1_Pool', hasSecret: false, sessionMinutes: 7 }
const clientOf = (kind: ClientKind, changes: Partial<UserPoolClientType> = {}): UserPoolClientType => ({
  ...ownedOfClient({}, want, kind),
  ...changes,
})
const diff = (changes: Partial<UserPoolClientType>, kind: ClientKind = 'login') =>
  diffClient(want, clientOf(kind, changes), kind)
const proof = ['custom:whatsapp_verified', 'custom:auth_purpose']
const profile = [
  'address birthdate email family_name gender given_name locale middle_name name nickname picture',
  'preferred_username profile updated_at website zoneinfo',
].flatMap((line) => line.split(' '))

describe.each(['signup', 'login'] as const)('a new %s client', (kind) => {
  it('signs in by code and refresh alone, and gives nobody away', () => {
    expect(clientOf(kind)).toMatchObject({
      ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      PreventUserExistenceErrors: 'ENABLED',
      EnableTokenRevocation: true,
      AuthSessionValidity: 7,
    })
  })

  it('reads the number and its proof', () => {
    const readable = [...profile, 'phone_number', 'phone_number_verified', 'email_verified', ...proof]
    expect(clientOf(kind).ReadAttributes).toEqual(readable)
  })

  it('differs in nothing from what is wanted', () => {
    expect(diffClient(want, clientOf(kind), kind)).toEqual([])
  })
})

describe('what a user may write', () => {
  it('is his profile, and through the sign-up client his number too; never the proof', () => {
    expect(clientOf('login').WriteAttributes).toEqual(profile)
    expect(clientOf('signup').WriteAttributes).toEqual([...profile, 'phone_number'])
  })

  it('write what the pool requires of a user, as Cognito asks of every client, and still no proof', () => {
    const required = { ...want, mustWrite: ['phone_number', 'email'] }
    expect(ownedOfClient({}, required, 'login').WriteAttributes).toEqual([...profile, 'phone_number'])
    expect(diffClient(required, clientOf('login'), 'login').map(({ field }) => field)).toEqual([
      'writeAttributes',
    ])
  })

  it.each(['signup', 'login'] as const)(
    'through the %s client keeps what a team allowed, but no proof',
    (kind) => {
      const opened = clientOf(kind, {
        ReadAttributes: ['custom:team'],
        WriteAttributes: ['custom:team', 'phone_number', ...proof],
      })
      const { ReadAttributes, WriteAttributes } = ownedOfClient(opened, want, kind)
      expect(ReadAttributes).toEqual(['custom:team', ...clientOf(kind).ReadAttributes!])
      const number = kind === 'signup' ? ['phone_number'] : []
      expect(WriteAttributes).toEqual(['custom:team', ...number, ...profile])
      expect(diffClient(want, opened, kind).map(({ field }) => field)).toEqual([
        'readAttributes',
        'writeAttributes',
      ])
    },
  )
})

it('leaves the plain refresh flow out where tokens rotate, as Cognito refuses both', () => {
  const rotating = { RefreshTokenRotation: { Feature: 'ENABLED' as const, RetryGracePeriodSeconds: 10 } }
  expect(ownedOfClient(rotating, want, 'login').ExplicitAuthFlows).toEqual(['ALLOW_CUSTOM_AUTH'])
  const not = { RefreshTokenRotation: { Feature: 'DISABLED' as const } }
  expect(ownedOfClient(not, want, 'login').ExplicitAuthFlows).toContain('ALLOW_REFRESH_TOKEN_AUTH')
})

describe('a client that differs', () => {
  it.each<[string, Partial<UserPoolClientType>, object]>([
    [
      'authFlows',
      { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'] },
      { from: 'ALLOW_USER_SRP_AUTH', to: 'ALLOW_CUSTOM_AUTH,ALLOW_REFRESH_TOKEN_AUTH' },
    ],
    [
      'preventUserExistenceErrors',
      { PreventUserExistenceErrors: 'LEGACY' },
      { from: 'LEGACY', to: 'ENABLED' },
    ],
    ['tokenRevocation', { EnableTokenRevocation: false }, { from: 'false', to: 'true' }],
    ['authSessionMinutes', { AuthSessionValidity: 5 }, { from: '5', to: '7' }],
  ])('in %s is changed', (field, changes, values) => {
    expect(diff(changes)).toEqual([{ field, ...values }])
  })

  it('in its secret is refused, as apps that use it would stop', () => {
    const blocked = expect.stringMatching(/when a client is created.*would stop working/)
    expect(diff({ ClientSecret: 'hush' })).toEqual([{ field: 'secret', from: 'true', to: 'false', blocked }])
    expect(diffClient({ ...want, hasSecret: true }, clientOf('login'), 'login')).toEqual([
      { field: 'secret', from: 'false', to: 'true', blocked },
    ])
    expect(JSON.stringify(diff({ ClientSecret: 'hush' }))).not.toContain('hush')
  })

  it('by what Cognito means where it says nothing', () => {
    expect(diffClient(want, {}, 'login').map(({ field, from }) => [field, from])).toEqual([
      ['authFlows', ''],
      ['preventUserExistenceErrors', 'LEGACY'],
      ['tokenRevocation', 'false'],
      ['authSessionMinutes', '3'],
      ['readAttributes', ''],
      ['writeAttributes', ''],
    ])
  })
})

it('changes the fields of a plan and no other', () => {
  const opened: UserPoolClientType = {
    ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
    ReadAttributes: ['email'],
    WriteAttributes: ['email'],
  }
  const wanted = ownedOfClient(opened, want, 'login')
  const members = {
    authFlows: 'ExplicitAuthFlows',
    preventUserExistenceErrors: 'PreventUserExistenceErrors',
    tokenRevocation: 'EnableTokenRevocation',
    authSessionMinutes: 'AuthSessionValidity',
    readAttributes: 'ReadAttributes',
    writeAttributes: 'WriteAttributes',
  } as const
  for (const [field, member] of Object.entries(members)) {
    expect(changedClient(opened, want, 'login', new Set([field]))).toEqual({ [member]: wanted[member] })
  }
  expect(changedClient(opened, want, 'login', new Set(Object.keys(members)))).toEqual(wanted)
})

it('gives a new client an hour for its tokens and thirty days to refresh them, in stated units', () => {
  expect(lifetimes).toEqual({
    AccessTokenValidity: 60,
    IdTokenValidity: 60,
    RefreshTokenValidity: 30,
    TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' },
  })
})
