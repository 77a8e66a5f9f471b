// What is asked of IAM for a function's role, call by call, and when two policy documents say the same.
import { describe, expect, it } from 'vitest'
import { names, tagsOf } from '../../src/names.ts'
import { parseDocument, role, sameDocument } from '../../src/resources/role.ts'
import { type Answers, awsError, fakeAws, place, settings } from './fake-aws.ts'

const RoleName = names.role('dev', 'us-east-1', 'preSignUp')
const resource = role(place, 'preSignUp')
const want = resource.want({ settings } as never, {})
const trust = (service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
})
const lambda = trust('lambda.amazonaws.com')
const boundary = 'arn:aws:iam::123456789012:policy/team/limit'
const bounded = resource.want({ settings: { ...settings, permissionsBoundary: boundary } } as never, {})
const fails = (name: string) => () => {
  throw awsError(name)
}
const gone = fails('NoSuchEntityException')
const Tags = Object.entries(tagsOf('dev')).map(([Key, Value]) => ({ Key, Value }))
const found = (document: unknown = lambda, tags = Tags) => ({
  Role: {
    RoleId: 'AROA1',
    AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(document)),
    Tags: tags,
  },
})
const have = { roleId: 'AROA1', trust: lambda, tags: tagsOf('dev') }
/** A role with our policy alone, unless `answers` says more. */
const play = (answers: Answers) =>
  fakeAws({
    ListRolePolicies: () => ({ PolicyNames: [names.rolePolicy] }),
    ListAttachedRolePolicies: () => ({}),
    ...answers,
  })

