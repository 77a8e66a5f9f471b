// App clients of others in our pool: which are looked at, and what is told of each.
import type { UserPoolClientType } from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import { dangersOfClients, findOtherClients } from '../../src/resources/user-pool/other-clients.ts'
import { awsError, fakeAws, place } from './fake-aws.ts'

const harmless = {
  ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  WriteAttributes: ['email'],
} as const

/** A pool with these clients, listed two a page. */
const account = (clients: Record<string, object>) =>
  fakeAws({
    ListUserPoolClients: ({ NextToken }) => {
      const from = Number(NextToken ?? 0)
      const ids = Object.keys(clients)
      const UserPoolClients = ids.slice(from, from + 2).map((ClientId) => ({ ClientId }))
      return { UserPoolClients, ...(from + 2 < ids.length ? { NextToken: String(from + 2) } : {}) }
    },
    DescribeUserPoolClient: ({ ClientId }) => ({
      UserPoolClient: {
        ClientId,
        ClientName: `name-of-${ClientId}`,
        ClientSecret: 's3cret',
        ...clients[String(ClientId)],
      },
    }),
  })

const told = async (client: Partial<UserPoolClientType>) => {
  const found = await findOtherClients(account({ theirs: { ...harmless, ...client } }), 'p1')
  return dangersOfClients(place, 'p1', found!).map(({ why, isGrave = false }) => [why, isGrave])
}

describe('app clients of others', () => {
  it('are all but ours, whatever page they are on, and none of their secrets is kept', async () => {
    const aws = account({ signup: {}, a: harmless, login: {}, b: harmless, c: harmless })
    const ours = { signupClientId: 'signup', loginClientId: 'login' }
    const found = await findOtherClients(aws, 'p1', ours)
    expect(aws.inputsOf('DescribeUserPoolClient').map(({ ClientId }) => ClientId)).toEqual(['a', 'b', 'c'])
    expect(found?.clients.map(({ name }) => name)).toEqual(['name-of-a', 'name-of-b', 'name-of-c'])
    expect(JSON.stringify(found)).not.toContain('s3cret')
    expect(dangersOfClients(place, 'p1', found!)).toEqual([])
  })

  it('are not all looked at where there are very many, which is said', async () => {
    const clients = Object.fromEntries(Array.from({ length: 41 }, (_, n) => [`c${n}`, harmless]))
    const aws = account(clients)
    const found = await findOtherClients(aws, 'p1')
    expect(aws.inputsOf('DescribeUserPoolClient')).toHaveLength(30)
    expect(dangersOfClients(place, 'p1', found!)).toMatchObject([
      {
        what: '11 more app clients of somebody else',
        next: expect.stringContaining('list-user-pool-clients'),
      },
    ])
  })

  it('are none in a pool that has gone', async () => {
    const gone = fakeAws({
      ListUserPoolClients: () => {
        throw awsError('ResourceNotFoundException')
      },
    })
    expect(await findOtherClients(gone, 'p1')).toBeUndefined()
  })

  it.each<[string, Partial<UserPoolClientType>, RegExp, boolean]>([
    [
      'a password',
      { ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'] },
      /in by ALLOW_USER_PASSWORD_AUTH,/,
      true,
    ],
    ['a choice of factors', { ExplicitAuthFlows: ['ALLOW_USER_AUTH'] }, /in by ALLOW_USER_AUTH,/, true],
    ['an older name', { ExplicitAuthFlows: ['USER_PASSWORD_AUTH'] }, /in by USER_PASSWORD_AUTH,/, true],
    ['Cognito’s default', { ExplicitAuthFlows: undefined }, /in by ALLOW_USER_SRP_AUTH,/, true],
    ['an empty list', { ExplicitAuthFlows: [] }, /in by ALLOW_USER_SRP_AUTH,/, true],
    ['a server', { ExplicitAuthFlows: ['ADMIN_NO_SRP_AUTH'] }, /lets a server sign users in/, false],
    [
      'a written proof',
      { WriteAttributes: ['custom:whatsapp_verified'] },
      /write custom:whatsapp_verified/,
      true,
    ],
    ['an unknown list', { WriteAttributes: undefined }, /no list of what users may write/, false],
  ])('let in by %s', async (_name, client, why, isGrave) => {
    expect(await told(client)).toEqual([[expect.stringMatching(why), isGrave]])
  })

  it('are no danger for custom sign-in alone', async () => {
    expect(await told({ ExplicitAuthFlows: ['CUSTOM_AUTH_FLOW_ONLY'] })).toEqual([])
  })
})
