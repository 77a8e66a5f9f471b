// Every stage of an account, however many there are: each is right, and no quota of AWS is exceeded on the way.
import { SSMClient } from '@aws-sdk/client-ssm'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Connection } from '../../src/aws/account.ts'
import { findStages } from '../../src/insight/stages.ts'
import { arns, names, triggerNames, triggers } from '../../src/names.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const count = 300
const stageOf = (nth: number) => `s${String(nth).padStart(3, '0')}`
const place = { stage: '', account: '123456789012', region: 'eu-central-1', partition: 'aws' }

/** An account with that many stages: every tenth lacks a function, every twentieth has a pool that calls nothing. */
function accountOf() {
  const begun: { at: number; service: string }[] = []
  const answer = async (service: string, value: unknown) => {
    begun.push({ at: Date.now(), service })
    await new Promise((done) => setTimeout(done, 40))
    if (value === undefined) throw Object.assign(new Error('none'), { name: 'ResourceNotFoundException' })
    return value
  }
  const record = (stage: string) =>
    JSON.stringify({
      schemaVersion: 1,
      toolVersion: '1.0.0',
      stage,
      ...{ account: place.account, region: place.region, createdAt: '2026-01-01T00:00:00Z' },
      ...{ userPoolId: `pool-${stage}`, signupClientId: 'a', loginClientId: 'b', settings: {} },
    })
  const nthOf = (name: string) => Number(/s(\d{3})/.exec(name)![1])
  const aws = {
    place,
    clock: {
      now: Date.now,
      steady: Date.now,
      sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
    },
    ssm: {
      send: ({ input: { NextToken = '0', Names } }: { input: { NextToken?: string; Names?: string[] } }) => {
        if (Names) {
          const LastModifiedDate = new Date(0)
          return answer('ssm', { Parameters: Names.map((Name) => ({ Name, LastModifiedDate })) })
        }
        const from = Number(NextToken)
        const Parameters = Array.from({ length: 10 }, (_, at) => stageOf(from + at)).map((stage) => ({
          Name: names.record(stage),
          Value: record(stage),
        }))
        const next = from + 10 < count ? { NextToken: String(from + 10) } : {}
        return answer('ssm', { Parameters, ...next })
      },
    },
    cognito: {
      send: ({ input: { UserPoolId } }: { input: { UserPoolId: string } }) => {
        const stage = UserPoolId.slice('pool-'.length)
        const wired = triggerNames.map((one) => [triggers[one], arns.function({ ...place, stage }, one)])
        const LambdaConfig = nthOf(stage) % 20 === 0 ? {} : Object.fromEntries(wired)
        return answer('cognito', { UserPool: { LambdaConfig } })
      },
    },
    logs: { send: () => answer('logs', { events: [] }) },
    lambda: {
      send: ({ input: { FunctionName } }: { input: { FunctionName: string } }) => {
        const isMissing = nthOf(FunctionName) % 10 === 3 && FunctionName.endsWith('preSignUp')
        return answer('lambda', isMissing ? undefined : { Configuration: { State: 'Active' } })
      },
    },
  }
  // The paginator wants a client of its class.
  Object.setPrototypeOf(aws.ssm, SSMClient.prototype)
  return { aws: aws as unknown as Connection, begun }
}

it('are right, below the rates at which AWS throttles', async () => {
  const { aws, begun } = accountOf()
  const finding = findStages(aws)
  const started = Date.now()
  await vi.runAllTimersAsync()
  const found = await finding
  expect(found).toHaveLength(count)
  const wrong = found.filter(({ stage, problems }) => {
    const nth = Number(stage.slice(1))
    const expected = nth % 20 === 0 || nth % 10 === 3 ? 1 : 0
    return problems.length !== expected
  })
  expect(wrong).toEqual([])
  const most = (service: string) => {
    const times = begun.filter((one) => one.service === service).map(({ at }) => at)
    return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length))
  }
  expect(most('cognito')).toBeLessThanOrEqual(15)
  expect(most('lambda')).toBeLessThanOrEqual(100)
  expect(most('logs')).toBeLessThanOrEqual(5)
  expect(Date.now() - started).toBeLessThan(80_000)
})

it('of a small account are there at once', async () => {
  const { aws } = accountOf()
  Object.assign(aws.ssm, {
    send: async () => ({ Parameters: [{ Name: names.record('s001'), Value: '{}' }] }),
  })
  const finding = findStages(aws)
  await vi.runAllTimersAsync()
  expect((await finding).map(({ problems }) => problems.length)).toEqual([1])
})