describe('reading', () => {
  it('gives the hidden id, the trust and the tags', async () => {
    const aws = play({ GetRole: () => found() })
    expect(await resource.read(aws, {})).toEqual(have)
    expect(aws.inputsOf('GetRole')).toEqual([{ RoleName }])
  })

  it('finds nothing where there is none, and reads one of which little is known', async () => {
    expect(await resource.read(play({ GetRole: gone }), {})).toBeUndefined()
    expect(await resource.read(play({ GetRole: () => ({}) }), {})).toBeUndefined()
    const bare = await resource.read(play({ GetRole: () => ({ Role: { Tags: [{}] } }) }), {})
    expect(bare).toEqual({ roleId: '', trust: undefined, tags: { '': '' } })
    expect(await resource.read(play({ GetRole: () => ({ Role: {} }) }), {})).toMatchObject({ tags: {} })
    expect(resource.isOurs(bare!)).toBe(false)
    expect(resource.isOurs(have)).toBe(true)
    expect(await resource.read(play({ GetRole: () => found(), ListRolePolicies: gone }), {})).toBeUndefined()
  })

  it('finds the policies of others, page by page, and says how each is taken away', async () => {
    const aws = play({
      GetRole: () => found(),
      ListRolePolicies: (_input, nth) =>
        nth === 0
          ? { PolicyNames: [names.rolePolicy], IsTruncated: true, Marker: 'more' }
          : { PolicyNames: ['tracing'] },
      ListAttachedRolePolicies: () => ({
        AttachedPolicies: [{ PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
      }),
    })
    const there = (await resource.read(aws, {}))!
    expect(resource.diff(want, there)).toEqual([])
    expect(resource.dangers!(have)).toEqual([])
    expect(resource.dangers!(there)).toMatchObject([
      {
        what: 'the inline policy tracing of somebody else',
        next: `aws iam delete-role-policy --role-name ${RoleName} --policy-name tracing`,
      },
      {
        what: 'the policy arn:aws:iam::aws:policy/AdministratorAccess of somebody else',
        next: `aws iam detach-role-policy --role-name ${RoleName} --policy-arn arn:aws:iam::aws:policy/AdministratorAccess`,
      },
    ])
  })
})

describe('comparing', () => {
  it('finds another trust, without showing the document', () => {
    expect(resource.diff(want, have)).toEqual([])
    expect(resource.diff(want, { ...have, trust: trust('ec2.amazonaws.com') })).toEqual([
      { field: 'trustPolicy', from: 'changed by hand', to: 'lambda.amazonaws.com' },
    ])
    expect(resource.diff(want, { ...have, trust: undefined })).toHaveLength(1)
  })

  it('finds a boundary that is missing or another, and takes none away', () => {
    const to = { field: 'permissionsBoundary', to: boundary }
    expect(resource.diff(bounded, have)).toEqual([{ ...to, from: undefined }])
    expect(resource.diff(bounded, { ...have, boundary: 'arn:other' })).toEqual([{ ...to, from: 'arn:other' }])
    expect(resource.diff(bounded, { ...have, boundary })).toEqual([])
    expect(resource.diff(want, { ...have, boundary: 'arn:other' })).toEqual([])
  })
})

describe('creating', () => {
  it('makes it with our tags, trusted by Lambda', async () => {
    const aws = play({ CreateRole: () => ({ Role: { RoleId: 'AROA1' } }) })
    expect(await resource.create(aws, want)).toEqual(have)
    expect(aws.inputsOf('CreateRole')).toEqual([
      {
        RoleName,
        AssumeRolePolicyDocument: JSON.stringify(lambda),
        Description: 'whatsapp-otp: runs preSignUp of stage dev',
        Tags,
      },
    ])
    const silent = play({ CreateRole: () => ({}) })
    expect(await resource.create(silent, want)).toMatchObject({ roleId: '' })
  })

  it('makes it with its boundary, and says what to do where that is no policy of the account', async () => {
    const aws = play({ CreateRole: () => ({ Role: { RoleId: 'AROA1' } }) })
    expect(await resource.create(aws, bounded)).toEqual({ ...have, boundary })
    expect(aws.inputsOf('CreateRole')).toMatchObject([{ PermissionsBoundary: boundary }])
    const absent = () => {
      throw awsError('NoSuchEntityException', `Scope ARN: ${boundary} does not exist or is not attachable.`)
    }
    const missing = expect.objectContaining({
      code: 'BOUNDARY_NOT_FOUND',
      next: [
        expect.stringContaining('whatsapp-otp policy --stage dev --boundary'),
        expect.stringContaining('create-policy --policy-name limit '),
      ],
    })
    await expect(resource.create(play({ CreateRole: absent }), bounded)).rejects.toEqual(missing)
    const update = resource.update(
      play({ PutRolePermissionsBoundary: absent }),
      bounded,
      have,
      new Set(['permissionsBoundary']),
    )
    await expect(update).rejects.toEqual(missing)
  })

  const met = (role: object, more: Answers = {}) =>
    play({ CreateRole: fails('EntityAlreadyExistsException'), GetRole: () => role, ...more })

  it('takes one of ours that is there, and puts its trust right', async () => {
    expect(await resource.create(met(found()), want)).toEqual(have)
    const aws = met(found(trust('ec2.amazonaws.com')), { UpdateAssumeRolePolicy: () => ({}) })
    expect(await resource.create(aws, want)).toEqual(have)
    expect(aws.inputsOf('UpdateAssumeRolePolicy')).toEqual([
      { RoleName, PolicyDocument: JSON.stringify(lambda) },
    ])
  })

  it('refuses one that somebody else made', async () => {
    await expect(resource.create(met(found(lambda, [])), want)).rejects.toMatchObject({
      code: 'FOREIGN_RESOURCE',
    })
  })

  it('throws what IAM said where there is none after all, or for any other reason', async () => {
    const vanished = play({ CreateRole: fails('EntityAlreadyExistsException'), GetRole: gone })
    await expect(resource.create(vanished, want)).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
    })
    const denied = play({ CreateRole: fails('AccessDenied'), GetRole: () => found() })
    await expect(resource.create(denied, want)).rejects.toMatchObject({ name: 'AccessDenied' })
    expect(denied.inputsOf('GetRole')).toEqual([])
  })
})

