// Looking for the pool of a stage while tags may come late: patient with what may be ours, and with nothing else.
import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import { names, tagsOf } from '../../src/names.ts'
import { findPool, madeAt, whileNew } from '../../src/resources/user-pool/search.ts'
import { type Answers, awsError, fakeAws } from './fake-aws.ts'

const minute = 60_000
const likeOurs = { SchemaAttributes: [{ Name: 'custom:whatsapp_verified' }] }

/** One pool of our name, which is `age` old and shows its tags from the `nth` look on. */
function account(pool: Partial<UserPoolType>, { age = 0, from = Number.POSITIVE_INFINITY, tags = {} } = {}) {
  const CreationDate = -age / 1_000
  const answers: Answers = {
    ListUserPools: () => ({ UserPools: [{ Id: 'p1', Name: names.pool('dev') }] }),
    DescribeUserPool: (_input, nth) => ({
      UserPool: { Id: 'p1', ...pool, CreationDate, UserPoolTags: nth >= from ? tagsOf('dev') : tags },
    }),
  }
  return fakeAws(answers)
}

describe('a pool of our name without tags', () => {
  it('is looked at again while it is new and set up as only we do, and is ours once they show', async () => {
    const aws = account(likeOurs, { from: 3 })
    expect((await findPool(aws))?.pool.UserPoolTags).toEqual(tagsOf('dev'))
    expect(aws.inputsOf('DescribeUserPool')).toHaveLength(4)
  })

  it('is somebody else’s after half a minute', async () => {
    const aws = account(likeOurs)
    const found = await findPool(aws)
    expect(found).toMatchObject({ id: 'p1', namesakes: [] })
    const waited = aws.slept.reduce((sum, ms) => sum + ms, 0)
    expect(waited).toBeGreaterThan(25_000)
    expect(waited).toBeLessThanOrEqual(30_000)
  })

  it.each([
    ['is older', likeOurs, { age: 6 * minute }],
    ['is set up in another way', { SchemaAttributes: [{ Name: 'email' }] }, {}],
    ['says nothing of its attributes', {}, {}],
    ['carries another stage’s', likeOurs, { tags: tagsOf('prod') }],
  ])('is somebody else’s at once where it %s', async (_why, pool, options) => {
    const aws = account(pool, options)
    expect(await findPool(aws)).toMatchObject({ id: 'p1' })
    expect(aws.slept).toEqual([])
  })

  it('counts as new by a clock that is behind, too', async () => {
    expect((await findPool(account(likeOurs, { age: -4 * minute, from: 1 })))?.pool.UserPoolTags).toEqual(
      tagsOf('dev'),
    )
  })

  it('is ours without another look where the record names it and the tags are there', async () => {
    const aws = account(likeOurs, { from: 0 })
    expect(await findPool(aws, 'p1')).toMatchObject({ id: 'p1' })
    expect(aws.calls.map(({ operation }) => operation)).toEqual(['DescribeUserPool'])
  })

  it('is looked at again where the record names it, too', async () => {
    const aws = account(likeOurs, { from: 4 })
    expect((await findPool(aws, 'p1'))?.pool.UserPoolTags).toEqual(tagsOf('dev'))
  })
})

describe('what is refused for want of permission', () => {
  const refused = async (since: number | undefined, name = 'AccessDeniedException') => {
    const aws = fakeAws({})
    const outcome = await whileNew(aws, since, async () => {
      throw awsError(name)
    }).catch((error) => error)
    expect(outcome).toMatchObject({ name })
    return aws.slept.reduce((sum, ms) => sum + ms, 0)
  }

  it('is repeated for half a minute while the pool is new', async () => {
    expect(await refused(0)).toBeGreaterThan(25_000)
    expect(await refused(0)).toBeLessThanOrEqual(30_000)
  })

  it('is not repeated for an older pool, nor for one of which nothing is known, nor any other refusal', async () => {
    expect(await refused(-6 * minute)).toBe(0)
    expect(await refused(undefined)).toBe(0)
    expect(await refused(0, 'InvalidParameterException')).toBe(0)
  })

  it('passes once the tags count', async () => {
    let left = 3
    const aws = fakeAws({})
    const passed = await whileNew(aws, 0, async () => {
      if (left-- > 0) throw awsError('AccessDeniedException')
      return 'done'
    })
    expect(passed).toBe('done')
  })
})

it('tells when a pool was made, of the seconds that raw answers have', () => {
  expect(madeAt({ CreationDate: 1.5 as never })).toBe(1_500)
  expect(madeAt({})).toBeUndefined()
})
