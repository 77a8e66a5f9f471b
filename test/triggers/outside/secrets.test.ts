// How long what a function has read counts: ten minutes, and a moment where a deploy has not said yet what it found.
import { beforeEach, expect, it } from 'vitest'
import { deadlineIn } from '../../../triggers/outside/clock.ts'
import { createSecretsSource, type SecretsSource } from '../../../triggers/outside/secrets.ts'
import { createTestAws, type TestAws } from './aws.ts'
import { createTestClock, type TestClock } from './clock.ts'

const secrets = JSON.stringify({ otpMasterKey: Buffer.alloc(32, 7).toString('base64url'), kid: 'k1' })
const stable = JSON.stringify({ stage: 'test', standIn: 'stable' })

let aws: TestAws
let clock: TestClock
let source: SecretsSource
beforeEach(() => {
  aws = createTestAws(secrets)
  clock = createTestClock()
  source = createSecretsSource(aws, clock, { masterKey: 'master-key', findings: 'findings' })
})

const standIn = async () => (await source.get(deadlineIn(clock, 1_000))).findings.standIn
const reads = () => aws.calls.filter((operation) => operation === 'GetParameters').length

it('a finding that is noted right after the first sign-in counts at the next', async () => {
  expect(await standIn()).toBeUndefined()
  aws.findings = stable
  clock.advance(100)
  expect(await standIn()).toBe('stable')
})

it('a stage without a finding asks a dozen times in ten minutes, then as often as any other', async () => {
  for (let at = 0; at < 600_000; at += 50) {
    await standIn()
    clock.advance(50)
  }
  expect(reads()).toBeGreaterThan(8)
  expect(reads()).toBeLessThan(16)
  const before = reads()
  for (let at = 0; at < 6_000_000; at += 1_000) {
    await standIn()
    clock.advance(1_000)
  }
  expect(reads() - before).toBeLessThan(13)
})

it('what is known is read again after ten minutes, not before', async () => {
  aws.findings = stable
  await standIn()
  clock.advance(599_999)
  await standIn()
  expect(reads()).toBe(1)
  clock.advance(1)
  await standIn()
  expect(reads()).toBe(2)
})

it('a look that fails is not repeated at once, and what was read goes on to count', async () => {
  await standIn()
  aws.fail('GetParameters')
  clock.advance(100)
  expect(await standIn()).toBeUndefined()
  expect(await standIn()).toBeUndefined()
  expect(reads()).toBe(2)
})
