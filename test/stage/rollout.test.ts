// A rollout and its removal as their callers hear of them: in which order, what a no leaves, what time counts.
import { CreateUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cancelled } from '../../src/errors.ts'
import { names, tagsOf } from '../../src/names.ts'
import { prepareDestroy } from '../../src/stage/destroy.ts'
import { type PlayProgress, rollOut } from '../../src/stage/rollout.ts'
import { tearDown } from '../../src/stage/teardown.ts'
import { Runs } from './runs.ts'

let runs: Runs
beforeEach(async () => {
  runs = await Runs.start()
})
afterEach(() => runs.close())

/** The SendZen that is asked is the sandbox's own. */
const local = () => ({ env: { SENDZEN_API_URL: runs.sandbox.env().SENDZEN_API_URL ?? '' } })

/** Notes what it hears; steps as one word each time, since they end in any order. */
function listener(before: (title: string) => Promise<unknown> = async () => {}) {
  const heard: string[] = []
  const talk: PlayProgress = {
    async run(title, work) {
      await before(title)
      heard.push(title)
      return work()
    },
    warn: (text) => heard.push(`warning: ${text}`),
    emit: () => heard.at(-1) !== 'steps' && heard.push('steps'),
  }
  return { heard, talk }
}

const no = async () => {
  throw cancelled('no')
}

describe('a rollout', () => {
  it('checks, shows its plan, asks, plays and proves, in this order', async () => {
    const { heard, talk } = listener()
    const prepared = await runs.plan(local())
    const started = runs.clock.now()
    await rollOut(
      prepared,
      { started, verify: true },
      {
        ...talk,
        planned: (plan) => heard.push(`plan of ${plan.length}`),
        confirm: async () => void heard.push('confirm'),
      },
    )
    expect(heard).toEqual([
      'Check SendZen',
      'plan of 34',
      'confirm',
      'steps',
      'Check that the pool calls its triggers',
    ])
  })

  it('changes nothing on a no', async () => {
    const prepared = await runs.plan(local())
    const options = { started: runs.clock.now() }
    await expect(rollOut(prepared, options, { ...listener().talk, confirm: no })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    expect(runs.sandbox.inventory()).toEqual([])
  })

  it('asks and proves nothing where there is nothing to change', async () => {
    await runs.deploy(local())
    const { heard, talk } = listener()
    await rollOut(await runs.plan(local()), { started: runs.clock.now() }, { ...talk, confirm: no })
    expect(heard).toEqual(['Check SendZen'])
  })

  it('does not count the time that an answer takes', async () => {
    const hour = 3_600_000
    const prepared = await runs.plan(local())
    const started = runs.clock.now()
    const confirm = async () => runs.sandbox.clock.advance(hour)
    const { ms } = await rollOut(prepared, { started }, { ...listener().talk, confirm })
    expect(runs.clock.now() - started).toBeGreaterThan(hour)
    expect(ms).toBeLessThan(hour)
  })
})

describe('a removal', () => {
  const prepare = async () => prepareDestroy(await runs.open(local()), { liftProtection: true })

  it('removes nothing on a no', async () => {
    await runs.deploy(local())
    const before = runs.sandbox.inventory()
    const options = { started: runs.clock.now() }
    await expect(
      tearDown(await prepare(), options, { ...listener().talk, confirm: no }),
    ).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    expect(runs.sandbox.inventory()).toEqual(before)
  })

  it('says what is still there when it reads again, and that nobody else has made it', async () => {
    await runs.deploy(local())
    const { aws } = await runs.byHand(local())
    const pool = new CreateUserPoolCommand({ PoolName: names.pool('dev'), UserPoolTags: tagsOf('dev') })
    const again = async (title: string) => {
      if (title === 'Read again') await aws.cognito.send(pool)
    }
    const options = { started: runs.clock.now() }
    await expect(tearDown(await prepare(), options, listener(again).talk)).rejects.toMatchObject({
      code: 'LEFTOVERS',
      why: expect.stringContaining('user-pool WhatsApp-otp-auth-pool-dev'),
    })
  })
})
