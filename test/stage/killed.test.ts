// Real processes, really killed: the CLI dies by SIGKILL at one of its calls, and the next run finishes the job.
import { afterAll, describe, expect, it } from 'vitest'
import { loadArtifacts } from '../../src/stage/artifacts.ts'
import { type Ended, startProgram } from './program.ts'
import { Runs } from './runs.ts'
import { inventoryOf, stateOf } from './state.ts'

const artifacts = await loadArtifacts()
let survived = 0
let killed = 0
afterAll(() => {
  process.stdout.write(`killed: ${survived} of ${killed} processes that were killed were made good\n`)
})

/** Runs the CLI to its end; kills it at the call of that number, which takes effect. */
async function runProgram(
  runs: Runs,
  argv: string[],
  env: Record<string, string>,
  killAt = Number.POSITIVE_INFINITY,
): Promise<Ended> {
  const program = startProgram(runs, argv, env)
  let calls = 0
  const end = program.onCall(() => {
    if (++calls === killAt) program.kill('SIGKILL')
  })
  return program.ended.finally(end)
}

/** Numbers of calls, spread over all of them. */
const spread = (calls: number, count: number) =>
  Array.from({ length: count }, (_, index) => Math.max(1, Math.round(((index + 0.5) * calls) / count)))

async function each<T>(work: T[], one: (item: T) => Promise<void>): Promise<void> {
  const rest = [...work]
  await Promise.all(
    Array.from({ length: 3 }, async () => {
      for (let item = rest.shift(); item !== undefined; item = rest.shift()) await one(item)
    }),
  )
}

const deploy = ['deploy', '--stage', 'dev', '--no-verify']
const changed = { OTP_EXPIRY_MINUTES: '9', LOG_RETENTION_DAYS: '7', SMS_FALLBACK: 'true' }

describe.each([
  { name: 'a first deploy', argv: deploy, calls: 58, count: 10, first: false, env: {} },
  { name: 'an update', argv: deploy, calls: 50, count: 6, first: true, env: changed },
  {
    name: 'a destroy',
    argv: ['destroy', '--stage', 'dev', '--yes'],
    calls: 50,
    count: 8,
    first: true,
    env: {} as Record<string, string>,
  },
])('$name', ({ name, argv, calls, count, first, env }) => {
  it('that is killed is finished by the next run', { timeout: 240_000 }, async () => {
    await each(spread(calls, count), async (killAt) => {
      const runs = await Runs.start({ pageSize: 20 })
      const { SENDZEN_API_URL = '' } = runs.sandbox.env()
      const options = { artifacts, env: { ...env, SENDZEN_API_URL } as Record<string, string> }
      if (first) await runs.deploy({ artifacts, env: { SENDZEN_API_URL } })
      const { signal, text } = await runProgram(runs, argv, env, killAt)
      expect(signal, `killed at call ${killAt}: ${text}`).toBe('SIGKILL')
      killed++
      if (name === 'a destroy') {
        expect(await runs.destroy(options)).toEqual([])
        expect(runs.sandbox.inventory()).toEqual([])
      } else {
        await runs.deploy(options)
        expect(await stateOf(runs, options.env), `killed at call ${killAt}`).toMatchObject({
          // The code is that of the build, and not that of the other tests.
          changes: expect.not.arrayContaining(['user-pool', 'record', 'table']),
        })
        expect((await runs.plan(options)).plan.filter((step) => step.action !== 'keep')).toEqual([])
        expect(inventoryOf(runs).filter((item) => /pool|client/i.test(item))).toHaveLength(3)
        expect(inventoryOf(runs).filter((item) => /role/.test(item))).toHaveLength(5)
      }
      survived++
      await runs.close()
    })
  })
})

describe('the next run', () => {
  it('tells whom it waits for, and finishes at once', { timeout: 120_000 }, async () => {
    const runs = await Runs.start({ pageSize: 20 })
    const { signal } = await runProgram(runs, deploy, {}, 45)
    expect(signal).toBe('SIGKILL')
    const { text, signal: none } = await runProgram(runs, deploy, {})
    expect(none).toBeNull()
    expect(text).toMatch(/wait for user\/developer on /)
    expect(text).toMatch(/Done in/)
    await runs.close()
  })
})
