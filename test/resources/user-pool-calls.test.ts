// What is asked of Cognito for the pool, call by call: nothing twice, nothing blindly, nothing of others'.
import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import { UnclearOutcome } from '../../src/aws/once.ts'
import { arns, names, tagsOf } from '../../src/names.ts'
import { echoPool } from '../../src/resources/user-pool/echo.ts'
import { newPool } from '../../src/resources/user-pool/settings.ts'
import { userPool } from '../../src/resources/user-pool.ts'
import {
  type Answers,
  actionsOf,
  allFunctions,
  awsError,
  fakeAws,
  inputs,
  place,
  wantPool,
} from './fake-aws.ts'

const want = wantPool()
const name = names.pool('dev')
const resource = userPool(place)
const notFound = () => {
  throw awsError('ResourceNotFoundException')
}

function poolOf(Id: string, changes: Partial<UserPoolType> = {}): UserPoolType {
  const { PoolName, Schema, ...made } = newPool(name, tagsOf('dev'), want)
  const SchemaAttributes = Schema!.map((one) => ({ ...one, Name: `custom:${one.Name}` }))
  return { ...made, Id, Name: PoolName!, SchemaAttributes, EstimatedNumberOfUsers: 3, ...changes }
}

/** An account with these pools, listed two a page. */
function account(pools: UserPoolType[], more: Answers = {}) {
  return fakeAws({
    ListUserPools: ({ NextToken }) => {
      const from = Number(NextToken ?? 0)
      const UserPools = pools.slice(from, from + 2).map(({ Id, Name }) => ({ Id, Name }))
      return { UserPools, ...(from + 2 < pools.length ? { NextToken: String(from + 2) } : {}) }
    },
    DescribeUserPool: ({ UserPoolId }) => {
      const UserPool = pools.find(({ Id }) => Id === UserPoolId)
      return UserPool ? { UserPool } : notFound()
    },
    ListUserPoolClients: () => ({}),
    ...more,
  })
}
const have = (changes: Partial<UserPoolType> = {}) => ({ id: 'p1', pool: poolOf('p1', changes) })
const foreign = { UserPoolTags: tagsOf('prod') }

describe('reading', () => {
  const read = (pools: UserPoolType[], userPoolId?: string) =>
    resource.read(account(pools), userPoolId ? { recorded: { userPoolId } } : {})

  it('finds nothing in an account without one of this name', async () => {
    expect(await read([])).toBeUndefined()
    expect(await read([poolOf('p1', { Name: 'another' })])).toBeUndefined()
  })

  it('finds ours on any page, and looks at none of another name', async () => {
    const others = ['a', 'b', 'c'].map((id) => poolOf(id, { Name: 'another' }))
    const aws = account([...others, poolOf('p1')])
    expect(await resource.read(aws, {})).toEqual({ id: 'p1', pool: poolOf('p1') })
    expect(aws.inputsOf('DescribeUserPool')).toEqual([{ UserPoolId: 'p1' }])
    expect(aws.inputsOf('ListUserPools')[0]).toMatchObject({ MaxResults: 60 })
  })

  it('goes by the record where that pool is ours, and lists nothing then', async () => {
    const aws = account([poolOf('p1'), poolOf('p2', { Name: 'renamed' })])
    expect(await resource.read(aws, { recorded: { userPoolId: 'p2' } })).toMatchObject({ id: 'p2' })
    expect(aws.inputsOf('ListUserPools')).toEqual([])
  })

  it('looks for it where the record names one that is gone or not ours', async () => {
    expect(await read([poolOf('p1')], 'gone')).toMatchObject({ id: 'p1' })
    expect(await read([poolOf('p1'), poolOf('p2', foreign)], 'p2')).toMatchObject({ id: 'p1' })
    expect(await read([poolOf('p1')])).toMatchObject({ id: 'p1' })
    expect(await resource.read(account([poolOf('p1')]), { recorded: {} })).toMatchObject({ id: 'p1' })
  })

  it('prefers ours to namesakes, and names the others where none is ours', async () => {
    const found = await read([poolOf('p1', foreign), poolOf('p2')])
    expect(found).toEqual({ id: 'p2', pool: poolOf('p2') })
    expect(resource.isOurs(found!)).toBe(true)
    const theirs = await read([
      poolOf('p1', foreign),
      poolOf('p2', foreign),
      poolOf('p3', { UserPoolTags: {} }),
    ])
    expect(theirs).toMatchObject({ id: 'p1', namesakes: ['p2', 'p3'] })
    expect(resource.isOurs(theirs!)).toBe(false)
    expect(resource.diff(want, theirs!)).toEqual([
      {
        field: 'name',
        from: 'also of p2, p3',
        blocked: 'there are 3 pools of this name; delete or rename all but one',
      },
    ])
    const alone = await read([poolOf('p1', foreign)])
    expect(resource.diff(want, alone!)).toEqual([])
  })

  it('stops where two are ours, with how many users each has and what to do', async () => {
    const users = { EstimatedNumberOfUsers: undefined } as unknown as Partial<UserPoolType>
    await expect(read([poolOf('p1'), poolOf('p2', users)])).rejects.toMatchObject({
      code: 'SEVERAL_POOLS',
      message: 'Stage «dev» has 2 user pools',
      why: 'p1 (3 users) and p2 (0 users) carry its tags',
      next: ['p1', 'p2'].map(
        (id) =>
          `aws cognito-idp delete-user-pool --region us-east-1 --user-pool-id ${id}   if it is not the one in use`,
      ),
    })
  })

  it('passes over one that goes meanwhile, and does not hide another failure', async () => {
    const gone = account([poolOf('p1')], { DescribeUserPool: notFound })
    expect(await resource.read(gone, {})).toBeUndefined()
    const denied = account([poolOf('p1')], {
      DescribeUserPool: () => {
        throw awsError('AccessDeniedException')
      },
    })
    await expect(resource.read(denied, {})).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })
})

