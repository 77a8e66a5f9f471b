// The contract's cases of the user pool and its clients.
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { Refs } from '../../src/engine/resource.ts'
import { arns, names, tagsOf } from '../../src/names.ts'
import { wantedPool } from '../../src/resources/user-pool/settings.ts'
import type { ContractCase } from './contract-case.ts'
import type { StageFixture } from './stage-fixture.ts'

/** Changes one field of the pool, and sends the others back as they are. */
async function editPool(
  { aws }: StageFixture,
  refs: Refs,
  changed: Partial<cognito.UpdateUserPoolCommandInput>,
) {
  const UserPoolId = refs.userPoolId
  const { UserPool } = await aws.cognito.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))
  const { Policies, DeletionProtection, LambdaConfig, UserPoolTags, UserPoolTier, AccountRecoverySetting } =
    UserPool!
  const { UnusedAccountValidityDays, ...AdminCreateUserConfig } = UserPool!.AdminCreateUserConfig!
  await aws.cognito.send(
    new cognito.UpdateUserPoolCommand({
      ...{
        UserPoolId,
        Policies,
        DeletionProtection,
        LambdaConfig,
        UserPoolTags,
        UserPoolTier,
        AccountRecoverySetting,
        AdminCreateUserConfig,
      },
      ...changed,
    }),
  )
}

async function editClient(
  { aws }: StageFixture,
  refs: Refs,
  changed: Partial<cognito.UpdateUserPoolClientCommandInput>,
) {
  const target = { UserPoolId: refs.userPoolId, ClientId: refs.signupClientId }
  const { UserPoolClient } = await aws.cognito.send(new cognito.DescribeUserPoolClientCommand(target))
  const { CreationDate, LastModifiedDate, ...rest } = UserPoolClient!
  await aws.cognito.send(new cognito.UpdateUserPoolClientCommand({ ...rest, ...target, ...changed }))
}

const foreignPool = ({ aws }: StageFixture) =>
  aws.cognito.send(new cognito.CreateUserPoolCommand({ PoolName: names.pool('dev') }))

export const poolCases: Record<string, ContractCase> = {
  'user-pool': {
    changes: {
      deletionProtection: (stage) => stage.change({ deletionProtection: true }),
      tier: (stage) => stage.change({ userPoolTier: 'ESSENTIALS' }),
      'triggers.PreSignUp': async (stage, refs) => {
        const target = { UserPoolId: refs.userPoolId }
        const { UserPool } = await stage.aws.cognito.send(new cognito.DescribeUserPoolCommand(target))
        const { PreSignUp, ...others } = UserPool!.LambdaConfig!
        await editPool(stage, refs, { LambdaConfig: others })
      },
      selfSignUp: (stage, refs) =>
        editPool(stage, refs, { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } }),
      accountRecovery: (stage, refs) =>
        editPool(stage, refs, {
          AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
        }),
    },
    byHand: {
      set: (stage, refs) =>
        editPool(stage, refs, {
          EmailVerificationSubject: 'Hello',
          Policies: { PasswordPolicy: { MinimumLength: 12, RequireNumbers: true } },
          UserPoolTags: { ...tagsOf('dev'), team: 'blue' },
          DeviceConfiguration: { ChallengeRequiredOnNewDevice: true },
          AdminCreateUserConfig: {
            AllowAdminCreateUserOnly: false,
            InviteMessageTemplate: { EmailSubject: 'Welcome' },
          },
          LambdaConfig: {
            ...wantedPool(stage.place, stage.inputs, {}).lambdas,
            CustomMessage: arns.function(stage.place, 'preSignUp'),
          },
        }),
      get: async ({ aws }, refs) => {
        const target = { UserPoolId: refs.userPoolId }
        const { UserPool } = await aws.cognito.send(new cognito.DescribeUserPoolCommand(target))
        const { EmailVerificationSubject, DeviceConfiguration, AdminCreateUserConfig, LambdaConfig } =
          UserPool!
        return {
          policy: UserPool!.Policies?.PasswordPolicy,
          team: UserPool!.UserPoolTags?.team,
          EmailVerificationSubject,
          DeviceConfiguration,
          invite: AdminCreateUserConfig?.InviteMessageTemplate,
          CustomMessage: LambdaConfig?.CustomMessage,
        }
      },
    },
    foreign: foreignPool,
  },

  'user-pool-client:signup': {
    changes: {
      authSessionMinutes: (stage) => stage.change({ otpExpiryMinutes: 9 }),
      authFlows: (stage, refs) =>
        editClient(stage, refs, { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] }),
      preventUserExistenceErrors: (stage, refs) =>
        editClient(stage, refs, { PreventUserExistenceErrors: 'LEGACY' }),
      tokenRevocation: (stage, refs) => editClient(stage, refs, { EnableTokenRevocation: false }),
      readAttributes: (stage, refs) => editClient(stage, refs, { ReadAttributes: ['email'] }),
      writeAttributes: async (stage, refs) => {
        const target = { UserPoolId: refs.userPoolId, ClientId: refs.signupClientId }
        const found = await stage.aws.cognito.send(new cognito.DescribeUserPoolClientCommand(target))
        const WriteAttributes = [...found.UserPoolClient!.WriteAttributes!, 'custom:whatsapp_verified']
        await editClient(stage, refs, { WriteAttributes })
      },
    },
    byHand: {
      set: (stage, refs) =>
        editClient(stage, refs, {
          RefreshTokenValidity: 7,
          AccessTokenValidity: 20,
          LogoutURLs: ['https://example.com/out'],
          CallbackURLs: ['https://example.com/in'],
        }),
      get: async ({ aws }, refs) => {
        const target = { UserPoolId: refs.userPoolId, ClientId: refs.signupClientId }
        const found = await aws.cognito.send(new cognito.DescribeUserPoolClientCommand(target))
        const { RefreshTokenValidity, AccessTokenValidity, TokenValidityUnits, CallbackURLs } =
          found.UserPoolClient!
        return { RefreshTokenValidity, AccessTokenValidity, TokenValidityUnits, CallbackURLs }
      },
    },
    // A client has no tags: it is somebody else's when its pool is.
    foreign: foreignPool,
  },
}
