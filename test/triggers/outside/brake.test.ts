// The brake as the functions read it: obeyed within a minute, by failures of SSM neither pulled nor let go.
import { beforeEach, describe, expect, it } from 'vitest'
import { brakeObeyedMs } from '../../../src/core/parameters/brake.ts'
import { createBrake } from '../../../triggers/outside/brake.ts'
import { deadlineIn } from '../../../triggers/outside/clock.ts'
import { createSecretsSource } from '../../../triggers/outside/secrets.ts'
import { createTestAws, type TestAws } from './aws.ts'
import { createTestClock, type TestClock } from './clock.ts'

const secrets = JSON.stringify({ otpMasterKey: Buffer.alloc(32, 7).toString('base64url'), kid: 'k1' })
const paused = JSON.stringify({ stage: 'test', paused: true })
const released = JSON.stringify({ stage: 'test', paused: false })
const place = { brake: 'brake', stage: 'test' }

let aws: TestAws
let clock: TestClock
beforeEach(() => {
  aws = createTestAws(secrets)
  aws.findings = JSON.stringify({ stage: 'test', standIn: 'stable' })
  clock = createTestClock()
})

const alone = () => {
  const brake = createBrake(aws, clock, place)
  return () => brake.isPaused(deadlineIn(clock, 1_000))
}
const withKeys = () => {
  const source = createSecretsSource(aws, clock, {
    masterKey: 'master-key',
    findings: 'findings',
    brake: place,
  })
  return async () => {
    await source.get(deadlineIn(clock, 1_000))
    return source.isPaused()
  }
}
const reads = () => aws.calls.filter((operation) => operation === 'GetParameters').length

describe.each([
  ['PreSignUp', alone],
  ['CreateAuthChallenge', withKeys],
])('%s', (_name, open) => {
  it('goes by the brake in a round that begins within the minute, and by its end as soon', async () => {
    const isPaused = open()
    expect(await isPaused()).toBe(false)
    aws.brake = paused
    // A round takes up to five seconds.
    clock.advance(brakeObeyedMs - 5_000)
    expect(await isPaused()).toBe(true)
    aws.brake = released
    clock.advance(brakeObeyedMs - 5_000)
    expect(await isPaused()).toBe(false)
  })

  it('asks no oftener than it has to', async () => {
    const isPaused = open()
    for (let at = 0; at < 600_000; at += 1_000) {
      await isPaused()
      clock.advance(1_000)
    }
    expect(reads()).toBe(12)
  })

  it.each([
    ['a failure', () => aws.fail('GetParameters', 'before', 99)],
    [
      'what is not in our form',
      () => {
        aws.brake = 'spoilt'
      },
    ],
    [
      'the brake of another stage',
      () => {
        aws.brake = JSON.stringify({ stage: 'other', paused: false })
      },
    ],
  ])('goes on as it was after %s', async (_what, spoil) => {
    aws.brake = paused
    const isPaused = open()
    await isPaused()
    spoil()
    clock.advance(120_000)
    expect(await isPaused()).toBe(true)
  })

  it('goes by the brake of its own stage alone', async () => {
    aws.brake = JSON.stringify({ stage: 'other', paused: true })
    expect(await open()()).toBe(false)
  })

  it('is not paused where the parameter is gone', async () => {
    aws.brake = paused
    const isPaused = open()
    await isPaused()
    aws.brake = undefined
    clock.advance(60_000)
    expect(await isPaused()).toBe(false)
  })
})

it('PreSignUp is not paused before anything could be read', async () => {
  aws.brake = paused
  aws.fail('GetParameters')
  const isPaused = alone()
  expect(await isPaused()).toBe(false)
  clock.advance(10_000)
  expect(await isPaused()).toBe(true)
})

it('CreateAuthChallenge obeys the brake also where a key is spoilt and the old ones go on to count', async () => {
  const isPaused = withKeys()
  await isPaused()
  aws.secrets = 'spoilt'
  aws.brake = paused
  clock.advance(60_000)
  expect(await isPaused()).toBe(true)
})