describe('creating', () => {
  const made = { CreateUserPool: () => ({ UserPool: poolOf('p1') }) }

  it('makes one with our tags where there is none', async () => {
    const aws = account([], made)
    expect(await resource.create(aws, want)).toEqual({ id: 'p1', pool: poolOf('p1') })
    expect(aws.inputsOf('CreateUserPool')).toEqual([newPool(name, tagsOf('dev'), want)])
  })

  it('takes the one of ours that is there already', async () => {
    const aws = account([poolOf('p1')])
    expect(await resource.create(aws, want)).toMatchObject({ id: 'p1' })
  })

  it('refuses where one of this name is somebody else’s', async () => {
    await expect(resource.create(account([poolOf('p1', foreign)], made), want)).rejects.toMatchObject({
      code: 'FOREIGN_RESOURCE',
    })
  })

  it('looks before it repeats a call whose answer was lost', async () => {
    const pools: UserPoolType[] = []
    const lost = account(pools, {
      CreateUserPool: () => {
        pools.push(poolOf('p1'))
        throw new UnclearOutcome('reset')
      },
    })
    expect(await resource.create(lost, want)).toMatchObject({ id: 'p1' })
    expect(lost.inputsOf('CreateUserPool')).toHaveLength(1)
    const never = account([], {
      CreateUserPool: (_input, nth) => {
        if (nth === 0) throw new UnclearOutcome('reset')
        return { UserPool: poolOf('p1') }
      },
    })
    expect(await resource.create(never, want)).toMatchObject({ id: 'p1' })
    expect(never.inputsOf('CreateUserPool')).toHaveLength(2)
  })

  it('repeats no call that Cognito refused', async () => {
    const aws = account([], {
      CreateUserPool: () => {
        throw awsError('LimitExceededException')
      },
    })
    await expect(resource.create(aws, want)).rejects.toMatchObject({ name: 'LimitExceededException' })
    expect(aws.inputsOf('CreateUserPool')).toHaveLength(1)
  })

  it('gives up on lost answers after half a minute', async () => {
    const aws = account([], {
      CreateUserPool: () => {
        throw new UnclearOutcome('reset')
      },
    })
    await expect(resource.create(aws, want)).rejects.toBeInstanceOf(UnclearOutcome)
    expect(aws.slept.reduce((sum, ms) => sum + ms)).toBeGreaterThan(25_000)
  })
})

