// What is asked of Cognito for an app client, call by call.
import {
  UpdateUserPoolClientRequest$,
  type UserPoolClientType,
  UserPoolClientType$,
} from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import { UnclearOutcome } from '../../src/aws/once.ts'
import { names } from '../../src/names.ts'
import type { StageRecord } from '../../src/resources/stage-record.ts'
import { echoClient, lifetimes, ownedOfClient } from '../../src/resources/user-pool/client-settings.ts'
import { clientsOf, userPoolClient } from '../../src/resources/user-pool-client.ts'
import { type Answers, awsError, fakeAws, place, settings } from './fake-aws.ts'

const name = names.client('dev', 'login')
const resource = userPoolClient(place, 'login')
const UserPoolId = 'us-east-1_Pool'
const want = { poolId: UserPoolId, hasSecret: false, sessionMinutes: 7 }
const notFound = () => {
  throw awsError('ResourceNotFoundException')
}
const clientOf = (ClientId: string, changes: Partial<UserPoolClientType> = {}): UserPoolClientType => ({
  UserPoolId,
  ClientId,
  ClientName: name,
  ...ownedOfClient({}, want, 'login'),
  ...changes,
})

/** A pool with these clients, listed two a page. */
function account(clients: UserPoolClientType[], more: Answers = {}) {
  return fakeAws({
    ListUserPoolClients: ({ NextToken }) => {
      const from = Number(NextToken ?? 0)
      const listed = clients.slice(from, from + 2)
      const UserPoolClients = listed.map(({ ClientId, ClientName }) => ({ ClientId, ClientName }))
      return { UserPoolClients, ...(from + 2 < clients.length ? { NextToken: String(from + 2) } : {}) }
    },
    DescribeUserPoolClient: (input) => {
      const found = clients.find((one) => one.ClientId === input.ClientId && input.UserPoolId === UserPoolId)
      return found ? { UserPoolClient: found } : notFound()
    },
    ...more,
  })
}

describe('reading', () => {
  it('finds nothing without a pool, and asks nobody', async () => {
    const aws = account([])
    expect(await resource.read(aws, {})).toBeUndefined()
    expect(aws.calls).toEqual([])
  })

  it('finds it by its name on any page', async () => {
    const others = ['a', 'b', 'c'].map((id) => clientOf(id, { ClientName: names.client('dev', 'signup') }))
    const aws = account([...others, clientOf('c1')])
    expect(await resource.read(aws, { userPoolId: UserPoolId })).toEqual({ client: clientOf('c1') })
    expect(aws.inputsOf('ListUserPoolClients')[0]).toMatchObject({ UserPoolId, MaxResults: 60 })
    expect(await resource.read(account(others), { userPoolId: UserPoolId })).toBeUndefined()
  })

  it('goes by the record of the same pool, whatever it is called by now', async () => {
    const clients = [clientOf('c1', { ClientName: 'renamed' }), clientOf('c2')]
    const recorded = { userPoolId: UserPoolId, loginClientId: 'c1', signupClientId: 'c2' }
    const aws = account(clients)
    expect(await resource.read(aws, { userPoolId: UserPoolId, recorded })).toMatchObject({
      client: { ClientId: 'c1' },
    })
    expect(aws.inputsOf('ListUserPoolClients')).toEqual([])
    const signup = userPoolClient(place, 'signup')
    expect(await signup.read(account(clients), { userPoolId: UserPoolId, recorded })).toMatchObject({
      client: { ClientId: 'c2' },
    })
  })

  it('looks for it where the record is of another pool, or names one that is gone', async () => {
    const clients = [clientOf('c1', { ClientName: 'renamed' }), clientOf('c2')]
    for (const recorded of [
      { userPoolId: 'another', loginClientId: 'c1' },
      { userPoolId: UserPoolId, loginClientId: 'gone' },
      { userPoolId: UserPoolId },
      undefined,
    ]) {
      const found = await resource.read(account(clients), { userPoolId: UserPoolId, recorded })
      expect(found).toMatchObject({ client: { ClientId: 'c2' } })
    }
  })

  it('finds nothing where the pool goes meanwhile', async () => {
    const aws = account([], { ListUserPoolClients: notFound })
    expect(await resource.read(aws, { userPoolId: UserPoolId })).toBeUndefined()
  })

  it('stops where two have this name, and names both', async () => {
    const reading = resource.read(account([clientOf('c1'), clientOf('c2')]), { userPoolId: UserPoolId })
    const command = `aws cognito-idp delete-user-pool-client --region us-east-1 --user-pool-id ${UserPoolId} --client-id`
    await expect(reading).rejects.toMatchObject({
      code: 'SEVERAL_CLIENTS',
      message: `The user pool has 2 app clients named ${name}`,
      why: 'c1 and c2 cannot be told apart',
      next: ['c1', 'c2'].map((id) => `${command} ${id}   if it is not the one in use`),
    })
  })
})

