// An AWS that is newer than this tool: what it has and the bundled SDK does not know survives every change.
import {
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  UpdateUserPoolClientCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { raw } from '../../src/aws/raw.ts'
import { echoPool } from '../../src/resources/user-pool/echo.ts'
import { signInTo } from '../../src/stage/sign-in.ts'
import { isBroken, verifyStack } from '../../src/stage/verify.ts'
import { Runs } from './runs.ts'

let runs: Runs
beforeEach(async () => {
  runs = await Runs.start()
})
afterEach(() => runs.close())

interface Ids {
  poolId: string
  clientIds: string[]
}

const idsOf = async (): Promise<Ids> => {
  const { userPoolId = '', signupClientId = '', loginClientId = '' } = (await runs.plan()).observed.refs
  return { poolId: userPoolId, clientIds: [signupClientId, loginClientId] }
}

/** As somebody does with a newer tool. */
async function setByHand({ poolId, clientIds }: Ids, pool: object, client: object): Promise<void> {
  const { cognito } = (await runs.byHand()).aws
  const now = await cognito.send(raw(new DescribeUserPoolCommand({ UserPoolId: poolId })))
  await cognito.send(raw(new UpdateUserPoolCommand({ ...echoPool(now.UserPool!), ...pool })))
  for (const ClientId of clientIds) {
    const target = { UserPoolId: poolId, ClientId }
    const found = await cognito.send(raw(new DescribeUserPoolClientCommand(target)))
    await cognito.send(
      raw(new UpdateUserPoolClientCommand({ ...found.UserPoolClient, ...target, ...client })),
    )
  }
}

/** The whole of the pool and of both clients, as AWS says it. */
async function all({ poolId, clientIds }: Ids): Promise<object[]> {
  const { cognito } = (await runs.open()).aws
  const pool = await cognito.send(raw(new DescribeUserPoolCommand({ UserPoolId: poolId })))
  const clients = clientIds.map(async (ClientId) => {
    const target = { UserPoolId: poolId, ClientId }
    return (await cognito.send(raw(new DescribeUserPoolClientCommand(target)))).UserPoolClient!
  })
  return [pool.UserPool!, ...(await Promise.all(clients))]
}

describe('a field that the bundled SDK does not know', () => {
  it('survives whatever a deploy changes', async () => {
    await runs.deploy()
    const ids = await idsOf()
    const newer = { PepperConfiguration: { Kinds: ['black'], Grade: 1.5 } }
    const Policies = { PasswordPolicy: { MinimumLength: 12, PepperRequired: true } }
    await setByHand(ids, { ...newer, Policies }, newer)
    expect((await runs.plan()).plan.filter(({ action }) => action !== 'keep')).toEqual([])
    const env = { DELETION_PROTECTION: 'true', OTP_EXPIRY_MINUTES: '9', USER_POOL_TIER: 'ESSENTIALS' }
    const { plan } = await runs.deploy({ env })
    const changed = plan.filter(({ action }) => action === 'update').map(({ id }) => id)
    for (const id of ['user-pool', 'user-pool-client:signup', 'user-pool-client:login']) {
      expect(changed).toContain(id)
    }
    const [pool, ...clients] = await all(ids)
    expect(pool).toMatchObject({ ...newer, Policies, DeletionProtection: 'ACTIVE' })
    for (const client of clients) expect(client).toMatchObject({ ...newer, AuthSessionValidity: 11 })
  })
})

describe('a client secret that AWS Secrets Manager keeps', () => {
  const env = { CLIENT_SECRET: 'true' }
  const away = async (): Promise<void> => {
    await runs.deploy({ env })
    await setByHand(await idsOf(), {}, { PublishSecretsInAWSSecretsManager: true })
  }

  it('is a secret, and stays where it is', async () => {
    await away()
    const { plan } = await runs.plan()
    expect(plan.filter(({ action }) => action !== 'keep')).toEqual([])
    await runs.deploy({ env: { OTP_EXPIRY_MINUTES: '9' } })
    for (const client of (await all(await idsOf())).slice(1)) {
      expect(client).toMatchObject({
        ClientSecretArn: expect.stringMatching(/^arn:aws:secretsmanager:/),
        AuthSessionValidity: 11,
      })
    }
  })

  it('leaves the check of the sign-in open, neither green nor failed, and says where it is', async () => {
    await away()
    const { stage, observed } = await runs.plan()
    const checks = await verifyStack(stage.aws, observed, { changed: new Set() })
    expect(checks.filter(isBroken)).toEqual([])
    expect(checks.filter(({ ok }) => !ok)).toEqual([
      {
        check: 'a sign-in gets its challenge',
        ok: false,
        isOpen: true,
        why: expect.stringMatching(/^not tried: the secret of .* at arn:aws:secretsmanager:/),
      },
    ])
  })

  it('ends a sign-in from here with the words for it', async () => {
    await away()
    const talk = {
      run: <T>(_title: string, work: () => Promise<T>) => work(),
      warn() {},
      signedUp() {},
      answer: async () => '',
    }
    const signingIn = signInTo(await runs.open(), { phone: '+14155550132', mayCreate: true }, talk)
    await expect(signingIn).rejects.toMatchObject({
      code: 'SECRET_ELSEWHERE',
      message: 'whatsapp-otp cannot sign in by itself',
    })
  })
})
