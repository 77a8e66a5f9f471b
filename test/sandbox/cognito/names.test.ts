// By which names a user is found: his user name, his sub, and what the pool lets people sign in with.
import { expect, it } from 'vitest'
import { bench, refusalOf } from './bench.ts'

/** A pool, and short ways to its users; `who` tells whom a name means, by his nickname. */
async function poolOf(settings: Record<string, unknown>) {
  const b = bench()
  const { UserPool } = await b.call('CreateUserPool', { PoolName: 'pool', ...settings })
  const on = (operation: string, Username: string, more = {}) =>
    b.call(operation, { UserPoolId: UserPool.Id, Username, ...more })
  const listed = (attributes: Record<string, string>) =>
    Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
  return {
    add: async (nickname: string, name: string, attributes: Record<string, string> = {}) => {
      const UserAttributes = listed({ nickname, ...attributes })
      return (await on('AdminCreateUser', name, { UserAttributes })).User.Username as string
    },
    write: (name: string, attributes: Record<string, string>) =>
      on('AdminUpdateUserAttributes', name, { UserAttributes: listed(attributes) }),
    erase: (name: string, attribute: string) =>
      on('AdminDeleteUserAttributes', name, { UserAttributeNames: [attribute] }),
    delete: (name: string) => on('AdminDeleteUser', name),
    who: async (name: string): Promise<string> => {
      const found = await on('AdminGetUser', name).catch(({ code }) => ({ code }))
      const called = found.UserAttributes?.find(({ Name }: { Name: string }) => Name === 'nickname')
      return called?.Value ?? found.code
    },
  }
}

const nobody = 'UserNotFoundException'
const byBoth = { UsernameAttributes: ['email', 'phone_number'] }
const byAlias = { AliasAttributes: ['email', 'phone_number', 'preferred_username'] }

it('tells names apart by their case unless the pool says that it does not', async () => {
  const strict = await poolOf(byBoth)
  const sub = await strict.add('ada', 'Ada@example.com')
  expect(await strict.who('Ada@example.com')).toBe('ada')
  expect(await strict.who(sub)).toBe('ada')
  expect(await strict.who('ada@example.com')).toBe(nobody)
  expect(await strict.who(sub.toUpperCase())).toBe(nobody)
  await strict.add('another', 'ada@example.com')
  expect(await strict.who('ada@example.com')).toBe('another')

  const loose = await poolOf({ ...byBoth, UsernameConfiguration: { CaseSensitive: false } })
  await loose.add('ada', 'Ada@example.com')
  expect(await loose.who('aDA@EXAMPLE.com')).toBe('ada')
  expect(await refusalOf(loose.add('another', 'ada@example.com'))).toContain('UsernameExistsException')
})

it('takes an e-mail or a number for an alias once it is verified, and a preferred name always', async () => {
  const pool = await poolOf(byAlias)
  await pool.add('ada', 'ada', { email: 'ada@example.com', phone_number: '+15550100001' })
  expect(await pool.who('ada@example.com')).toBe(nobody)
  await pool.write('ada', { email_verified: 'true', preferred_username: 'lovelace' })
  expect(await pool.who('ada@example.com')).toBe('ada')
  expect(await pool.who('lovelace')).toBe('ada')
  expect(await pool.who('+15550100001')).toBe(nobody)
  await pool.write('ada', { email_verified: 'false' })
  expect(await pool.who('ada@example.com')).toBe(nobody)
})

it('finds nobody by what the pool lets nobody sign in with', async () => {
  const pool = await poolOf({ UsernameAttributes: ['phone_number'] })
  await pool.add('ada', '+15550100001', { email: 'ada@example.com', email_verified: 'true' })
  expect(await pool.who('ada@example.com')).toBe(nobody)
  expect(await pool.who('+15550100001')).toBe('ada')
})

it('means whoever came first where a name is that of two', async () => {
  const pool = await poolOf(byAlias)
  await pool.add('first', 'ada')
  await pool.add('second', 'bea')
  // He is older than the one who had the name before him.
  await pool.write('ada', { preferred_username: 'bea' })
  expect(await pool.who('bea')).toBe('first')
  await pool.erase('ada', 'preferred_username')
  expect(await pool.who('bea')).toBe('second')
})

it('forgets the name that somebody had, and frees it for others', async () => {
  const pool = await poolOf(byBoth)
  const sub = await pool.add('ada', '+15550100001')
  await pool.write(sub, { phone_number: '+15550100002' })
  expect(await pool.who('+15550100001')).toBe(nobody)
  expect(await pool.who('+15550100002')).toBe('ada')
  await pool.add('bea', '+15550100001')
  expect(await pool.who('+15550100001')).toBe('bea')
  await pool.delete('+15550100002')
  expect(await pool.who('+15550100002')).toBe(nobody)
  expect(await pool.who(sub)).toBe(nobody)
  await pool.add('eve', '+15550100002')
  expect(await pool.who('+15550100002')).toBe('eve')
})
