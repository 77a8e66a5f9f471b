// What `policy` prints for a stage on a pool of somebody else's: enough for its whole life, on this pool alone.
import { UpdateUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import { deployPolicy } from '../../src/stage/policy/policies.ts'
import { type PolicyDocument, policyLimit, sizeOf } from '../../src/stage/policy/printable.ts'
import { beyond, type Lessened, lessened } from './lessened.ts'
import { Runs } from './runs.ts'
import { makeTheirs } from './theirs.ts'

const place = { stage: 'dev', account: '123456789012', region: 'us-east-1', partition: 'aws' }
const base = deployPolicy(place)
/** Stands for the ids that each sandbox gives anew. */
const pool = {
  userPoolId: 'us-east-1_theirpool',
  former: `${'arn:aws:lambda:us-east-1:123456789012'}:function:their-define`,
}
const wholeFor = (userPoolId: string) =>
  deployPolicy(
    place,
    undefined,
    { userPoolId, signUp: true },
    { former: { defineAuthChallenge: pool.former } },
  )
const whole = wholeFor(pool.userPoolId)

/** Made, looked at, given sign-ups and relieved of them, removed: with no other rights than these. */
async function live({ Statement }: PolicyDocument): Promise<void> {
  const runs = await Runs.start({ pageSize: 20 })
  try {
    const { poolId, look } = await makeTheirs(runs)
    const before = await look()
    const policy = JSON.parse(
      JSON.stringify({ Version: '2012-10-17', Statement }).replaceAll(pool.userPoolId, poolId),
    ) as PolicyDocument
    const settings = { USER_POOL_ID: poolId }
    runs.sandbox.setCallerPolicy(policy)
    await runs.deploy({ env: settings })
    await runs.deploy({ env: { ...settings, SIGN_UP: 'true', OTP_EXPIRY_MINUTES: '4' } })
    expect((await runs.plan()).plan.filter(({ action }) => action !== 'keep')).toEqual([])
    await runs.deploy({ env: { ...settings, SIGN_UP: 'false' } })
    expect(await runs.destroy()).toEqual([])
    runs.sandbox.setCallerPolicy(undefined)
    expect(await look()).toEqual(before)
  } finally {
    await runs.close()
  }
}

describe('the policy of a stage on a borrowed pool', () => {
  it('is enough for its whole life', () => live(whole))

  it('names this pool alone, and no right to make or delete one', () => {
    const allowed = whole.Statement.filter(({ Effect }) => Effect === 'Allow')
    const ofPools = allowed.flatMap(({ Action, Resource }) =>
      Action.filter((action) => action.startsWith('cognito-idp:')).map(
        (action) => [action, Resource] as const,
      ),
    )
    for (const [, resources] of ofPools) expect(String(resources)).toMatch(/userpool\/us-east-1_theirpool$/)
    expect(ofPools.map(([action]) => action).join()).not.toMatch(
      /(Create|Delete)UserPool\b|TagResource|Admin/,
    )
    expect(sizeOf(whole)).toBeLessThan(policyLimit)
  })

  const parts = lessened(whole, beyond(base)).filter(
    ({ without }: Lessened) => !/^lambda:InvokeFunction/.test(without),
  )
  it.each(parts)('needs $without', async ({ policy }) => {
    await expect(live(policy)).rejects.toThrow()
  })

  it('reaches no other pool', async () => {
    const runs = await Runs.start({ pageSize: 20 })
    const { poolId } = await makeTheirs(runs)
    runs.sandbox.setCallerPolicy(whole)
    const { cognito } = (await runs.byHand()).aws
    await expect(cognito.send(new UpdateUserPoolCommand({ UserPoolId: poolId }))).rejects.toThrow(
      /not authorized/,
    )
    await runs.close()
  })
})
