// A pool that does not take functions that do not exist, and one whose tags come late: a stage is made all the same.
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import { DeleteFunctionCommand } from '@aws-sdk/client-lambda'
import { afterEach, describe, expect, it } from 'vitest'
import type { ApplyEvent } from '../../src/engine/apply.ts'
import { names, triggerNames, triggers } from '../../src/names.ts'
import type { Unsettled } from '../../src/sandbox/account/unsettled.ts'
import { playDeploy, prepareDeploy } from '../../src/stage/deploy.ts'
import { userIds } from '../../src/stage/destroy.ts'
import { deployPolicy } from '../../src/stage/policy/policies.ts'
import { dying, Runs } from './runs.ts'

let runs: Runs
afterEach(() => runs.close())
const start = async (world: Partial<Unsettled>) => {
  runs = await Runs.start({ world })
}

/** How often the pool was written, by operation. */
async function writes(run: () => Promise<unknown>) {
  const calls = await runs.callsOf(run)
  const count = (name: string) => calls.filter(({ operation }) => operation === name).length
  return { made: count('CreateUserPool'), updated: count('UpdateUserPool'), read: count('DescribeUserPool') }
}

async function lambdasOf(UserPoolId: string | undefined) {
  const { aws } = await runs.open()
  const found = await aws.cognito.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))
  return Object.keys(found.UserPool?.LambdaConfig ?? {}).sort()
}
const all = Object.values(triggers).sort()

const changes = async () => (await runs.plan()).plan.filter(({ action }) => action !== 'keep')

describe('a pool that takes triggers of functions that do not exist', () => {
  it('is made with them, by one call', async () => {
    await start({ poolFunctions: 'unchecked' })
    expect(await writes(() => runs.deploy())).toEqual({ made: 1, updated: 0, read: 0 })
  })
})

describe('a pool that does not', () => {
  it('is made without them, and has them with one update as soon as the functions are there', async () => {
    await start({ poolFunctions: 'checked' })
    const events: string[] = []
    const show = ({ type, step }: ApplyEvent) => {
      if (step.id !== 'user-pool' || type === 'start') return
      events.push(`${type} ${step.action} ${step.fields.map(({ field }) => field).join(' ')}`.trim())
    }
    const prepared = await prepareDeploy(await runs.open(), { artifacts: runs.artifacts })
    const counts = await writes(async () => {
      const { results, plan, refs } = await playDeploy(prepared, show)
      expect(results.every(({ status }) => status === 'done')).toBe(true)
      // What a plan said is what was done, however many calls it took.
      expect(plan.map(({ id, action }) => [id, action])).toEqual(
        prepared.plan.map(({ id, action }) => [id, action]),
      )
      expect(await lambdasOf(refs.userPoolId)).toEqual(all)
    })
    expect(counts).toMatchObject({ made: 2, updated: 1 })
    const fields = triggerNames.map((name) => `triggers.${triggers[name]}`).join(' ')
    expect(events).toEqual(['done create', `done update ${fields}`])
    expect(await changes()).toEqual([])
    expect(await runs.verify()).toEqual([])
    expect(await runs.destroy()).toEqual([])
    expect(runs.sandbox.inventory()).toEqual([])
  })

  it.each([
    ['the functions', { service: 'lambda', operation: 'CreateFunction', nth: 2 }],
    ['the triggers', { service: 'cognito-idp', operation: 'UpdateUserPool', nth: 1 }],
  ])('is finished by the next run where one was killed at %s', async (_name, call) => {
    await start({ poolFunctions: 'checked' })
    const { state, prepare } = dying(call)
    await expect(runs.deploy({ prepare })).rejects.toThrow()
    expect(state.was).toBe(true)
    // Until the killed run counts as gone.
    runs.sandbox.clock.advance(120_000)
    const { refs } = await runs.deploy()
    expect(await lambdasOf(refs.userPoolId)).toEqual(all)
    expect(await changes()).toEqual([])
  })

  it('shows what is missing where the functions failed, and heals', async () => {
    await start({ poolFunctions: 'checked' })
    runs.sandbox.faults.add({
      service: 'lambda',
      operation: 'CreateFunction',
      kind: 'fail-before',
      times: 90,
    })
    await expect(runs.deploy()).rejects.toMatchObject({ code: 'AWS_ERROR' })
    runs.sandbox.faults.clear()
    const pool = (await changes()).find(({ id }) => id === 'user-pool')
    expect(pool).toMatchObject({ action: 'update' })
    expect(pool?.fields.map(({ field }) => field)).toEqual(
      triggerNames.map((name) => `triggers.${triggers[name]}`),
    )
    await runs.deploy()
    expect(await changes()).toEqual([])
  })

  it('gets them back after its stage was away', async () => {
    await start({ poolFunctions: 'checked' })
    await runs.deploy({ env: { DELETION_PROTECTION: 'true' } })
    expect(await runs.destroy({ keep: userIds })).toEqual([])
    // Another change waits for the functions as well: an update writes everything.
    const env = { USER_POOL_TIER: 'ESSENTIALS' }
    const { refs } = await runs.deploy({ env })
    expect(await lambdasOf(refs.userPoolId)).toEqual(all)
    expect((await runs.plan({ env })).plan.every(({ action }) => action === 'keep')).toBe(true)
  })

  it('keeps a working stage working while one function is made again', async () => {
    await start({ poolFunctions: 'checked' })
    const { refs } = await runs.deploy()
    const { aws } = await runs.byHand()
    const FunctionName = names.function('dev', 'postConfirmation')
    await aws.lambda.send(new DeleteFunctionCommand({ FunctionName }))
    const env = { DELETION_PROTECTION: 'true' }
    const seen: string[][] = []
    const prepared = await runs.plan({ env })
    await playDeploy(prepared, () => {
      void lambdasOf(refs.userPoolId).then((keys) => seen.push(keys))
    })
    expect(seen.every((keys) => keys.length === all.length)).toBe(true)
    expect((await runs.plan({ env })).plan.every(({ action }) => action === 'keep')).toBe(true)
  })

  it('goes where its protection is lifted after somebody removed functions', async () => {
    await start({ poolFunctions: 'checked' })
    await runs.deploy({ env: { DELETION_PROTECTION: 'true' } })
    const { aws } = await runs.byHand()
    const FunctionName = names.function('dev', 'createAuthChallenge')
    await aws.lambda.send(new DeleteFunctionCommand({ FunctionName }))
    expect(await runs.destroy()).toEqual([])
    expect(runs.sandbox.inventory()).toEqual([])
  })
})

