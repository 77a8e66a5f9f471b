// The questions about a pool that exists: when they are asked, what is offered, and what is said of it.
import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { names } from '../../src/names.ts'
import type { ExaminedPool, ListedPool, NamedPool, PoolDesk } from '../../src/wizard/pools.ts'
import { account, interview, type Script, usual } from './scripted.ts'

const obstacle = (brief: string) => ({ code: 'X', brief, what: `it ${brief}`, why: 'so', next: ['do it'] })
const stack = { name: 'the CloudFormation stack shop', isStack: true, isAmplify: false }

function desk(names: string[], examined: Partial<ExaminedPool> = {}, listed: Partial<ListedPool> = {}) {
  const pools = names.map((name, index): NamedPool => ({ id: `us-east-1_${index}`, name }))
  const looked: string[] = []
  const self: PoolDesk = {
    list: async () => pools,
    look: async (some) => {
      looked.push(...some.map(({ id }) => id))
      return some.map((one) => {
        const seen = { users: 3, signInWith: ['email'], owner: undefined, obstacle: undefined }
        return { ...seen, ...listed, ...one }
      })
    },
    examine: async (id) => ({
      ...{ id, owner: undefined, signIn: undefined, signUp: undefined, numberWriters: [] },
      ...examined,
    }),
    refusal: ({ code, what }) => new AppError(code, what),
  }
  return { pools: self, looked }
}

const ask = async (script: Script, { pools }: { pools: PoolDesk }, env: Record<string, string> = {}) => {
  const { result, asked, refused, stderr } = await interview({ ...script, ...usual }, account(), env, {
    pools,
  })
  return { settings: result.settings, asked, refused, said: stderr.all().replace(/\s+/g, ' ') }
}

describe('which pool', () => {
  it('is no question where every pool here is a stage’s own', async () => {
    const { settings, asked } = await ask({}, desk([names.pool('dev'), names.pool('prod')]))
    expect(settings.userPoolId).toBe('none')
    expect(asked).not.toContain('Which user pool?')
  })

  it('is none where they may not be listed, and none where it is given', async () => {
    const { pools } = desk(['customers'])
    const unlisted = await ask({}, { pools: { ...pools, list: async () => undefined } })
    expect(unlisted.settings.userPoolId).toBe('none')
    const script = { 'new users sign up': false, 'call verified': false }
    const given = await ask(script, desk(['customers']), { USER_POOL_ID: 'us-east-1_0' })
    expect(given.asked.slice(0, 2)).toEqual(['new users sign up', 'call verified'])
  })

  it('is one of the stage’s own, and then nothing else is asked of it', async () => {
    const { settings, asked } = await ask({ 'Which user pool?': 'A new one' }, desk(['customers']))
    expect(settings).toMatchObject({ userPoolId: 'none', signUp: true, trustUnverifiedNumbers: false })
    expect(asked.slice(0, 2)).toEqual(['Which user pool?', 'API key'])
  })

  it('is one that exists, for those who are its users already', async () => {
    const script = { 'Which user pool?': 'customers', 'new users sign up': false, 'call verified': false }
    const { settings } = await ask(script, desk(['customers']))
    expect(settings).toMatchObject({
      ...{ userPoolId: 'us-east-1_0', signUp: false, trustUnverifiedNumbers: false },
    })
  })

  it('cannot be one with something in its way', async () => {
    const inTheWay = desk(['customers'], {}, { obstacle: 'requires MFA' })
    await expect(ask({ 'Which user pool?': 'customers' }, inTheWay)).rejects.toThrow('requires MFA')
  })

  it('is asked again where a closer look finds something, and refused where it was given', async () => {
    const found = { signIn: obstacle('is federated'), signUp: obstacle('is federated') }
    const { settings, said } = await ask(
      { 'Which user pool?': ['then', 'customers', 'A new one'] },
      desk(['customers'], found),
    )
    expect(settings.userPoolId).toBe('none')
    expect(said).toContain('it is federated: so. do it')
    await expect(ask({}, desk(['customers'], found), { USER_POOL_ID: 'us-east-1_0' })).rejects.toThrow(
      'it is federated',
    )
  })

  it('is looked for by a part of its name where there are very many', async () => {
    const many = desk([...Array.from({ length: 40 }, (_, index) => `team-${index}`), 'Customers'])
    const { settings, refused } = await ask(
      {
        'Which user pool?': ['then', 'One of the 41', 'Customers'],
        'Part of its name': ['then', 'nobody', 'team', 'custom'],
        'new users sign up': false,
        'call verified': false,
      },
      many,
    )
    expect(settings.userPoolId).toBe('us-east-1_40')
    expect(refused).toEqual(['no pool here is called so', '40 pools are called so: type more of the name'])
    expect(many.looked).toEqual(['us-east-1_40'])
  })
})

describe('of a pool that exists', () => {
  const picked = { 'Which user pool?': 'customers' }

  it('the stack that made it is named, and what becomes of its triggers', async () => {
    const script = { ...picked, 'new users sign up': true, 'call verified': false }
    const { settings, said } = await ask(script, desk(['customers'], { owner: stack }))
    expect(settings.signUp).toBe(true)
    expect(said).toContain('belongs to the CloudFormation stack shop: everything is made but its triggers')
  })

  it('sign-up is no question where only one answer can be', async () => {
    const script = { ...picked, 'call verified': false }
    const closed = await ask(script, desk(['customers'], { signUp: obstacle('is closed') }))
    expect([closed.settings.signUp, closed.said]).toEqual([
      false,
      expect.stringContaining('new ones not sign up: is closed') as unknown,
    ])
    const empty = await ask(script, desk(['customers'], { signIn: obstacle('without phone numbers') }))
    expect(empty.settings.signUp).toBe(true)
  })

  it('numbers that nobody has verified are taken only after what that risks, and a second yes', async () => {
    const script = { ...picked, 'new users sign up': false }
    const writers = desk(['customers'], { numberWriters: ['web'] })
    const twice = { ...script, 'call verified': true, 'all the same': true }
    const { settings, said } = await ask(twice, writers)
    expect(settings.trustUnverifiedNumbers).toBe(true)
    expect(said).toContain('whoever can write one into it can take it')
    expect(said).toContain('Users can by web.')
    const thought = { ...script, 'call verified': ['then', true, false], 'all the same': false }
    expect((await ask(thought, writers)).settings.trustUnverifiedNumbers).toBe(false)
  })
})