describe('what is wanted', () => {
  const wanted = (changes: Partial<typeof settings>, userPoolId?: string) =>
    resource.want({ place, settings: { ...settings, ...changes } } as never, { userPoolId })

  it('is a session that outlives its code by two minutes, within what Cognito takes', () => {
    const minutes = [1, 5, 10, 13, 14].map((otpExpiryMinutes) => wanted({ otpExpiryMinutes }).sessionMinutes)
    expect(minutes).toEqual([3, 7, 12, 15, 15])
    expect(wanted({ otpExpiryMinutes: 0 }).sessionMinutes).toBe(3)
  })

  it('is of the pool, if that is known, and has a secret where that is set', () => {
    expect(wanted({}, UserPoolId)).toMatchObject({ poolId: UserPoolId, hasSecret: false })
    expect(wanted({ clientSecret: true })).toMatchObject({ poolId: undefined, hasSecret: true })
  })
})

describe('creating', () => {
  it('makes it at once, with all that is wanted', async () => {
    const aws = account([], { CreateUserPoolClient: () => ({ UserPoolClient: clientOf('c1') }) })
    expect(await resource.create(aws, want)).toEqual({ client: clientOf('c1') })
    expect(aws.calls).toEqual([
      {
        operation: 'CreateUserPoolClient',
        input: {
          UserPoolId,
          ClientName: name,
          GenerateSecret: false,
          ...lifetimes,
          ...ownedOfClient({}, want, 'login'),
        },
      },
    ])
  })

  it('looks before it repeats a call whose answer was lost', async () => {
    const clients: UserPoolClientType[] = []
    const lost = account(clients, {
      CreateUserPoolClient: () => {
        clients.push(clientOf('c1'))
        throw new UnclearOutcome('reset')
      },
    })
    expect(await resource.create(lost, want)).toEqual({ client: clientOf('c1') })
    expect(lost.inputsOf('CreateUserPoolClient')).toHaveLength(1)
    const never = account([], {
      CreateUserPoolClient: (_input, nth) => {
        if (nth === 0) throw new UnclearOutcome('reset')
        return { UserPoolClient: clientOf('c1') }
      },
    })
    expect(await resource.create(never, want)).toEqual({ client: clientOf('c1') })
  })

  it('repeats no call that Cognito refused', async () => {
    const aws = account([], {
      CreateUserPoolClient: () => {
        throw awsError('LimitExceededException')
      },
    })
    await expect(resource.create(aws, want)).rejects.toMatchObject({ name: 'LimitExceededException' })
    expect(aws.inputsOf('CreateUserPoolClient')).toHaveLength(1)
  })

  it('is not begun before the pool', () => {
    expect(() => resource.create(account([]), { ...want, poolId: undefined })).toThrow(/after its pool/)
  })
})

describe('updating', () => {
  const now = clientOf('c1', {
    ClientSecret: 'hush',
    CreationDate: new Date(0),
    LastModifiedDate: new Date(0),
    CallbackURLs: ['https://example.com/in'],
    EnableTokenRevocation: false,
    ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
  })
  const fields = new Set(['tokenRevocation'])

  it('sends back what is there now, with the fields of the plan, and never the secret', async () => {
    const answer = clientOf('c1')
    const aws = account([now], { UpdateUserPoolClient: () => ({ UserPoolClient: answer }) })
    const after = await resource.update(aws, want, { client: clientOf('c1') }, fields)
    expect(aws.inputsOf('DescribeUserPoolClient')).toEqual([{ UserPoolId, ClientId: 'c1' }])
    const { ClientSecret: _1, CreationDate: _2, LastModifiedDate: _3, ...rest } = now
    expect(aws.inputsOf('UpdateUserPoolClient')).toEqual([{ ...rest, EnableTokenRevocation: true }])
    expect(after).toEqual({ client: { ...answer, ClientSecret: 'hush' } })
  })

  it('knows a secret that is kept in Secrets Manager, and does not send its place back', async () => {
    const ClientSecretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:s'
    const kept = clientOf('c1', {
      ClientSecretArn,
      EnableTokenRevocation: false,
    } as Partial<UserPoolClientType>)
    const secretWant = { ...want, hasSecret: true }
    expect(resource.diff(secretWant, { client: kept }).map(({ field }) => field)).toEqual(['tokenRevocation'])
    const aws = account([kept], { UpdateUserPoolClient: () => ({ UserPoolClient: clientOf('c1') }) })
    const after = await resource.update(aws, secretWant, { client: kept }, fields)
    expect(aws.inputsOf('UpdateUserPoolClient')[0]).not.toHaveProperty('ClientSecretArn')
    expect(resource.diff(secretWant, after)).toEqual([])
  })

  it('sends back a field that is newer than this tool, and names it where Cognito refuses that', async () => {
    const newer = clientOf('c1', { Pepper: [1], ...now } as Partial<UserPoolClientType>)
    const fine = account([newer], { UpdateUserPoolClient: () => ({ UserPoolClient: newer }) })
    await resource.update(fine, want, { client: newer }, fields)
    expect(fine.inputsOf('UpdateUserPoolClient')).toMatchObject([{ Pepper: [1] }])
    const refusing = account([newer], {
      UpdateUserPoolClient: () => {
        throw awsError('SerializationException', 'Unexpected field')
      },
    })
    await expect(resource.update(refusing, want, { client: newer }, fields)).rejects.toMatchObject({
      code: 'FIELD_REFUSED',
      message: `Cognito does not take Pepper of the app client ${name} back`,
    })
  })

  it('sends back nothing that the request does not have', () => {
    const [, , , , readable] = UserPoolClientType$
    const [, , , , writable] = UpdateUserPoolClientRequest$
    const { echo } = echoClient(Object.fromEntries(readable.map((member) => [member, 'x'])))
    expect(Object.keys(echo).filter((member) => !writable.includes(member))).toEqual([])
  })

  it('has no secret where there is none', async () => {
    const aws = account([clientOf('c1')], {
      UpdateUserPoolClient: () => ({ UserPoolClient: clientOf('c1') }),
    })
    const { client } = await resource.update(aws, want, { client: clientOf('c1') }, fields)
    expect(client).not.toHaveProperty('ClientSecret')
  })

  it('reads again and repeats where somebody else writes at the same time', async () => {
    const aws = account([now], {
      UpdateUserPoolClient: (_input, nth) => {
        if (nth === 0) throw awsError('ConcurrentModificationException')
        return { UserPoolClient: now }
      },
    })
    await resource.update(aws, want, { client: now }, fields)
    expect(aws.inputsOf('DescribeUserPoolClient')).toHaveLength(2)
  })
})

