// What a pool is judged by, field by field, and what is sent back to Cognito, which resets what is left out.
import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import { type Place, tagsOf } from '../../src/names.ts'
import { diffPool, newPool, wantedPool } from '../../src/resources/user-pool-settings.ts'
import { settings } from './stage-fixture.ts'

const place: Place = { stage: 'dev', account: '123456789012', region: 'us-east-1', partition: 'aws' }
const want = wantedPool(place, settings)

/** A pool just made, as DescribeUserPool would give it. */
function poolOf(changes: Partial<UserPoolType> = {}): UserPoolType {
  const { PoolName, Schema, ...made } = newPool('whatsapp-otp-dev', tagsOf(place.stage), want)
  return {
    ...made,
    Id: 'us-east-1_Pool',
    Name: PoolName!,
    SchemaAttributes: Schema!.map((one) => ({ ...one, Name: `custom:${one.Name}` })),
    EstimatedNumberOfUsers: 1200,
    ...changes,
  }
}

it('finds nothing to change in a pool just made', () => {
  expect(diffPool(want, poolOf())).toEqual([])
})

describe('what Cognito fixes when a pool is made', () => {
  it.each<[string, Partial<UserPoolType>, string | undefined]>([
    ['email alone', { UsernameAttributes: ['email'] }, 'email'],
    ['email beside the number', { UsernameAttributes: ['phone_number', 'email'] }, 'email,phone_number'],
  ])('is refused for signing in by %s, and for nothing else', (_name, changes, from) => {
    expect(diffPool(want, poolOf(changes))).toEqual([
      {
        field: 'signInWith',
        from,
        to: 'phone_number',
        blocked: expect.stringMatching(/without the users of this one \(about 1200\)/),
      },
    ])
  })
})
