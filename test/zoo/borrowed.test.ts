// Each pool of the zoo, borrowed and given back: nothing of it changes but its triggers, whoever was there lives on as
// before, and codes reach whom they may.
import { AdminGetUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerChallenge, startSignIn } from '../../src/aws/sign-in.ts'
import { documentOf } from '../cli/terminal.ts'
import { differences } from './compare.ts'
import { ExistingApp } from './life.ts'
import { members, type Resident } from './members.ts'
import { Zoo } from './zoo.ts'

const ofCustomAuth = ['CreateAuthChallenge', 'DefineAuthChallenge', 'VerifyAuthChallengeResponse']

describe.each(members)('a pool that $name', ({ make, live, flags = '', alsoTaken = [] }) => {
  let zoo: Zoo
  let resident: Resident
  let before: Record<string, unknown>
  let lived: { saw: string[]; told: string[] }
  let loginClientId = ''

  const life = async () => {
    // What others did meanwhile is no part of it.
    await zoo.told()
    const app = new ExistingApp(zoo, resident)
    await live(app)
    return app.end()
  }
  const user = async (Username: string) => {
    const asked = new AdminGetUserCommand({ UserPoolId: resident.poolId, Username })
    const { $metadata: _, ...found } = await zoo.aws.cognito.send(asked)
    return found
  }

  beforeAll(async () => {
    zoo = await Zoo.open()
    resident = await make(zoo)
    lived = await life()
    before = await zoo.describe(resident.poolId)
    zoo.sandbox.clock.advance(600_000)
    const deployed = await zoo.terminal.run(`deploy --yes --user-pool ${resident.poolId} ${flags}`)
    if (deployed.code !== 0) throw new Error(deployed.stderr)
    const { outputs } = documentOf(await zoo.terminal.run('outputs --json')) as {
      outputs: { loginClientId: string }
    }
    loginClientId = outputs.loginClientId
  }, 120_000)
  afterAll(() => zoo?.close())

  it('is as it was, but for what Cognito calls', async () => {
    const taken = [...ofCustomAuth, ...alsoTaken].sort().map((key) => `LambdaConfig.${key}`)
    expect(differences(before, await zoo.describe(resident.poolId))).toEqual(taken)
    expect((await zoo.terminal.run('plan --detailed-exitcode')).code).toBe(0)
  })

  it('has apps that live on as before, and functions that are told the same', async () => {
    expect(await life()).toEqual(lived)
  })

  it('signs in by a code whoever has a verified number, and leaves him as he was', async () => {
    const { name, phone } = resident.verified
    const known = await user(name)
    const asked = await startSignIn(zoo.aws.cognito, { clientId: loginClientId }, name)
    if (asked.kind !== 'challenge') throw new Error('no challenge')
    const { code } = zoo.sandbox.inbox.list(phone).at(-1) ?? { code: '' }
    const answered = await answerChallenge(zoo.aws.cognito, { clientId: loginClientId }, asked, code)
    expect(answered.kind).toBe('tokens')
    expect(await user(name)).toEqual(known)
  })

  it('sends nothing to a number that is not verified, as to nobody', async () => {
    const shown = async (name: string) => {
      const asked = await startSignIn(zoo.aws.cognito, { clientId: loginClientId }, name)
      if (asked.kind !== 'challenge') throw new Error('no challenge')
      const { USERNAME: _name, ...parameters } = asked.parameters
      return parameters
    }
    const { name, phone } = resident.unverified
    const nobody = name.includes('@')
      ? 'nobody@example.com'
      : name.startsWith('+')
        ? '+12122980142'
        : 'nobody'
    expect(await shown(name)).toEqual(await shown(nobody))
    expect(zoo.sandbox.inbox.list(phone)).toEqual([])
  })

  it('is given back as it was', async () => {
    const taking = flags.includes('--take-triggers') ? '--take-triggers' : ''
    const gone = await zoo.terminal.run(`destroy --stage dev --yes ${taking}`)
    expect([gone.code, gone.code === 0 ? '' : gone.stderr]).toEqual([0, ''])
    expect(differences(before, await zoo.describe(resident.poolId))).toEqual([])
    expect(await life()).toEqual(lived)
  })
})
