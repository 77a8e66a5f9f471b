// The domains of pools: one of each kind, nobody else's, and no pool is deleted that has one.
import { expect, it } from 'vitest'
import { bench, refusalOf } from './bench.ts'

async function pools() {
  const b = bench()
  const make = async () => {
    const { UserPool } = await b.call('CreateUserPool', { PoolName: 'p' })
    const id = { UserPoolId: UserPool.Id as string }
    return {
      id,
      create: (Domain: string, more: object = {}) =>
        b.call('CreateUserPoolDomain', { ...id, Domain, ...more }),
      remove: (Domain: string) => b.call('DeleteUserPoolDomain', { ...id, Domain }),
      described: async () => (await b.call('DescribeUserPool', id)).UserPool,
    }
  }
  return { ...b, one: await make(), other: await make() }
}

const certificate = {
  CustomDomainConfig: { CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1' },
}

it('are shown by their pool and by themselves', async () => {
  const { call, one } = await pools()
  await one.create('my-app')
  expect(await one.create('auth.example.com', certificate)).toMatchObject({ ManagedLoginVersion: 1 })
  expect(await one.described()).toMatchObject({ Domain: 'my-app', CustomDomain: 'auth.example.com' })
  expect(await call('DescribeUserPoolDomain', { Domain: 'my-app' })).toMatchObject({
    DomainDescription: { ...one.id, Domain: 'my-app', Status: 'ACTIVE', ManagedLoginVersion: 1 },
  })
  expect(await call('DescribeUserPoolDomain', { Domain: 'nobodys' })).toEqual({ DomainDescription: {} })
})

it('are one of each kind, and nobody else’s', async () => {
  const { one, other } = await pools()
  await one.create('my-app')
  expect(await refusalOf(one.create('my-other-app'))).toBe(
    'InvalidParameterException: User pool already has a domain configured.',
  )
  expect(await refusalOf(other.create('my-app'))).toBe(
    'InvalidParameterException: Domain already associated with another user pool.',
  )
  expect(await refusalOf(other.create('my-aws-app'))).toContain('reserved word: aws')
  expect(await refusalOf(other.create('My_App'))).toContain("at 'domain'")
  expect(await refusalOf(other.remove('my-app'))).toBe(
    'InvalidParameterException: No such domain or user pool exists.',
  )
})

it('keep their pool from being deleted', async () => {
  const { call, one, cognito } = await pools()
  await one.create('my-app')
  expect(await refusalOf(call('DeleteUserPool', one.id))).toBe(
    'InvalidParameterException: User pool cannot be deleted. It has a domain configured that should be deleted first.',
  )
  expect(cognito.inventory()).toContainEqual({ kind: 'user pool domain', name: 'my-app' })
  await one.remove('my-app')
  await call('DeleteUserPool', one.id)
})

it('ask the policy for their pool; to read one takes no pool', async () => {
  const { call, one, authorized } = await pools()
  authorized.length = 0
  await one.create('my-app')
  await call('DescribeUserPoolDomain', { Domain: 'my-app' })
  await one.remove('my-app')
  expect(authorized.map(({ action, resource }) => [action, resource.split('/')[1] ?? resource])).toEqual([
    ['cognito-idp:CreateUserPoolDomain', one.id.UserPoolId],
    ['cognito-idp:DescribeUserPoolDomain', '*'],
    ['cognito-idp:DeleteUserPoolDomain', one.id.UserPoolId],
  ])
})
