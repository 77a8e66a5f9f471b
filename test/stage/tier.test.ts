// The tier of the pool, which users pay for and features hang on: lowered only where the user says so.
import {
  DescribeUserPoolCommand,
  type ExplicitAuthFlowsType,
  type UserPoolTierType,
} from '@aws-sdk/client-cognito-identity-provider'
import type { InitializeMiddleware, MetadataBearer } from '@smithy/types'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Aws } from '../../src/aws/clients.ts'
import { operationOf } from '../../src/aws/gate.ts'
import { names } from '../../src/names.ts'
import { editClient, editPool } from '../resources/by-hand.ts'
import { Runs } from './runs.ts'

let runs: Runs
beforeEach(async () => {
  runs = await Runs.start()
})
afterEach(() => runs.close())

/** As somebody does in the console. */
async function setByHand(UserPoolTier: UserPoolTierType): Promise<void> {
  const { aws } = await runs.byHand()
  const { observed } = await runs.plan()
  const { userPoolId: poolId = '', loginClientId: clientId = '' } = observed.refs
  await editPool({ aws, poolId, clientId, advance: () => {} }, { UserPoolTier })
}

async function tierNow(): Promise<string | undefined> {
  const { stage, observed } = await runs.plan()
  const target = { UserPoolId: observed.refs.userPoolId }
  return (await stage.aws.cognito.send(new DescribeUserPoolCommand(target))).UserPool?.UserPoolTier
}

const changes = async (env: Record<string, string> = {}) =>
  (await runs.plan({ env })).plan
    .filter(({ action }) => action !== 'keep')
    .map(({ id, fields }) => `${id} ${fields.map(({ field }) => field)}`)

it('is no drift where somebody has raised it, whether the first deploy named one or not', async () => {
  for (const env of [{}, { USER_POOL_TIER: 'LITE' }]) {
    await runs.deploy({ env })
    await setByHand('PLUS')
    expect(await changes()).toEqual([])
    // Another change sends it back as it is.
    await runs.deploy({ env: { DELETION_PROTECTION: 'true' } })
    expect(await tierNow()).toBe('PLUS')
    await runs.destroy()
  }
})

it('is lowered where the user says so now', async () => {
  await runs.deploy()
  await setByHand('PLUS')
  const env = { USER_POOL_TIER: 'LITE' }
  expect(await changes(env)).toEqual(['user-pool tier'])
  await runs.deploy({ env })
  expect(await tierNow()).toBe('LITE')
})

it('is raised again where the stage was deployed with a higher one', async () => {
  await runs.deploy({ env: { USER_POOL_TIER: 'ESSENTIALS' } })
  await setByHand('LITE')
  expect(await changes()).toEqual(['user-pool tier'])
})

it('that is refused names the feature and the next command, and leaves the pool as it is', async () => {
  await runs.deploy({ env: { USER_POOL_TIER: 'ESSENTIALS' } })
  const { refs } = (await runs.plan()).observed
  const { aws } = await runs.byHand()
  const hand = { aws, poolId: refs.userPoolId ?? '', clientId: refs.loginClientId ?? '', advance() {} }
  const ExplicitAuthFlows: ExplicitAuthFlowsType[] = ['ALLOW_CUSTOM_AUTH']
  await editClient(hand, { RefreshTokenRotation: { Feature: 'ENABLED' }, ExplicitAuthFlows })
  await expect(runs.deploy({ env: { USER_POOL_TIER: 'LITE' } })).rejects.toMatchObject({
    code: 'TIER_REFUSED',
    message: `The tier LITE is not enough for the user pool ${names.pool('dev')}`,
    why: expect.stringContaining('LITE does not have: rotation of refresh tokens'),
    next: expect.arrayContaining([
      'whatsapp-otp deploy --stage dev --user-pool-tier ESSENTIALS   or set USER_POOL_TIER=ESSENTIALS',
    ]),
  })
  expect(await tierNow()).toBe('ESSENTIALS')
  expect(await changes()).toEqual([])
})

it('that the check of the sign-in meets is named by it', async () => {
  await runs.deploy()
  const message =
    'The following features need to be disabled for the LITE pricing tier configured: Custom Authentication'
  const refuse = ({ cognito }: Aws) => {
    const refused: InitializeMiddleware<object, MetadataBearer> = (next, context) => async (args) => {
      if (operationOf(context) !== 'InitiateAuth') return next(args)
      throw Object.assign(new Error(message), { name: 'FeatureUnavailableInTierException' })
    }
    cognito.middlewareStack.add(refused as never, { step: 'initialize', name: 'refused' })
  }
  expect(await runs.verify({ prepare: refuse })).toEqual([
    {
      check: 'a sign-in gets its challenge',
      ok: false,
      why: 'LITE does not have: custom authentication, by which users sign in; whatsapp-otp deploy --stage dev --user-pool-tier ESSENTIALS   or set USER_POOL_TIER=ESSENTIALS',
    },
  ])
})

it('that does not have custom authentication is refused by its name', async () => {
  await runs.close()
  runs = await Runs.start({ world: { liteTriggers: 'refused' } })
  await expect(runs.deploy()).rejects.toMatchObject({
    code: 'TIER_REFUSED',
    why: expect.stringContaining('custom authentication, by which users sign in'),
    next: expect.arrayContaining([expect.stringContaining('USER_POOL_TIER=ESSENTIALS')]),
  })
  await runs.deploy({ env: { USER_POOL_TIER: 'ESSENTIALS' } })
  expect(await changes()).toEqual([])
})
