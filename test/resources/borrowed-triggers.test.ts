// What a stage writes to a pool of somebody else's, held to the contract of every resource as far as it goes for
// something that is never made and never removed.
import {
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  DescribeUserPoolCommand,
  UpdateUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { raw } from '../../src/aws/raw.ts'
import { readStack } from '../../src/engine/have.ts'
import { planDestroy } from '../../src/engine/plan.ts'
import { StageFixture } from './stage-fixture.ts'

const id = 'user-pool-triggers'
const keys = ['DefineAuthChallenge', 'CreateAuthChallenge', 'VerifyAuthChallengeResponse'] as const

let stage: StageFixture
let poolId = ''

beforeEach(async () => {
  stage = await StageFixture.start({ pageSize: 2 })
  const { cognito } = stage.aws
  const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: 'theirs' }))
  poolId = UserPool?.Id ?? ''
  await cognito.send(new CreateUserPoolClientCommand({ UserPoolId: poolId, ClientName: 'theirs' }))
  stage.change({ userPoolId: poolId, signUp: false })
  await stage.deploy((other) => other !== id && other !== 'record')
})
afterEach(() => stage.close())

const pool = async (): Promise<UserPoolType> => {
  const { UserPool } = await stage.aws.cognito.send(raw(new DescribeUserPoolCommand({ UserPoolId: poolId })))
  const { LastModifiedDate: _, ...still } = UserPool ?? {}
  return still
}
const resource = () => stage.resources().find((one) => one.id === id)!
const now = async () => {
  const { have, refs } = await readStack(stage.aws, stage.resources())
  return { have: have.get(id), refs }
}
const diffNow = async () =>
  resource()
    .diff(undefined, (await now()).have)
    .map(({ field }) => field)
const update = async (fields: string[]) =>
  resource().update(stage.aws, undefined, (await now()).have, new Set(fields))

it('names each trigger that it would set, and sets exactly those that a plan has shown', async () => {
  expect(await diffNow()).toEqual(keys.map((key) => `triggers.${key}`))
  const before = await pool()
  await update(['triggers.DefineAuthChallenge'])
  const one = await pool()
  expect(Object.keys(one.LambdaConfig ?? {})).toEqual(['DefineAuthChallenge'])
  expect({ ...one, LambdaConfig: undefined }).toEqual({ ...before, LambdaConfig: undefined })
  await update(await diffNow())
  expect(await diffNow()).toEqual([])
})

it('may be told to set what is set already: an answer was lost', async () => {
  const { have } = await now()
  const fields = new Set(keys.map((key) => `triggers.${key}`))
  await resource().update(stage.aws, undefined, have, fields)
  const after = await pool()
  await resource().update(stage.aws, undefined, have, fields)
  await resource().update(stage.aws, undefined, (await now()).have, fields)
  expect(await pool()).toEqual(after)
})

it('changes nothing where somebody has set another function since it was read', async () => {
  const { have } = await now()
  const theirs = 'arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-createAuthChallenge'
  await stage.aws.cognito.send(
    new UpdateUserPoolCommand({ UserPoolId: poolId, LambdaConfig: { DefineAuthChallenge: theirs } }),
  )
  const before = await pool()
  const fields = new Set(keys.map((key) => `triggers.${key}`))
  await expect(resource().update(stage.aws, undefined, have, fields)).rejects.toMatchObject({
    code: 'POOL_CHANGED',
  })
  expect(await pool()).toEqual(before)
})

it('leaves alone what somebody set by hand, and stays when the stage goes, without what is the stage’s', async () => {
  await update(await diffNow())
  const { LambdaConfig = {} } = await pool()
  const CustomMessage = LambdaConfig.DefineAuthChallenge
  await stage.aws.cognito.send(
    new UpdateUserPoolCommand({
      UserPoolId: poolId,
      LambdaConfig: { ...LambdaConfig, CustomMessage },
      AutoVerifiedAttributes: ['email'],
    }),
  )
  expect(await diffNow()).toEqual([])
  const resources = stage.resources()
  const plan = planDestroy(resources, await readStack(stage.aws, resources))
  expect(plan.filter(({ kind }) => /^user-pool(-triggers)?$/.test(kind))).toMatchObject([
    { action: 'keep' },
    { action: 'update', by: 'detach', fields: keys.map((key) => ({ field: `triggers.${key}` })) },
  ])
  await stage.destroy()
  expect(await pool()).toMatchObject({ AutoVerifiedAttributes: ['email'], LambdaConfig: { CustomMessage } })
  expect(Object.keys((await pool()).LambdaConfig ?? {})).toEqual(['CustomMessage'])
})
