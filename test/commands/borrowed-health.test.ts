// A stage on a pool of somebody else's when that pool changes, and what is said when the stage goes.
import { SetUserPoolMfaConfigCommand, UpdateUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Borrowed, startOnBorrowedPool } from '../cli/borrowed.ts'

let stage: Borrowed
beforeAll(async () => {
  stage = await startOnBorrowedPool()
})
afterAll(() => stage.terminal.close())

const words = (text: string) => text.replace(/\s+/g, ' ')

it('doctor says that the pool requires MFA now', async () => {
  const { aws, poolId: UserPoolId, terminal } = stage
  const set = (MfaConfiguration: 'ON' | 'OFF') =>
    aws.cognito.send(
      new SetUserPoolMfaConfigCommand({
        ...{ UserPoolId, MfaConfiguration },
        ...(MfaConfiguration === 'ON' ? { SoftwareTokenMfaConfiguration: { Enabled: true } } : {}),
      }),
    )
  await set('ON')
  const { stdout } = await terminal.run('doctor')
  await set('OFF')
  expect(words(stdout)).toContain(`✖ sign-in: user pool ${UserPoolId}: the user pool ${UserPoolId} requires`)
})

it('destroy says that the pool and its users stay, and what of the stage does', async () => {
  const { code, stderr } = await stage.terminal.run('destroy --stage dev --yes --keep-users')
  expect(code).toBe(0)
  expect(words(stderr)).toContain(`The pool ${stage.poolId} and its users stay: they are not the stage’s.`)
  expect(words(stderr)).toContain('Nothing of the stage is left but its app clients')
  expect(words(stderr)).toContain(`deploy --stage dev --user-pool ${stage.poolId}`)
})

it('doctor and stages say that the pool does not call its triggers any more', async () => {
  const { aws, poolId, terminal } = stage
  expect((await terminal.run(`deploy --no-verify --user-pool ${poolId}`)).code).toBe(0)
  await aws.cognito.send(new UpdateUserPoolCommand({ UserPoolId: poolId, LambdaConfig: {} }))
  const { stdout } = await terminal.run('doctor')
  expect(words(stdout)).toContain('these belong to another tool')
  expect(stdout).toContain('outputs --stage dev --triggers')
  const stages = await terminal.run('stages')
  expect([stages.code, words(stages.stdout)]).toEqual([
    1,
    expect.stringContaining('the pool does not call defineAuthChallenge') as unknown,
  ])
})
