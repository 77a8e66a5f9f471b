// Ids and keys from a seed: the same at each start, and never the same for two things of one account.
import {
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  DeleteUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, describe, expect, it } from 'vitest'
import { createClients } from '../../src/aws/clients.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts'

const running: Sandbox[] = []
afterEach(() => Promise.all(running.splice(0).map((sandbox) => sandbox.close())))

async function start(options: SandboxOptions) {
  const sandbox = await startSandbox(options)
  running.push(sandbox)
  const { cognito } = createClients({ env: sandbox.env(), region: sandbox.region })
  const pool = async (PoolName: string) =>
    (await cognito.send(new CreateUserPoolCommand({ PoolName }))).UserPool!.Id!
  const client = async (UserPoolId: string, ClientName: string) => {
    const command = new CreateUserPoolClientCommand({ UserPoolId, ClientName, GenerateSecret: true })
    const { ClientId, ClientSecret } = (await cognito.send(command)).UserPoolClient!
    return { ClientId, ClientSecret }
  }
  return { sandbox, cognito, pool, client }
}

async function madeBy(options: SandboxOptions) {
  const { sandbox, pool, client } = await start(options)
  const [first, other, namesake] = [await pool('a'), await pool('b'), await pool('a')]
  const clients = [await client(first, 'c'), await client(other, 'c'), await client(first, 'c')]
  return { pools: [first, other, namesake], clients, keys: sandbox.env().AWS_SECRET_ACCESS_KEY }
}

const secrets = (seed: string) => ({ seed, tokenKey: async () => '' })

describe('a seed', () => {
  it('gives the same ids and keys each time, and different things different ones', async () => {
    const [first, second] = [
      await madeBy({ seed: 's', secrets: secrets('k') }),
      await madeBy({ seed: 's', secrets: secrets('k') }),
    ]
    expect(second).toEqual(first)
    expect(new Set(first.pools).size).toBe(3)
    expect(new Set(first.clients.map(({ ClientId }) => ClientId)).size).toBe(3)
    expect(first.pools[0]).toMatch(/^us-east-1_[0-9a-zA-Z]{9}$/)
    expect(first.clients[0]?.ClientId).toMatch(/^[0-9a-z]{26}$/)
  })

  it('of ids says nothing of keys', async () => {
    const [one, other] = [await madeBy({ seed: 's' }), await madeBy({ seed: 's' })]
    expect(one.pools).toEqual(other.pools)
    expect(one.keys).not.toBe(other.keys)
    expect(one.clients[0]?.ClientSecret).not.toBe(other.clients[0]?.ClientSecret)
  })

  it('gives what is made again another id', async () => {
    const { cognito, pool } = await start({ seed: 's' })
    const first = await pool('a')
    await cognito.send(new DeleteUserPoolCommand({ UserPoolId: first }))
    expect(await pool('a')).not.toBe(first)
  })

  it('is missing unless it is given: everything is random', async () => {
    const [one, other] = [await madeBy({}), await madeBy({})]
    expect([...one.pools, one.keys].filter((id) => [...other.pools, other.keys].includes(id))).toEqual([])
  })
})
