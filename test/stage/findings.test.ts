// What a deploy finds out about AWS at its end: once, without a message, and written only where it is news.
import { afterEach, expect, it } from 'vitest'
import { haveOf } from '../../src/engine/stage-view.ts'
import { findings } from '../../src/resources/findings.ts'
import type { SandboxOptions } from '../../src/sandbox/server.ts'
import { findOut } from '../../src/stage/findings.ts'
import { type PlayProgress, rollOut } from '../../src/stage/rollout.ts'
import { type Called, Runs } from './runs.ts'

let runs: Runs
afterEach(() => runs.close())

async function start(world: SandboxOptions['world'] = {}): Promise<void> {
  runs = await Runs.start({ world })
}

const talk: PlayProgress = { run: (_title, work) => work(), warn() {}, emit() {} }

async function deploy(env: Record<string, string> = {}, verify = true): Promise<Called[]> {
  const SENDZEN_API_URL = runs.sandbox.env().SENDZEN_API_URL ?? ''
  const prepared = await runs.plan({ env: { SENDZEN_API_URL, ...env } })
  return runs.callsOf(() => rollOut(prepared, { started: 0, verify }, talk))
}

const count = (calls: Called[], operation: string) =>
  calls.filter((call) => call.operation === operation).length

async function noted(): Promise<unknown> {
  const { stage, observed } = await runs.plan()
  return haveOf(observed, findings(stage.aws.place))?.document
}

it.each([
  ['stable', 'stable'],
  ['typed', 'stable'],
  ['changing', 'changing'],
] as const)('where stand-in names are %s notes %s, with a first deploy', async (standInName, standIn) => {
  await start({ standInName })
  await deploy()
  expect(await noted()).toEqual({ stage: 'dev', standIn })
  expect(runs.sandbox.inbox.list()).toEqual([])
})

it('asks again with each change and never without one, and writes only what is news', async () => {
  await start()
  await deploy()
  const without = await deploy()
  expect([count(without, 'InitiateAuth'), count(without, 'PutParameter')]).toEqual([0, 0])
  const change = await deploy({ OTP_LENGTH: '8' })
  // The two that prove that the stage works tell it, too. The record is the only parameter that changes.
  expect([count(change, 'InitiateAuth'), count(change, 'PutParameter')]).toEqual([2, 1])
})

it('is made up for by the next deploy where it was not to be, or came to nothing', async () => {
  await start()
  await deploy({}, false)
  expect(await noted()).toEqual({ stage: 'dev' })
  runs.sandbox.faults.add({ operation: 'InitiateAuth', kind: 'throttle', times: 30 })
  await deploy()
  runs.sandbox.faults.clear()
  expect(await noted()).toEqual({ stage: 'dev' })
  await deploy()
  expect(await noted()).toEqual({ stage: 'dev', standIn: 'stable' })
})

it('notes nothing where nobody says a name, and nothing over what is gone', async () => {
  await start()
  await deploy({}, false)
  const { stage, observed } = await runs.plan()
  const options = { again: true, onWait: () => () => {} }
  const nameless = {
    send: async () => ({
      ChallengeName: 'CUSTOM_CHALLENGE',
      Session: 's',
      ChallengeParameters: { status: 'sent' },
    }),
  } as unknown as typeof stage.aws.cognito
  const calls = await runs.callsOf(() => findOut({ ...stage.aws, cognito: nameless }, observed, options))
  expect(calls).toEqual([])
  const { aws } = await runs.byHand()
  await findings(aws.place).remove(aws, haveOf(observed, findings(aws.place))!)
  await findOut(stage.aws, observed, options)
  expect(await noted()).toBeUndefined()
})

it('ends where the credentials do, instead of calling that nothing', async () => {
  await start()
  await deploy({}, false)
  const { stage, observed } = await runs.plan()
  const gone = {
    send: () => Promise.reject(Object.assign(new Error('gone'), { name: 'ExpiredTokenException' })),
  } as unknown as typeof stage.aws.cognito
  const found = findOut({ ...stage.aws, cognito: gone }, observed, { again: true, onWait: () => () => {} })
  await expect(found).rejects.toMatchObject({ exitCode: 4 })
})