describe('removing', () => {
  it('deletes it, and is done where it is gone already', async () => {
    const aws = account([], { DeleteUserPoolClient: () => ({}) })
    await resource.remove(aws, { client: clientOf('c1') })
    expect(aws.inputsOf('DeleteUserPoolClient')).toEqual([{ UserPoolId, ClientId: 'c1' }])
    await resource.remove(account([], { DeleteUserPoolClient: notFound }), { client: clientOf('c1') })
  })
})

describe('what it is in the stage', () => {
  it('is a part of the pool, and gives the id that apps use', () => {
    expect(resource).toMatchObject({
      kind: 'user-pool-client',
      id: 'user-pool-client:login',
      name,
      needs: ['user-pool'],
      readAfter: ['record', 'user-pool'],
      removeAfter: [],
      partOf: 'user-pool',
      goesWith: 'user-pool',
    })
    expect(resource.isOurs({ client: {} })).toBe(true)
    expect(resource.refs!({ client: clientOf('c1') })).toEqual({ loginClientId: 'c1' })
    expect(userPoolClient(place, 'signup').refs!({ client: clientOf('c2') })).toEqual({
      signupClientId: 'c2',
    })
    const kinds = resource.diff(want, { client: clientOf('c1', { WriteAttributes: ['phone_number'] }) })
    expect(kinds.map(({ field }) => field)).toEqual(['writeAttributes'])
  })

  it('asks for the calls that it makes, on pools of this stage alone', () => {
    expect(resource.permissions).toEqual([
      {
        actions: [
          'cognito-idp:ListUserPoolClients',
          'cognito-idp:CreateUserPoolClient',
          'cognito-idp:DescribeUserPoolClient',
          'cognito-idp:UpdateUserPoolClient',
        ],
        on: ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/*'],
        when: {
          StringEquals: {
            'aws:ResourceTag/whatsapp-otp:stage': 'dev',
            'aws:ResourceTag/whatsapp-otp:managed-by': 'whatsapp-otp',
          },
          StringEqualsIfExists: {
            'aws:RequestTag/whatsapp-otp:stage': 'dev',
            'aws:RequestTag/whatsapp-otp:managed-by': 'whatsapp-otp',
          },
        },
      },
    ])
  })
})

describe('the clients of a stage, as an app uses them', () => {
  const recordOf = (clientSecret: unknown) =>
    ({
      userPoolId: UserPoolId,
      signupClientId: 'c1',
      loginClientId: 'c2',
      settings: { clientSecret },
    }) as unknown as StageRecord

  it('are known from the record where they have no secret', async () => {
    const aws = account([])
    expect(await clientsOf(aws, recordOf(false))).toEqual({
      signup: { clientId: 'c1' },
      login: { clientId: 'c2' },
    })
    expect(aws.calls).toEqual([])
  })

  it('cannot be signed in with from here where Secrets Manager keeps the secret', async () => {
    const ClientSecretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:s'
    const aws = account([clientOf('c1', { ClientSecretArn } as Partial<UserPoolClientType>), clientOf('c2')])
    await expect(clientsOf(aws, recordOf(true))).rejects.toMatchObject({
      code: 'SECRET_ELSEWHERE',
      why: expect.stringContaining(ClientSecretArn),
    })
  })

  it('are looked up for their secrets where they have some', async () => {
    const aws = account([clientOf('c1', { ClientSecret: 'hush' }), clientOf('c2')])
    expect(await clientsOf(aws, recordOf(true))).toEqual({
      signup: { clientId: 'c1', clientSecret: 'hush' },
      login: { clientId: 'c2' },
    })
  })
})
