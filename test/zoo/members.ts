// The pools of the zoo that can be borrowed: as teams make them, with their functions, app clients and users.
import {
  type CreateUserPoolClientCommandInput,
  CreateUserPoolDomainCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { CreateRoleCommand } from '@aws-sdk/client-iam'
import { makeFormerStack } from './former-stack.ts'
import * as bodies from './functions.ts'
import type { ExistingApp } from './life.ts'
import type { Zoo } from './zoo.ts'

export interface Resident {
  poolId: string
  clientId: string
  /** Somebody whose number Cognito calls verified, by the name that he signs in with. */
  verified: { name: string; phone: string }
  unverified: { name: string; phone: string }
}

export interface Member {
  name: string
  make(zoo: Zoo): Promise<Resident>
  live(app: ExistingApp): Promise<void>
  /** Flags of its deploy. */
  flags?: string
  /** What a deploy changes beside the three of custom authentication. */
  alsoTaken?: string[]
}

export const ann = { phone_number: '+12122010142', phone_number_verified: 'true' }
export const bob = { phone_number: '+12122020142' }
const others = ['PreAuthentication', 'PostAuthentication'] as const

/** As a web app of a team is: passwords, no list of attributes, and custom authentication left open by default. */
export const webApp = {
  ExplicitAuthFlows: [
    'ALLOW_USER_PASSWORD_AUTH',
    'ALLOW_USER_SRP_AUTH',
    'ALLOW_CUSTOM_AUTH',
    'ALLOW_REFRESH_TOKEN_AUTH',
  ],
  PreventUserExistenceErrors: 'ENABLED',
} satisfies Partial<CreateUserPoolClientCommandInput>

/** Two users who are called by their addresses. */
async function byEmail(zoo: Zoo, poolId: string, client: object = {}): Promise<Resident> {
  const clientId = await zoo.client(poolId, { ...webApp, ...client })
  const email_verified = 'true'
  await zoo.user(poolId, 'ann@example.com', { ...ann, email_verified })
  await zoo.user(poolId, 'bob@example.com', { ...bob, email_verified })
  return {
    ...{ poolId, clientId },
    verified: { name: 'ann@example.com', phone: ann.phone_number },
    unverified: { name: 'bob@example.com', phone: bob.phone_number },
  }
}

async function byNumber(zoo: Zoo, poolId: string): Promise<Resident> {
  const clientId = await zoo.client(poolId, webApp)
  await zoo.user(poolId, ann.phone_number, { phone_number_verified: 'true' })
  await zoo.user(poolId, bob.phone_number)
  return {
    ...{ poolId, clientId },
    verified: { name: ann.phone_number, phone: ann.phone_number },
    unverified: { name: bob.phone_number, phone: bob.phone_number },
  }
}

/** Of a newcomer, who is gone again at its end: passwords, right and wrong, tokens and a profile. */
async function ordinaryDay(app: ExistingApp, name: string): Promise<void> {
  const signedIn = await app.signIn(name)
  await app.refresh(signedIn)
  await app.rename(signedIn, 'Somebody')
  await app.signIn(name, 'Wrong-one-1')
  await app.signIn('nobody@example.com')
}

async function newcomer(app: ExistingApp, name: string, attributes: Record<string, string> = {}) {
  await app.signUp(name, attributes)
  await app.confirm(name)
  await ordinaryDay(app, name)
  await app.forget(name)
}

const eMail = { UsernameAttributes: ['email' as const], AutoVerifiedAttributes: ['email' as const] }

async function smsRole({ aws }: Zoo): Promise<string> {
  const statement = {
    ...{ Effect: 'Allow', Action: 'sts:AssumeRole' },
    Principal: { Service: 'cognito-idp.amazonaws.com' },
  }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  const made = await aws.iam.send(new CreateRoleCommand({ RoleName: 'team-sms', AssumeRolePolicyDocument }))
  return made.Role?.Arn ?? ''
}

export const members: Member[] = [
  {
    name: 'signs in by e-mail, with numbers as an attribute and words of its own',
    async make(zoo) {
      const CustomMessage = await zoo.function('team-words', bodies.message)
      const named = Object.fromEntries(
        await Promise.all(others.map(async (key) => [key, await zoo.function(`team-${key}`, bodies.tells)])),
      )
      const settings = {
        Policies: { PasswordPolicy: { MinimumLength: 10, RequireNumbers: true } },
        AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email' as const, Priority: 1 }] },
        DeletionProtection: 'ACTIVE' as const,
        MfaConfiguration: 'OFF' as const,
        UserPoolTier: 'LITE' as const,
        UserPoolTags: { team: 'shop' },
        EmailVerificationSubject: 'Your shop',
      }
      return byEmail(
        zoo,
        await zoo.pool({ ...eMail, ...settings, LambdaConfig: { CustomMessage, ...named } }),
      )
    },
    live: (app) => newcomer(app, 'cleo@example.com', { phone_number: '+12122030142' }),
  },
  {
    name: 'signs in by user name, with numbers as an alias',
    async make(zoo) {
      const poolId = await zoo.pool({
        AliasAttributes: ['phone_number', 'preferred_username'],
        AutoVerifiedAttributes: ['phone_number'],
        SmsConfiguration: { SnsCallerArn: await smsRole(zoo), ExternalId: 'shop', SnsRegion: 'us-east-1' },
        UsernameConfiguration: { CaseSensitive: false },
        UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['phone_number'] },
      })
      const clientId = await zoo.client(poolId, webApp)
      await zoo.user(poolId, 'ann', ann)
      await zoo.user(poolId, 'bob', bob)
      return {
        ...{ poolId, clientId },
        verified: { name: ann.phone_number, phone: ann.phone_number },
        unverified: { name: 'bob', phone: bob.phone_number },
      }
    },
    live: (app) => newcomer(app, 'Cleo', { phone_number: '+12122030142' }),
  },
  {
    name: 'signs in by number, and has sign-ups of ours beside its own',
    flags: '--sign-up true',
    alsoTaken: ['PostConfirmation', 'PreSignUp'],
    async make(zoo) {
      const LambdaConfig = {
        PreSignUp: await zoo.function('team-pre-sign-up', bodies.preSignUp),
        PostConfirmation: await zoo.function('team-welcome', bodies.tells),
      }
      return byNumber(zoo, await zoo.pool({ UsernameAttributes: ['phone_number'], LambdaConfig }))
    },
    async live(app) {
      await app.signUp('+12122030142', { name: 'Cleo' })
      await ordinaryDay(app, '+12122030142')
      await app.signUp('+12122030142')
      await app.signUp('12122', {})
    },
  },
  {
    name: 'has sign-ups that its own functions confirm, where only sign-ins are ours',
    async make(zoo) {
      const LambdaConfig = {
        PreSignUp: await zoo.function('team-pre-sign-up', bodies.preSignUp),
        PostConfirmation: await zoo.function('team-welcome', bodies.tells),
        PreTokenGeneration: await zoo.function('team-claims', bodies.claims),
      }
      const poolId = await zoo.pool({ AliasAttributes: ['email'], LambdaConfig })
      const clientId = await zoo.client(poolId, webApp)
      await zoo.user(poolId, 'ann', ann)
      await zoo.user(poolId, 'bob', bob)
      return {
        ...{ poolId, clientId },
        verified: { name: 'ann', phone: ann.phone_number },
        unverified: { name: 'bob', phone: bob.phone_number },
      }
    },
    async live(app) {
      await app.signUp('cleo')
      await ordinaryDay(app, 'cleo')
      await app.signUp('staff-dan')
      await app.signIn('staff-dan')
      await app.confirmAsAdmin('staff-dan')
      await app.signIn('staff-dan')
    },
  },
  {
    name: 'writes claims into both tokens',
    async make(zoo) {
      const LambdaArn = await zoo.function('team-claims', bodies.claimsOfBoth)
      const LambdaConfig = { PreTokenGenerationConfig: { LambdaArn, LambdaVersion: 'V2_0' as const } }
      return byEmail(zoo, await zoo.pool({ ...eMail, UserPoolTier: 'ESSENTIALS', LambdaConfig }))
    },
    live: (app) => newcomer(app, 'cleo@example.com'),
  },
  {
    name: 'takes users over from an old shop',
    async make(zoo) {
      const UserMigration = await zoo.function('team-migration', bodies.migration)
      return byEmail(zoo, await zoo.pool({ ...eMail, LambdaConfig: { UserMigration } }))
    },
    async live(app) {
      app.brings('old@example.com')
      await app.signIn('old@example.com', 'Wrong-one-1')
      await ordinaryDay(app, 'old@example.com')
    },
  },
  {
    name: 'sends SMS by a function of its own',
    async make(zoo) {
      const LambdaArn = await zoo.function('team-sms-sender', bodies.tells)
      const poolId = await zoo.pool({
        AutoVerifiedAttributes: ['phone_number'],
        SmsConfiguration: { SnsCallerArn: await smsRole(zoo), ExternalId: 'shop' },
        MfaConfiguration: 'OPTIONAL',
        LambdaConfig: {
          CustomSMSSender: { LambdaArn, LambdaVersion: 'V1_0' },
          KMSKeyID: 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555',
        },
      })
      const clientId = await zoo.client(poolId, { ...webApp, GenerateSecret: false })
      await zoo.user(poolId, 'ann', ann)
      await zoo.user(poolId, 'bob', bob)
      return {
        ...{ poolId, clientId },
        verified: { name: 'ann', phone: ann.phone_number },
        unverified: { name: 'bob', phone: bob.phone_number },
      }
    },
    live: (app) => newcomer(app, 'cleo', { phone_number: '+12122030142' }),
  },
  {
    name: 'has custom authentication of its own, one function behind an alias',
    async make(zoo) {
      const LambdaConfig = {
        DefineAuthChallenge: await zoo.function('team-define', bodies.define, 'live'),
        CreateAuthChallenge: await zoo.function('team-create', bodies.create),
        VerifyAuthChallengeResponse: await zoo.function('team-verify', bodies.verify),
      }
      return byEmail(zoo, await zoo.pool({ ...eMail, LambdaConfig }))
    },
    async live(app) {
      await app.ask('ann@example.com', ['7'])
      await app.ask('ann@example.com', ['6', '7'])
      await app.ask('ann@example.com', ['6', '5'])
      await app.ask('ann@example.com', ['break'])
      await app.ask('nobody@example.com', ['7'])
      await app.refresh(await app.signIn('ann@example.com'))
    },
  },
  {
    name: 'has Essentials, managed login and a domain',
    async make(zoo) {
      const poolId = await zoo.pool({
        ...eMail,
        UserPoolTier: 'ESSENTIALS',
        Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] } },
      })
      const domain = { UserPoolId: poolId, Domain: 'the-shop', ManagedLoginVersion: 2 }
      await zoo.aws.cognito.send(new CreateUserPoolDomainCommand(domain))
      return byEmail(zoo, poolId, {
        SupportedIdentityProviders: ['COGNITO'],
        CallbackURLs: ['https://shop.example.com/'],
        AllowedOAuthFlows: ['code'],
        AllowedOAuthScopes: ['openid', 'email'],
        AllowedOAuthFlowsUserPoolClient: true,
      })
    },
    live: (app) => newcomer(app, 'cleo@example.com'),
  },
  {
    name: 'is set to what no SDK knows yet',
    async make(zoo) {
      const newest = await zoo.function('team-newest', bodies.tells)
      const poolId = await zoo.pool({
        ...eMail,
        LambdaConfig: { TelepathyCheck: { LambdaArn: newest, LambdaVersion: 'V9_0' }, PreBirth: newest },
        Telepathy: { Mode: 'ON', Ranges: [{ Metres: 12 }] },
        Policies: { PasswordPolicy: { MinimumLength: 8, Pepper: true } },
        UserPoolAddOns: { AdvancedSecurityMode: 'OFF', Horoscope: 'DAILY' },
      } as Record<string, unknown>)
      return byEmail(zoo, poolId)
    },
    live: (app) => newcomer(app, 'cleo@example.com'),
  },
  {
    name: 'is owned by a CloudFormation stack',
    flags: '--take-triggers',
    async make(zoo) {
      const resident = await byEmail(zoo, await zoo.pool({ ...eMail, UserPoolTags: { team: 'shop' } }))
      zoo.sandbox.inside.pools.tagAsAws(resident.poolId, {
        'aws:cloudformation:stack-name': 'shop',
        'aws:cloudformation:stack-id': 'arn:aws:cloudformation:us-east-1:123456789012:stack/shop/1',
      })
      return resident
    },
    live: (app) => newcomer(app, 'cleo@example.com'),
  },
  {
    name: 'is that of the system that this one replaces',
    flags: '--sign-up true',
    alsoTaken: ['PostConfirmation', 'PreSignUp'],
    async make(zoo) {
      const LambdaConfig = {
        PreSignUp: await zoo.function('sample-dev-preSignUp', bodies.preSignUp),
        DefineAuthChallenge: await zoo.function('sample-dev-defineAuthChallenge', bodies.define),
        CreateAuthChallenge: await zoo.function('sample-dev-createAuthChallenge', bodies.create),
        VerifyAuthChallengeResponse: await zoo.function('sample-dev-verifyAuthChallenge', bodies.verify),
        PostConfirmation: await zoo.function('sample-dev-postConfirmation', bodies.tells),
      }
      const { poolId, clientIds } = await makeFormerStack(zoo.aws.cognito, (input) =>
        zoo.pool({ ...input, LambdaConfig }),
      )
      await zoo.user(poolId, ann.phone_number, { phone_number_verified: 'true' })
      await zoo.user(poolId, bob.phone_number)
      return {
        ...{ poolId, clientId: clientIds.login },
        verified: { name: ann.phone_number, phone: ann.phone_number },
        unverified: { name: bob.phone_number, phone: bob.phone_number },
      }
    },
    async live(app) {
      await app.signUp('+12122030142')
      await app.ask('+12122030142', ['6', '7'])
      await app.ask('+12122990142', ['7'])
    },
  },
]
