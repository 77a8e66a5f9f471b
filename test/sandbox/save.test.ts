// An account that outlives its sandbox: what one has saved, another begins with.
import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import {
  CreateTableCommand,
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterEach, describe, expect, it } from 'vitest'
import { createClients } from '../../src/aws/clients.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts'

const running: Sandbox[] = []
afterEach(() => Promise.all(running.splice(0).map((sandbox) => sandbox.close())))

async function start(options: SandboxOptions = {}) {
  const sandbox = await startSandbox(options)
  running.push(sandbox)
  return { sandbox, clients: createClients({ env: sandbox.env(), region: sandbox.region }) }
}

/** As it comes back from a file. */
const written = async (sandbox: Sandbox) => JSON.parse(JSON.stringify(await sandbox.save()))

const table = {
  TableName: 'table',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' as const },
    { AttributeName: 'by', AttributeType: 'S' as const },
  ],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' as const }],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'index',
      KeySchema: [{ AttributeName: 'by', KeyType: 'HASH' as const }],
      Projection: { ProjectionType: 'ALL' as const },
    },
  ],
  BillingMode: 'PAY_PER_REQUEST' as const,
  DeletionProtectionEnabled: true,
  Tags: [{ Key: 'a', Value: 'b' }],
}

const at = { createdAt: 1, changedAt: 2 }
/** As version 1 writes it. */
const stored = {
  ahead: 5,
  services: {
    ssm: [
      {
        name: '/k',
        type: 'String',
        value: 'v',
        version: 3,
        modifiedAt: 1,
        modifiedBy: 'arn',
        tags: { a: 'b' },
      },
    ],
    dynamodb: [
      {
        id: 'id',
        activeAt: 0,
        tags: {},
        protected: false,
        ttl: { AttributeName: 'until', enabled: true, changedAt: 1, sweptAt: 1 },
        made: {
          TableName: 'table',
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          BillingMode: 'PAY_PER_REQUEST',
        },
        items: [{ pk: { S: 'x' } }],
      },
    ],
    cognito: {
      pools: [
        {
          seq: 0,
          ...at,
          id: 'us-east-1_abcdefghi',
          arn: 'arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abcdefghi',
          name: 'p',
          settings: {},
          schema: [],
          usernameAttributes: ['phone_number'],
          aliasAttributes: [],
          tags: {},
          domains: {},
          users: [
            { seq: 2, ...at, username: 'u', attributes: { sub: 'u' }, status: 'CONFIRMED', enabled: true },
          ],
          clients: [{ seq: 1, ...at, id: 'c', name: 'c', settings: {} }],
        },
      ],
      signIns: [
        {
          clientId: 'c',
          username: 'u',
          originJti: 'j',
          eventId: 'e',
          authTime: 1,
          refreshUntil: Date.UTC(9000),
          refresh: [{ hash: 'h' }],
          access: ['a'],
        },
      ],
    },
  },
}

describe('what one sandbox has saved', () => {
  it('is understood by every later version', async () => {
    expect(await written((await start({ saved: stored })).sandbox)).toEqual(stored)
  })

  it('is what another begins with: pools, clients, users, tables, parameters, and the time', async () => {
    const { sandbox, clients } = await start()
    const { cognito, dynamodb, ssm } = clients
    const made = await cognito.send(
      new CreateUserPoolCommand({
        PoolName: 'p',
        UsernameAttributes: ['phone_number'],
        UserPoolTags: { a: 'b' },
      }),
    )
    const UserPoolId = made.UserPool!.Id!
    await cognito.send(new CreateUserPoolDomainCommand({ UserPoolId, Domain: 'd' }))
    const { UserPoolClient } = await cognito.send(
      new CreateUserPoolClientCommand({ UserPoolId, ClientName: 'c', GenerateSecret: true }),
    )
    const Username = '+15550100001'
    await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username, TemporaryPassword: 'Pa55word!' }))
    await dynamodb.send(new CreateTableCommand(table))
    const ttl = { AttributeName: 'until', Enabled: true }
    await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'table', TimeToLiveSpecification: ttl }))
    for (let n = 0; n < 50; n++) {
      const Item = {
        pk: { S: `${n}` },
        by: { S: 'x' },
        n: { N: '7' },
        m: { M: { l: { L: [{ BOOL: true }] } } },
      }
      await dynamodb.send(new PutItemCommand({ TableName: 'table', Item }))
    }
    await ssm.send(new PutParameterCommand({ Name: '/k', Value: 'v', Type: 'SecureString' }))
    sandbox.clock.advance(86_400_000)

    const saved = await written(sandbox)
    const next = await start({ saved })
    expect(await written(next.sandbox)).toEqual(saved)
    expect(next.sandbox.clock.now() - Date.now()).toBeGreaterThan(86_000_000)
    const now = next.clients
    const both = async <T>(ask: (of: typeof clients) => Promise<T>) => [await ask(now), await ask(clients)]
    const same = async (ask: (of: typeof clients) => Promise<{ $metadata: object }>) => {
      const [after, before] = await both(ask)
      expect({ ...after, $metadata: {} }).toEqual({ ...before, $metadata: {} })
    }
    const ClientId = UserPoolClient!.ClientId!
    await same((of) => of.cognito.send(new DescribeUserPoolCommand({ UserPoolId })))
    await same((of) => of.cognito.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId })))
    await same((of) => of.cognito.send(new AdminGetUserCommand({ UserPoolId, Username })))
    await same((of) => of.dynamodb.send(new GetItemCommand({ TableName: 'table', Key: { pk: { S: '49' } } })))
    await same((of) => of.ssm.send(new GetParameterCommand({ Name: '/k', WithDecryption: true })))
    const [after, before] = await both((of) =>
      of.dynamodb.send(new DescribeTableCommand({ TableName: 'table' })),
    )
    const { KeySchema, TableId, DeletionProtectionEnabled, GlobalSecondaryIndexes } = before!.Table!
    expect(after!.Table).toMatchObject({ KeySchema, TableId, DeletionProtectionEnabled })
    expect(after!.Table!.GlobalSecondaryIndexes).toMatchObject([
      { IndexName: GlobalSecondaryIndexes![0]!.IndexName },
    ])
  })

  it('goes on counting: what is made next is listed after what was there', async () => {
    const { sandbox, clients } = await start({ seed: 's' })
    const pool = async ({ cognito }: typeof clients, PoolName: string) =>
      (await cognito.send(new CreateUserPoolCommand({ PoolName }))).UserPool!.Id!
    const first = await pool(clients, 'a')
    const next = await start({ seed: 's', saved: await written(sandbox) })
    const second = await pool(next.clients, 'a')
    expect(second).not.toBe(first)
    expect((await written(next.sandbox)).services.cognito.pools.map(({ id }: { id: string }) => id)).toEqual([
      first,
      second,
    ])
  })

  it('is refused in another form', async () => {
    const saved = await written((await start()).sandbox)
    for (const other of [7, {}, { ...saved, services: {} }, { ...saved, ahead: 'x' }]) {
      await expect(startSandbox({ saved: other })).rejects.toMatchObject({ name: 'NotRestorable' })
    }
  })
})
