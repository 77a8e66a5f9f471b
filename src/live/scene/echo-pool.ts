// A user pool whose triggers are one small function: for what Cognito tells triggers, and makes of their answers.
import {
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  type UserPoolTierType,
} from '@aws-sdk/client-cognito-identity-provider'
import { AddPermissionCommand } from '@aws-sdk/client-lambda'
import { isTriggerNotReady, read } from '../../aws/errors.ts'
import { once } from '../../aws/once.ts'
import { startSignIn } from '../../aws/sign-in.ts'
import { triggers } from '../../names.ts'
import { type EchoFunction, makeEchoFunction, proof } from './echo-function.ts'
import type { Ground } from './ground.ts'
import { markTag, poolThing } from './things.ts'

export interface EchoPool {
  /** Of a client without a list of writable attributes. */
  openClient: string
  /** Of a client that may not write `phone_number`. */
  narrowClient: string
  behind: EchoFunction
  tier: UserPoolTierType
  /** Why Lite was refused; undefined where it serves. */
  liteRefusal: unknown
  /** From the permission of the function to the first challenge. */
  spread: { ms: number; refusals: number; refusal: unknown }
}

/** How long the permission is waited for. */
const patienceMs = 60_000

export async function makeEchoPool(ground: Ground): Promise<EchoPool> {
  const behind = await makeEchoFunction(ground)
  let liteRefusal: unknown
  const make = async (tier: UserPoolTierType) => {
    const pool = await makePool(ground, behind.arn, tier)
    const spread = await connect(ground, behind, pool)
    return { ...pool, tier, spread }
  }
  const pool = await make('LITE').catch((error) => {
    if (!isAboutTier(error)) throw error
    liteRefusal = error
    return make('ESSENTIALS')
  })
  const { openClient, narrowClient, tier, spread } = pool
  return { openClient, narrowClient, behind, tier, liteRefusal, spread }
}

const isAboutTier = (error: unknown) =>
  /Tier/.test(read(error).name) || /\btier|feature plan|Lite\b/i.test(read(error).message)

async function makePool(ground: Ground, functionArn: string, tier: UserPoolTierType) {
  const { aws, mark, options, made } = ground
  const name = `${options.prefix}-echo-${tier.toLowerCase()}`
  const thing = poolThing(mark, name)
  made.expect(thing)
  const { UserPool } = await aws.cognito.send(
    once(
      new CreateUserPoolCommand({
        PoolName: name,
        UserPoolTier: tier,
        UsernameAttributes: ['phone_number'],
        Schema: [{ Name: proof.replace('custom:', ''), AttributeDataType: 'String', Mutable: true }],
        LambdaConfig: Object.fromEntries(Object.values(triggers).map((key) => [key, functionArn])),
        UserPoolTags: { [markTag]: mark.runId },
      }),
    ),
  )
  const id = UserPool?.Id ?? ''
  thing.hasId(id)
  const client = async (name: string, WriteAttributes?: string[]) => {
    const { UserPoolClient } = await aws.cognito.send(
      new CreateUserPoolClientCommand({
        UserPoolId: id,
        ClientName: name,
        ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        PreventUserExistenceErrors: 'ENABLED',
        AuthSessionValidity: 15,
        ...(WriteAttributes ? { WriteAttributes } : {}),
      }),
    )
    return UserPoolClient?.ClientId ?? ''
  }
  return {
    id,
    arn: UserPool?.Arn ?? '',
    openClient: await client('open'),
    narrowClient: await client('narrow', ['name']),
  }
}

/** Lets Cognito invoke the function, and tries until it does. */
async function connect(
  ground: Ground,
  behind: EchoFunction,
  pool: { arn: string; openClient: string },
): Promise<EchoPool['spread']> {
  const { lambda, cognito, clock, signal, place } = ground.aws
  await behind.permit([{ Action: ['cognito-idp:AdminUpdateUserAttributes'], Resource: pool.arn }])
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: behind.name,
      StatementId: pool.arn.split('_').at(-1) ?? 'cognito',
      Action: 'lambda:InvokeFunction',
      Principal: 'cognito-idp.amazonaws.com',
      SourceArn: pool.arn,
      SourceAccount: place.account,
    }),
  )
  const began = clock.now()
  let refusal: unknown
  for (let refusals = 0; ; refusals++) {
    try {
      await startSignIn(cognito, { clientId: pool.openClient }, ground.newNumber())
      return { ms: clock.now() - began, refusals, refusal }
    } catch (error) {
      if (!isTriggerNotReady(error) || clock.now() - began > patienceMs) throw error
      refusal ??= error
      await clock.sleep(500, signal)
    }
  }
}
