// What Cognito refuses, as the user reads it: the feature by its name, and the next command.
import { UpdateUserPoolRequest$ } from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import { inWords, tierRefused } from '../../src/resources/user-pool/refusals.ts'
import { awsError, place } from './fake-aws.ts'

const disabled = (tier: string, features: string) =>
  `The following features need to be disabled for the ${tier} pricing tier configured: ${features}`

describe('a tier that is refused', () => {
  const refused = (
    message: string,
    tiers: Pick<Parameters<typeof tierRefused>[1], 'tier' | 'tierNow'> = {},
  ) => tierRefused(place, tiers, awsError('FeatureUnavailableInTierException', message))

  it('names the feature that the pool uses, and how to keep the tier', () => {
    const error = refused(disabled('LITE', 'Passwordless Sign-In'), { tier: 'LITE', tierNow: 'ESSENTIALS' })
    expect(error).toMatchObject({
      code: 'TIER_REFUSED',
      message: 'The tier LITE is not enough for the user pool',
      why: 'LITE does not have: passwordless sign-in (passkeys, codes by email or SMS)',
      next: [
        'whatsapp-otp deploy --stage dev --user-pool-tier ESSENTIALS   or set USER_POOL_TIER=ESSENTIALS',
        'or switch that off for the pool in the AWS console, and run the same again',
      ],
    })
  })

  it('is answered with the tier that has the feature', () => {
    const threat = refused(disabled('ESSENTIALS', 'Threat Protection'), { tier: 'ESSENTIALS' })
    expect(threat.next[0]).toContain('--user-pool-tier PLUS ')
    const custom = refused(disabled('LITE', 'Custom Authentication'))
    expect(custom.why).toBe('LITE does not have: custom authentication, by which users sign in')
    expect(custom.next).toEqual([
      'whatsapp-otp deploy --stage dev --user-pool-tier ESSENTIALS   or set USER_POOL_TIER=ESSENTIALS',
    ])
  })

  it('says in Cognito’s words what has no name here', () => {
    expect(refused(disabled('LITE', 'Teleportation, Passwordless Sign-In')).why).toContain('passwordless')
    expect(refused(disabled('LITE', 'Teleportation')).why).toBe('LITE does not have: Teleportation')
    expect(refused('Not in this tier.').why).toBe('LITE does not have: Not in this tier')
  })
})

describe('what is sent', () => {
  const written = { what: 'user pool p', schema: UpdateUserPoolRequest$, input: { Pepper: 1, Salt: 1 } }
  const told = (name: string, message: string) =>
    inWords(place, written, Promise.reject(awsError(name, message))).catch((error) => error)

  it('gives what comes back', async () => {
    expect(await inWords(place, written, Promise.resolve(7))).toBe(7)
  })

  it('names the one field that Cognito names, and all that are new where it names none', async () => {
    expect((await told('InvalidParameterException', 'salt is not permitted')).message).toContain(
      'take Salt of',
    )
    expect((await told('SerializationException', 'Unknown field')).message).toContain('take Pepper, Salt of')
  })

  it('leaves every other error as it is', async () => {
    for (const [name, message] of [
      ['ConcurrentModificationException', 'Unknown field'],
      ['InvalidParameterException', 'wrong'],
      ['InvalidParameterException', 'Lambda function salt does not exist'],
    ] as const) {
      expect(await told(name, message)).toMatchObject({ name, message })
    }
  })
})
