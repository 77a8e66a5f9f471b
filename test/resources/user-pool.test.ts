// What only the user pool and its clients do: being found, being protected, and changes that would lose users.
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readStack } from '../../src/engine/have.ts'
import { names, tagsOf } from '../../src/names.ts'
import { readRecordHave } from '../../src/resources/stage-record.ts'
import { userPool } from '../../src/resources/user-pool.ts'
import { clientsOf } from '../../src/resources/user-pool-client.ts'
import { verifyStack } from '../../src/stage/verify.ts'
import { StageFixture } from './stage-fixture.ts'

let stage: StageFixture
beforeEach(async () => {
  stage = await StageFixture.start({ pageSize: 2 })
})
afterEach(() => stage.close())

const createPool = async (changed: Partial<cognito.CreateUserPoolCommandInput> = {}) => {
  const { UserPool } = await stage.aws.cognito.send(
    new cognito.CreateUserPoolCommand({
      PoolName: names.pool('dev'),
      UserPoolTags: tagsOf('dev'),
      ...changed,
    }),
  )
  return UserPool!.Id!
}

const stepOf = async (id: string) => (await stage.plan()).find((step) => step.id === id)

describe('finding the pool', () => {
  it('looks through every page, past pools of the same name that are not ours', async () => {
    for (let count = 0; count < 5; count++) await createPool({ UserPoolTags: {} })
    const id = await createPool()
    await createPool({ UserPoolTags: tagsOf('prod') })
    expect((await readStack(stage.aws, stage.resources())).refs.userPoolId).toBe(id)
  })

  it('stops where two pools are ours, and names both', async () => {
    const ids = [await createPool(), await createPool()]
    const error = await stage.plan().then(
      () => undefined,
      (thrown) => thrown,
    )
    expect(error).toMatchObject({ code: 'SEVERAL_POOLS' })
    for (const id of ids) expect(error.why).toContain(id)
  })

  it('goes by the recorded id, whatever the pool is called by now', async () => {
    const { refs } = await stage.deploy()
    const target = { UserPoolId: refs.userPoolId }
    const { UserPool } = await stage.aws.cognito.send(new cognito.DescribeUserPoolCommand(target))
    const { LambdaConfig, UserPoolTags, UserPoolTier, Policies, AccountRecoverySetting } = UserPool!
    await stage.aws.cognito.send(
      new cognito.UpdateUserPoolCommand({
        ...{ ...target, LambdaConfig, UserPoolTags, UserPoolTier, Policies, AccountRecoverySetting },
        PoolName: 'renamed',
      }),
    )
    expect((await readStack(stage.aws, stage.resources())).refs).toMatchObject(refs)
  })
})

describe('a change that would lose users', () => {
  it('is refused where the pool signs in by something else', async () => {
    await createPool({ UsernameAttributes: ['email'] })
    expect(await stepOf('user-pool')).toMatchObject({
      action: 'replace-refused',
      why: expect.stringContaining('without the users of this one'),
    })
  })

  it('adds the custom attributes that an existing pool lacks', async () => {
    await createPool({
      UsernameAttributes: ['phone_number'],
      UsernameConfiguration: { CaseSensitive: false },
    })
    expect((await stepOf('user-pool'))?.fields.map((field) => field.field)).toContain(
      'attributes.custom:whatsapp_verified',
    )
    await stage.deploy()
    expect(await stepOf('user-pool')).toMatchObject({ action: 'keep' })
  })

  it('is refused for the secret of a client', async () => {
    await stage.deploy()
    stage.change({ clientSecret: true })
    expect(await stepOf('user-pool-client:login')).toMatchObject({
      action: 'replace-refused',
      why: expect.stringContaining('would stop working'),
    })
  })
})

describe('letting the pool go from its stage', () => {
  it('takes away the calls to our functions that were shown, and no others', async () => {
    const { refs } = await stage.deploy()
    const pool = userPool(stage.place)
    const read = async () => (await pool.read(stage.aws, refs))!
    const named = async () => pool.detach!.diff(await read()).map(({ field }) => field)
    const all = await named()
    expect(all).toHaveLength(5)
    await pool.detach!.play(stage.aws, await read(), new Set(['triggers.PreSignUp']))
    expect(await named()).toEqual(all.filter((field) => field !== 'triggers.PreSignUp'))
  })
})

describe('clients with a secret', () => {
  it('are made with it, pass the sign-in check, and give it to who signs in', async () => {
    stage.change({ clientSecret: true })
    const applied = await stage.deploy()
    const { refs } = applied
    expect((await verifyStack(stage.aws, applied)).filter((check) => !check.ok)).toEqual([])
    const { login } = await clientsOf(stage.aws, (await readRecordHave(stage.aws))!.record)
    expect(login.clientId).toBe(refs.loginClientId)
    expect(login.clientSecret).toMatch(/.{20}/)
    expect(JSON.stringify(await stage.plan())).not.toContain(login.clientSecret)
  })
})

describe('deletion protection', () => {
  it('keeps the pool, and with it everything else, until it is switched off', async () => {
    stage.change({ deletionProtection: true })
    await stage.deploy()
    const before = stage.sandbox.inventory()
    await expect(stage.destroy()).rejects.toMatchObject({ code: 'DELETION_PROTECTED' })
    expect(stage.sandbox.inventory()).toEqual(before)
    stage.change({ deletionProtection: false })
    await stage.deploy()
    await stage.destroy()
    expect(stage.sandbox.inventory()).toEqual([])
  })

  it('is lifted by the removal itself only when that was asked for', async () => {
    stage.change({ deletionProtection: true })
    const { have } = await stage.deploy()
    const pool = userPool(stage.place, { liftDeletionProtection: true })
    await pool.remove(stage.aws, have.get('user-pool') as never)
    expect((await readStack(stage.aws, stage.resources())).have.has('user-pool')).toBe(false)
  })
})