describe('a new pool whose tags come late', () => {
  const place = { stage: 'dev', account: '123456789012', region: 'us-east-1', partition: 'aws' }
  const late = async (world: Partial<Unsettled> = {}) => {
    await start({ poolTags: 'late', ...world })
    runs.sandbox.setCallerPolicy(deployPolicy(place))
  }
  const pools = () => runs.sandbox.inventory().filter(({ kind }) => kind === 'user pool')

  it('is used by its id, and asked again what it refuses for want of them', async () => {
    await late()
    expect(await writes(() => runs.deploy())).toMatchObject({ made: 1, updated: 0 })
    expect(await changes()).toEqual([])
    expect(await runs.verify()).toEqual([])
  })

  it('is known by a run right after the one that made it, with a record and without', async () => {
    await late()
    const { state, prepare } = dying({ service: 'cognito-idp', operation: 'CreateUserPool', nth: 1 })
    await expect(runs.deploy({ prepare })).rejects.toThrow()
    expect(state.was).toBe(true)
    const pool = (await runs.plan()).plan.find(({ id }) => id === 'user-pool')
    expect(pool).toMatchObject({ action: 'keep' })
    runs.sandbox.clock.advance(120_000)
    await runs.deploy()
    expect(pools()).toHaveLength(1)
    expect(await runs.destroy()).toEqual([])
    await runs.deploy()
    expect(await changes()).toEqual([])
    expect(pools()).toHaveLength(1)
  })

  it('is made once where the answer of its making was lost', async () => {
    await late()
    runs.sandbox.faults.add({ service: 'cognito-idp', operation: 'CreateUserPool', kind: 'fail-after' })
    await runs.deploy()
    expect(pools()).toHaveLength(1)
    expect(await changes()).toEqual([])
  })

  it('keeps its tags through an update and may be removed at once', async () => {
    await late({ poolFunctions: 'checked' })
    const { refs } = await runs.deploy()
    const { aws } = await runs.open()
    const look = new cognito.DescribeUserPoolCommand({ UserPoolId: refs.userPoolId })
    expect((await aws.cognito.send(look)).UserPool?.UserPoolTags).toMatchObject({
      'whatsapp-otp:stage': 'dev',
      'whatsapp-otp:managed-by': 'whatsapp-otp',
    })
    expect(await lambdasOf(refs.userPoolId)).toEqual(all)
    expect(await runs.destroy()).toEqual([])
    expect(runs.sandbox.inventory()).toEqual([])
  })
})
