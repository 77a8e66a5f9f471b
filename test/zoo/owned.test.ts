// A pool whose stack looks after its triggers: a deploy leaves them to it, and its owner makes the change that is told.
import { DescribeUserPoolCommand, UpdateUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answerChallenge, startSignIn } from '../../src/aws/sign-in.ts'
import { documentOf } from '../cli/terminal.ts'
import { differences } from './compare.ts'
import { members, type Resident } from './members.ts'
import { Zoo } from './zoo.ts'

const member = members.find(({ name }) => name.includes('CloudFormation'))!
let zoo: Zoo
let resident: Resident
let before: Record<string, unknown>
let deployed: Awaited<ReturnType<Zoo['terminal']['run']>>
beforeAll(async () => {
  zoo = await Zoo.open()
  resident = await member.make(zoo)
  before = await zoo.describe(resident.poolId)
  zoo.sandbox.clock.advance(600_000)
  deployed = await zoo.terminal.run(`deploy --yes --user-pool ${resident.poolId}`)
}, 60_000)
afterAll(() => zoo?.close())

const functionOf = (trigger: string) =>
  `arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-${trigger}`
const change = {
  DefineAuthChallenge: functionOf('defineAuthChallenge'),
  CreateAuthChallenge: functionOf('createAuthChallenge'),
  VerifyAuthChallengeResponse: functionOf('verifyAuthChallenge'),
}

it('is not changed at all, and its owner is named', async () => {
  expect(deployed.writes).not.toContain('cognito-idp:UpdateUserPool')
  expect(differences(before, await zoo.describe(resident.poolId))).toEqual([])
  expect(deployed.stderr).toContain('CloudFormation stack shop')
  expect(deployed.stderr).toContain('outputs --stage dev --triggers')
})

it('signs in by a code once its owner has made the change that is printed', async () => {
  const { stdout } = await zoo.terminal.run('outputs --stage dev --triggers')
  for (const [key, arn] of Object.entries(change)) expect(stdout).toContain(`${key}: ${arn}`)
  const { cognito } = zoo.aws
  const { poolId: UserPoolId, verified } = resident
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }))
  const { AutoVerifiedAttributes } = UserPool ?? {}
  await cognito.send(new UpdateUserPoolCommand({ UserPoolId, AutoVerifiedAttributes, LambdaConfig: change }))
  const { outputs } = documentOf(await zoo.terminal.run('outputs --json')) as {
    outputs: { loginClientId: string }
  }
  const client = { clientId: outputs.loginClientId }
  const asked = await startSignIn(cognito, client, verified.name)
  if (asked.kind !== 'challenge') throw new Error('no challenge')
  const { code } = zoo.sandbox.inbox.list(verified.phone).at(-1) ?? { code: '' }
  expect((await answerChallenge(cognito, client, asked, code)).kind).toBe('tokens')
  expect((await zoo.terminal.run('plan --detailed-exitcode')).code).toBe(0)
})
