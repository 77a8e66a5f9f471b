// That nobody can tell a number with an account from one without where Cognito has another name for it each time.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Asked } from './app.ts'
import { onlookers, statuses } from './onlookers.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open({}, { standInName: 'changing' })
  // A pretended message takes as long as a real one of this container took; the first one is real.
  await stage.app.begin()
})
afterAll(() => stage?.close())

const { shown, compare, wrong, resend, later } = onlookers(() => stage)
const again = (at: Asked) => stage.app.start(at.phone)
const elsewhere = (at: Asked) => stage.app.start(at.phone, 'login')

describe('all are shown the same', () => {
  it('for wrong answers in one session after another (46)', async () => {
    const steps = [wrong, again, wrong, wrong, wrong, elsewhere, later(61.5, again), wrong]
    expect(statuses(await compare(steps))).toEqual([
      ...['sent 3', 'wrong 2', 'sent 3', 'wrong 2', 'wrong 1', 'exhausted 0', 'sent 3', 'sent 3', 'wrong 2'],
    ])
  })

  it('for resends, and after the code’s life (46)', async () => {
    const steps = [later(10.5, resend), later(51, resend), wrong, later(301.5, wrong), resend]
    expect(statuses(await compare(steps))).toEqual([
      ...['sent 3', 'cooldown 3', 'sent 3', 'wrong 2', 'expired 0', 'sent 3'],
    ])
  })

  it('however often they begin (46, 49)', async () => {
    const all = await compare(Array.from({ length: 8 }, () => later(31.5, again)))
    expect(new Set(statuses(all))).toEqual(new Set(['sent 3']))
  })

  it('while messages fail, and when one fails for a user (51)', async () => {
    for (const kind of ['keyInvalid', 'notOnWhatsApp'] as const) {
      for (const phone of [await stage.addProvenUser(), await stage.app.signUp()]) {
        stage.sandbox.sendzen.failNext(kind)
        expect(statuses(await shown(phone, []))).toEqual(['sent 3'])
        expect(stage.app.messages(phone)).toEqual([])
      }
      expect(statuses(await shown(stage.newPhone(), []))).toEqual(['sent 3'])
    }
  })

  it('while the table is down, and after it', async () => {
    const down = (at: Asked) => {
      stage.sandbox.faults.add({ service: 'dynamodb', kind: 'fail-before', times: 1_000 })
      return resend(at).finally(() => stage.sandbox.faults.clear())
    }
    expect(statuses(await compare([later(61.5, down), resend]))).toEqual([
      'sent 3',
      'unavailable 0',
      'sent 3',
    ])
  })
})

it('strangers cost the table nothing, however many they are', async () => {
  const ledgers = async () => [...(await stage.evidence.items()).keys()].filter((pk) => pk.startsWith('N#'))
  const before = await ledgers()
  for (let n = 0; n < 30; n++) await shown(stage.newPhone(), [wrong])
  expect(await ledgers()).toEqual(before)
})

it('the limits of a number hold, whatever is said', async () => {
  const phone = await stage.addProvenUser()
  await shown(
    phone,
    Array.from({ length: 12 }, () => later(61.5, again)),
  )
  expect(stage.app.messages(phone)).toHaveLength(5)
})

it('the code still lets its user in, and nobody else', async () => {
  const { app } = stage
  const asked = await app.begin()
  const at = await app.fail(asked, '246813')
  expect((await app.answer(at, asked.code)).kind).toBe('tokens')
  const unknown = await app.start(stage.newPhone())
  expect(await stage.judge(stage.answerEvent(unknown, '246813'))).toBe(false)
})

keepsItsSecrets(() => stage)