describe('changing', () => {
  it('writes the trust', async () => {
    const aws = play({ UpdateAssumeRolePolicy: () => ({}) })
    const before = { ...have, trust: trust('ec2.amazonaws.com') }
    expect(await resource.update(aws, want, before, new Set(['trustPolicy']))).toEqual(have)
    expect(aws.calls).toHaveLength(1)
  })

  it('says what to do where the trust may not be written', async () => {
    const aws = play({ UpdateAssumeRolePolicy: fails('AccessDenied') })
    const before = { ...have, trust: trust('ec2.amazonaws.com') }
    const refused = resource.update(aws, want, before, new Set(['trustPolicy']))
    await expect(refused).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      next: [expect.stringContaining(`update-assume-role-policy --role-name ${RoleName}`)],
    })
    const busy = play({ UpdateAssumeRolePolicy: fails('ConcurrentModification') })
    await expect(resource.update(busy, want, before, new Set(['trustPolicy']))).rejects.toMatchObject({
      name: 'ConcurrentModification',
    })
  })

  it('puts a boundary on, and touches neither where the other has to change', async () => {
    const aws = play({ PutRolePermissionsBoundary: () => ({}) })
    expect(await resource.update(aws, bounded, have, new Set(['permissionsBoundary']))).toEqual({
      ...have,
      boundary,
    })
    expect(aws.inputsOf('PutRolePermissionsBoundary')).toEqual([{ RoleName, PermissionsBoundary: boundary }])
    const others = { ...have, trust: trust('ec2.amazonaws.com'), boundary: 'arn:other' }
    const repaired = await resource.update(
      play({ UpdateAssumeRolePolicy: () => ({}) }),
      want,
      others,
      new Set(['trustPolicy']),
    )
    expect(repaired).toEqual({ ...have, boundary: 'arn:other' })
  })

  it('takes one over by adding our tags to those that are there', async () => {
    const aws = play({ TagRole: () => ({}) })
    const adopted = await resource.adopt!(aws, { ...have, tags: { team: 'blue' } })
    expect(aws.inputsOf('TagRole')).toEqual([{ RoleName, Tags }])
    expect(adopted).toEqual({ ...have, tags: { team: 'blue', ...tagsOf('dev') } })
  })
})

describe('removing', () => {
  const clean = { DeleteRolePolicy: () => ({}), DeleteRole: () => ({}) }

  it('takes away our policy and then the role', async () => {
    const aws = play(clean)
    await resource.remove(aws, have)
    expect(aws.calls).toEqual([
      { operation: 'DeleteRolePolicy', input: { RoleName, PolicyName: 'whatsapp-otp' } },
      { operation: 'DeleteRole', input: { RoleName } },
    ])
  })

  it('is done where either is gone already', async () => {
    await resource.remove(play({ DeleteRolePolicy: gone, DeleteRole: gone }), have)
  })

  it('strips a role of whatever policies others gave it, page by page', async () => {
    const inline = [['a', 'b'], ['c']]
    const aws = play({
      DeleteRolePolicy: () => ({}),
      DeleteRole: (_input, nth) => {
        if (nth === 0) throw awsError('DeleteConflictException')
        return {}
      },
      ListRolePolicies: (_input, nth) => ({ PolicyNames: inline[nth], IsTruncated: nth === 0 }),
      ListAttachedRolePolicies: (_input, nth) =>
        nth === 0 ? { AttachedPolicies: [{ PolicyArn: 'arn:1' }] } : {},
      DetachRolePolicy: gone,
    })
    await resource.remove(aws, have)
    const named = aws.inputsOf('DeleteRolePolicy').map(({ PolicyName }) => PolicyName)
    expect(named).toEqual(['whatsapp-otp', 'a', 'b', 'c'])
    expect(aws.inputsOf('DetachRolePolicy')).toEqual([{ RoleName, PolicyArn: 'arn:1' }])
    expect(aws.inputsOf('ListRolePolicies')).toEqual([{ RoleName }, { RoleName }])
    expect(aws.inputsOf('ListAttachedRolePolicies')).toEqual([{ RoleName }, { RoleName }])
    expect(aws.inputsOf('DeleteRole')).toHaveLength(2)
  })

  it('looks again where only the list of attached ones goes on', async () => {
    const aws = play({
      DeleteRolePolicy: () => ({}),
      DeleteRole: (_input, nth) => {
        if (nth === 0) throw awsError('DeleteConflict')
        return {}
      },
      ListRolePolicies: () => ({}),
      ListAttachedRolePolicies: (_input, nth) => ({ IsTruncated: nth === 0 }),
    })
    await resource.remove(aws, have)
    expect(aws.inputsOf('ListAttachedRolePolicies')).toHaveLength(2)
    expect(aws.inputsOf('DeleteRolePolicy')).toHaveLength(1)
  })

  it('is done where the role goes while it is stripped', async () => {
    const aws = play({
      DeleteRolePolicy: () => ({}),
      DeleteRole: (_input, nth) => (nth === 0 ? fails('DeleteConflictException')() : gone()),
      ListRolePolicies: gone,
      ListAttachedRolePolicies: gone,
    })
    await resource.remove(aws, have)
  })

  it('waits for IAM to agree with itself, strips nothing for that, and does not wait for a refusal', async () => {
    const aws = play({
      ...clean,
      DeleteRole: (_input, nth) => {
        if (nth < 2) throw awsError('ConcurrentModificationException')
        return {}
      },
    })
    await resource.remove(aws, have)
    expect(aws.slept).toHaveLength(2)
    const denied = play({ ...clean, DeleteRole: fails('AccessDenied') })
    await expect(resource.remove(denied, have)).rejects.toMatchObject({ name: 'AccessDenied' })
    expect(denied.slept).toEqual([])
  })
})