describe('updating', () => {
  const attribute = 'attributes.custom:auth_purpose'
  const taken = { UpdateUserPool: () => ({}), AddCustomAttributes: () => ({}) }

  it('adds attributes alone where only those are missing', async () => {
    const aws = account([poolOf('p1')], taken)
    const after = await resource.update(aws, want, have(), new Set([attribute]))
    expect(after).toEqual({ id: 'p1', pool: poolOf('p1') })
    expect(aws.inputsOf('AddCustomAttributes')).toEqual([
      {
        UserPoolId: 'p1',
        CustomAttributes: [{ Name: 'auth_purpose', AttributeDataType: 'String', Mutable: true }],
      },
    ])
    expect(aws.inputsOf('UpdateUserPool')).toEqual([])
  })

  it('writes settings alone where only those differ, over what is there now', async () => {
    const now = poolOf('p1', { EmailVerificationSubject: 'set meanwhile', UserPoolTier: 'PLUS' })
    const aws = account([now], taken)
    await resource.update(aws, want, have({ UserPoolTier: 'PLUS' }), new Set(['tier']))
    expect(aws.inputsOf('UpdateUserPool')).toEqual([{ ...echoPool(now), UserPoolTier: 'LITE' }])
    expect(aws.inputsOf('AddCustomAttributes')).toEqual([])
  })

  it('sends our tags although a new pool does not show them yet', async () => {
    const aws = account([poolOf('p1', { UserPoolTags: { team: 'blue' } })], taken)
    const after = await resource.update(aws, want, have(), new Set(['tier']))
    const UserPoolTags = { team: 'blue', ...tagsOf('dev') }
    expect(aws.inputsOf('UpdateUserPool')).toMatchObject([{ UserPoolTags }])
    expect(resource.isOurs(after)).toBe(true)
  })

  it('sends back a field that is newer than this tool, and names it where Cognito refuses that', async () => {
    const Pepper = { Grade: 1 }
    const now = poolOf('p1', { Pepper } as Partial<UserPoolType>)
    const fine = account([now], taken)
    await resource.update(fine, want, have(), new Set(['tier']))
    expect(fine.inputsOf('UpdateUserPool')).toMatchObject([{ Pepper }])
    const refusing = account([now], {
      UpdateUserPool: () => {
        throw awsError('InvalidParameterException', 'Unknown parameter in input: "Pepper".')
      },
    })
    await expect(resource.update(refusing, want, have(), new Set(['tier']))).rejects.toMatchObject({
      code: 'FIELD_REFUSED',
      message: `Cognito does not take Pepper of the user pool ${name} back`,
      why: expect.stringContaining('nothing of it was changed'),
    })
    expect(refusing.inputsOf('UpdateUserPool')).toHaveLength(1)
  })

  it('blames no field that is newer for a refusal of another one', async () => {
    const aws = account([poolOf('p1', { Pepper: 1 } as Partial<UserPoolType>)], {
      UpdateUserPool: () => {
        throw awsError('InvalidParameterException', 'SMS configuration is required')
      },
    })
    await expect(resource.update(aws, want, have(), new Set(['mfa']))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })

  it('does both where both differ', async () => {
    const aws = account([poolOf('p1')], taken)
    await resource.update(aws, want, have(), new Set([attribute, 'tier']))
    expect(aws.inputsOf('AddCustomAttributes')).toHaveLength(1)
    expect(aws.inputsOf('UpdateUserPool')).toHaveLength(1)
  })

  it('reads again and repeats where somebody else writes at the same time', async () => {
    const aws = account([poolOf('p1')], {
      UpdateUserPool: (_input, nth) => {
        if (nth < 2) throw awsError('ConcurrentModificationException')
        return {}
      },
    })
    await resource.update(aws, want, have(), new Set(['tier']))
    expect(aws.inputsOf('UpdateUserPool')).toHaveLength(3)
    expect(aws.inputsOf('DescribeUserPool')).toHaveLength(4)
  })

  it('takes attributes as added that are there, although Cognito refuses to add them', async () => {
    const AddCustomAttributes = () => {
      throw awsError('InvalidParameterException')
    }
    const fields = new Set([attribute])
    const there = account([poolOf('p1')], { AddCustomAttributes })
    expect(await resource.update(there, want, have(), fields)).toMatchObject({ id: 'p1' })
    for (const SchemaAttributes of [[], undefined, [{ Name: 'custom:whatsapp_verified' }]]) {
      const pool = { ...poolOf('p1'), SchemaAttributes } as UserPoolType
      await expect(
        resource.update(account([pool], { AddCustomAttributes }), want, have(), fields),
      ).rejects.toMatchObject({ name: 'InvalidParameterException' })
    }
  })

  it('does not take several attributes as added where one of them is there', async () => {
    const SchemaAttributes = [{ Name: 'custom:whatsapp_verified' }]
    const aws = account([poolOf('p1', { SchemaAttributes })], {
      AddCustomAttributes: () => {
        throw awsError('InvalidParameterException')
      },
    })
    const both = new Set([attribute, 'attributes.custom:whatsapp_verified'])
    await expect(resource.update(aws, want, have(), both)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })

  it('says what it knew where the pool is gone afterwards', async () => {
    const aws = account([], taken)
    expect(await resource.update(aws, want, have(), new Set([attribute]))).toEqual(have())
  })
})

describe('taking over', () => {
  it('adds our tags to those that are there', async () => {
    const aws = account([], { TagResource: () => ({}) })
    const adopted = await resource.adopt!(aws, have({ UserPoolTags: { team: 'blue' } }))
    expect(aws.inputsOf('TagResource')).toEqual([
      { ResourceArn: arns.pool(place, 'p1'), Tags: tagsOf('dev') },
    ])
    expect(adopted).toEqual(have({ UserPoolTags: { team: 'blue', ...tagsOf('dev') } }))
    expect(resource.isOurs(adopted)).toBe(true)
  })
})

describe('letting go', () => {
  it('takes away the calls to our functions that a plan has shown', async () => {
    const LambdaConfig = { ...want.lambdas, CustomMessage: 'theirs' }
    const pool = poolOf('p1', { LambdaConfig })
    const aws = account([pool], { UpdateUserPool: () => ({}) })
    const fields = resource.detach!.diff({ id: 'p1', pool }).map(({ field }) => field)
    expect(fields).toHaveLength(5)
    expect(await resource.detach!.play(aws, { id: 'p1', pool }, new Set(fields))).toEqual({ id: 'p1', pool })
    expect(aws.inputsOf('UpdateUserPool')).toEqual([
      { ...echoPool(pool), LambdaConfig: { CustomMessage: 'theirs' } },
    ])
  })

  it('says what it knew where the pool is gone afterwards', async () => {
    const aws = fakeAws({
      DescribeUserPool: (_input, nth) => (nth === 0 ? { UserPool: poolOf('p1') } : notFound()),
      UpdateUserPool: () => ({}),
    })
    expect(await resource.detach!.play(aws, have(), new Set(['triggers.PreSignUp']))).toEqual(have())
  })
})

describe('removing', () => {
  /** A pool that is gone once it was deleted and looked for a few times. */
  function going(lookups: number, changes: Partial<UserPoolType> = {}) {
    let deleted = false
    return fakeAws({
      DescribeUserPool: () => (deleted && lookups-- <= 0 ? notFound() : { UserPool: poolOf('p1', changes) }),
      UpdateUserPool: () => ({}),
      DeleteUserPool: () => {
        deleted = true
        return {}
      },
    })
  }

  it('deletes the pool and waits until it is gone', async () => {
    const aws = going(2)
    await resource.remove(aws, have())
    expect(aws.inputsOf('DeleteUserPool')).toEqual([{ UserPoolId: 'p1' }])
    expect(aws.inputsOf('DescribeUserPool')).toHaveLength(3)
    expect(aws.slept).toHaveLength(2)
    expect(aws.inputsOf('UpdateUserPool')).toEqual([])
  })

  it('names the domain that somebody has set up meanwhile, with the command for it', async () => {
    const refused = () => {
      throw awsError('InvalidParameterException', 'It has a domain configured that should be deleted first.')
    }
    const domain = { Domain: 'acme', CustomDomain: 'auth.example.com' }
    const aws = account([poolOf('p1', domain)], { DeleteUserPool: refused })
    await expect(resource.remove(aws, have())).rejects.toMatchObject({
      code: 'POOL_HAS_DOMAIN',
      next: [
        'aws cognito-idp delete-user-pool-domain --domain acme --user-pool-id p1 --region us-east-1',
        'aws cognito-idp delete-user-pool-domain --domain auth.example.com --user-pool-id p1 --region us-east-1',
        'whatsapp-otp destroy --stage dev',
      ],
    })
    const active = { ...domain, DeletionProtection: 'ACTIVE' as const }
    const lifting = userPool(place, { liftDeletionProtection: true })
    const kept = account([poolOf('p1', active)])
    await expect(lifting.remove(kept, have({ DeletionProtection: 'ACTIVE' }))).rejects.toMatchObject({
      code: 'POOL_HAS_DOMAIN',
    })
    expect(kept.inputsOf('UpdateUserPool')).toEqual([])
  })

  it('says that it is protected where somebody has protected it meanwhile', async () => {
    const aws = account([poolOf('p1')], {
      DeleteUserPool: () => {
        throw awsError('InvalidParameterException', 'because deletion protection is activated')
      },
    })
    await expect(resource.remove(aws, have())).rejects.toMatchObject({ code: 'DELETION_PROTECTED' })
  })

  it('is done where it is gone already', async () => {
    await resource.remove(fakeAws({ DeleteUserPool: notFound, DescribeUserPool: notFound }), have())
  })

  it('gives up on one that does not go', async () => {
    const error = { code: 'WAIT_TIMED_OUT', message: 'Waited 60 s for the user pool to go' }
    await expect(resource.remove(going(1000), have())).rejects.toMatchObject(error)
  })

  it('does not touch a protected one, and says how to', async () => {
    const aws = going(0)
    await expect(resource.remove(aws, have({ DeletionProtection: 'ACTIVE' }))).rejects.toMatchObject({
      code: 'DELETION_PROTECTED',
      message: `The user pool ${name} is protected against deletion`,
      why: 'DELETION_PROTECTION is on for this stage, and its users would be lost',
      next: [
        'whatsapp-otp destroy --stage dev --lift-protection   lifts it and goes on',
        'whatsapp-otp destroy --stage dev --keep-users',
      ],
    })
    expect(aws.calls).toEqual([])
  })

  it('lifts the protection first where that was asked for', async () => {
    const lifting = userPool(place, { liftDeletionProtection: true })
    const active = { DeletionProtection: 'ACTIVE' as const }
    const aws = going(0, active)
    await lifting.remove(aws, have(active))
    expect(aws.inputsOf('UpdateUserPool')).toEqual([
      { ...echoPool(poolOf('p1', active)), DeletionProtection: 'INACTIVE' },
    ])
    const order = aws.calls.map(({ operation }) => operation)
    expect(order.indexOf('UpdateUserPool')).toBeLessThan(order.indexOf('DeleteUserPool'))
    const gone = fakeAws({ DeleteUserPool: notFound, DescribeUserPool: notFound })
    await lifting.remove(gone, have(active))
    const plain = going(0)
    await lifting.remove(plain, have())
    expect(plain.inputsOf('UpdateUserPool')).toEqual([])
  })
})

describe('what it is in the stage', () => {
  it('needs nothing, is read after the record, and gives its id', () => {
    expect(resource).toMatchObject({
      kind: 'user-pool',
      id: 'user-pool',
      name,
      needs: [],
      readAfter: ['record'],
      removeAfter: [],
    })
    expect(resource.refs!(have())).toEqual({ userPoolId: 'p1', requiredAttributes: [] })
    expect(resource.want(inputs, allFunctions)).toEqual(want)
  })

  it('says what it requires of a user, but for the id that Cognito gives', () => {
    const SchemaAttributes = [
      { Name: 'sub', Required: true },
      { Name: 'phone_number', Required: true },
      { Name: 'email', Required: false },
    ]
    expect(resource.refs!(have({ SchemaAttributes }))).toMatchObject({ requiredAttributes: ['phone_number'] })
  })

  it('asks for the calls that it makes, on pools of this stage alone', () => {
    const tags = (kind: string) => ({
      [`aws:${kind}/whatsapp-otp:stage`]: 'dev',
      [`aws:${kind}/whatsapp-otp:managed-by`]: 'whatsapp-otp',
    })
    const pools = ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/*']
    expect(resource.permissions).toEqual([
      { actions: ['cognito-idp:ListUserPools'], on: ['*'] },
      { actions: ['cognito-idp:CreateUserPool'], on: ['*'], when: { StringEquals: tags('RequestTag') } },
      { actions: ['cognito-idp:DescribeUserPool'], on: pools },
      {
        actions: [
          'cognito-idp:UpdateUserPool',
          'cognito-idp:AddCustomAttributes',
          'cognito-idp:DeleteUserPool',
          'cognito-idp:TagResource',
        ],
        on: pools,
        when: { StringEquals: tags('ResourceTag'), StringEqualsIfExists: tags('RequestTag') },
      },
    ])
    expect(actionsOf(resource.permissions)).toHaveLength(7)
  })
})