describe('what it is in the stage', () => {
  it('is made once, outlives its function, and gives its hidden id', () => {
    expect(resource).toMatchObject({
      kind: 'role',
      id: 'role:preSignUp',
      name: RoleName,
      needs: [],
      removeAfter: ['function:preSignUp'],
      isMadeOnce: true,
    })
    expect(resource.refs!(have)).toEqual({ 'roleId:preSignUp': 'AROA1' })
    expect(want).toEqual({ trust: lambda })
    expect(bounded).toEqual({ trust: lambda, boundary })
  })

  it('asks for the calls that it makes, on this role alone', () => {
    expect(resource.permissions).toEqual([
      {
        actions: [
          'iam:CreateRole',
          'iam:TagRole',
          'iam:GetRole',
          'iam:DeleteRole',
          'iam:ListRolePolicies',
          'iam:DeleteRolePolicy',
          'iam:ListAttachedRolePolicies',
          'iam:DetachRolePolicy',
        ],
        on: [`arn:aws:iam::123456789012:role/${RoleName}`],
      },
      {
        never: true,
        actions: ['iam:CreateRole', 'iam:TagRole'],
        on: ['arn:aws:iam::123456789012:role/whatsapp-otp-dev-us-east-1-*'],
        when: {
          'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['whatsapp-otp:stage', 'whatsapp-otp:managed-by'] },
        },
      },
    ])
  })
})

describe('two documents', () => {
  it('say the same in any order of keys, and with lists of one', () => {
    expect(sameDocument({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toBe(true)
    expect(sameDocument({ a: ['x'] }, { a: 'x' })).toBe(true)
    expect(sameDocument({ a: [['x']] }, { a: 'x' })).toBe(true)
    expect(sameDocument({ a: ['x', 'y'] }, { a: ['y', 'x'] })).toBe(true)
    expect(sameDocument([{ a: 1, b: 2 }, { c: 3 }], [{ c: 3 }, { b: 2, a: 1 }])).toBe(true)
    expect(sameDocument({ a: null }, { a: null })).toBe(true)
  })

  it('differ in any value, key or count', () => {
    expect(sameDocument({ a: 1 }, { a: 2 })).toBe(false)
    expect(sameDocument({ a: 1 }, { b: 1 })).toBe(false)
    expect(sameDocument({ a: ['x', 'y'] }, { a: ['x'] })).toBe(false)
    expect(sameDocument({ a: ['x', 'x'] }, { a: ['x'] })).toBe(false)
    expect(sameDocument({ a: [] }, { a: undefined })).toBe(false)
    expect(sameDocument({ a: null }, { a: {} })).toBe(false)
    expect(sameDocument({ a: 'x' }, undefined)).toBe(false)
  })
})

it('reads a document as IAM gives it, and none that cannot be read', () => {
  expect(parseDocument('%7B%22a%22%3A%22%C3%A9%22%7D')).toEqual({ a: 'é' })
  for (const unreadable of [undefined, '', '%', 'x']) expect(parseDocument(unreadable)).toBeUndefined()
})
