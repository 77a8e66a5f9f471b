// How the time that is left is spent on one message: which carrier, how long, and when not to begin.
import { describe, expect, it } from 'vitest'
import type { SendResult } from '../../../src/core/messaging/provider.ts'
import { deadlineIn } from '../../../triggers/outside/clock.ts'
import { type Carriers, deliver } from '../../../triggers/rounds/delivery.ts'
import { createTestClock } from '../outside/clock.ts'

interface Scene {
  /** Answers of WhatsApp, one after the other; each takes `takesMs`. */
  whatsapp?: SendResult[]
  takesMs?: number
  mayUseSms?: boolean | undefined
  leftMs?: number
  wanted?: 'whatsapp' | 'sms'
}

/** One delivery, and what each carrier was asked: the milliseconds it was given. */
async function play({ whatsapp = [], takesMs = 0, leftMs = 3900, wanted = 'whatsapp', ...rest }: Scene) {
  const clock = createTestClock()
  const asked = { whatsapp: [] as number[], sms: [] as number[], permits: 0 }
  const carriers: Carriers = {
    clock,
    whatsapp: async (deadline) => {
      asked.whatsapp.push(deadline.left())
      clock.advance(takesMs)
      return whatsapp.shift() ?? { outcome: 'sent', messageId: 'm' }
    },
    sms: async (deadline) => {
      asked.sms.push(deadline.left())
      clock.advance(takesMs)
      return { outcome: 'sent', messageId: 'sms' }
    },
    mayUseSms:
      rest.mayUseSms === undefined
        ? undefined
        : async () => {
            asked.permits++
            return rest.mayUseSms === true
          },
  }
  const delivery = await deliver(carriers, wanted, deadlineIn(clock, leftMs))
  return { ...asked, clock, delivery }
}
const retry: SendResult = { outcome: 'retry', blame: 'provider', code: 'refused' }
const failed: SendResult = { outcome: 'failed', blame: 'recipient', code: '131026' }

describe('WhatsApp', () => {
  it('is given all the time but what writing the outcome down takes', async () => {
    const { whatsapp, delivery, clock } = await play({ takesMs: 300.4 })
    expect(whatsapp).toEqual([3650])
    expect(delivery).toEqual({ outcome: 'sent', messageId: 'm', channel: 'whatsapp', latencyMs: 300 })
    expect(clock.slept).toEqual([])
  })

  it('is begun with just enough time, and not with a millisecond less', async () => {
    expect((await play({ leftMs: 650 })).whatsapp).toEqual([400])
    const late = await play({ leftMs: 649 })
    expect(late.whatsapp).toEqual([])
    expect(late.delivery).toMatchObject({ outcome: 'failed', blame: 'provider', code: 'no_time' })
  })

  it('is tried again after a short pause of no fixed length, within the same time', async () => {
    const pauses: number[] = []
    for (let n = 0; n < 50; n++) {
      const { whatsapp, clock, delivery } = await play({ whatsapp: [retry], takesMs: 100 })
      expect(whatsapp).toEqual([3650, 3550])
      expect(delivery).toMatchObject({ outcome: 'sent', latencyMs: 200 })
      pauses.push(...clock.slept)
    }
    expect(pauses).toHaveLength(50)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(50)
    expect(Math.max(...pauses)).toBeLessThan(200)
    expect(new Set(pauses).size).toBeGreaterThan(25)
  })

  it('is tried again only where pause and attempt fit', async () => {
    const tries = async (leftAfterwards: number) =>
      (await play({ whatsapp: [retry], takesMs: 1000, leftMs: 1000 + leftAfterwards })).whatsapp.length
    expect(await tries(250 + 400 + 200)).toBe(2)
    expect(await tries(250 + 400 + 49)).toBe(1)
    expect(await tries(0)).toBe(1)
  })

  it('has failed when it asks for a third try, or for a second that does not fit', async () => {
    const twice = await play({ whatsapp: [retry, { ...retry, code: 'again' }] })
    expect(twice.whatsapp).toHaveLength(2)
    expect(twice.delivery).toMatchObject({ outcome: 'failed', blame: 'provider', code: 'again' })
    const late = await play({ whatsapp: [retry], takesMs: 3300 })
    expect(late.delivery).toMatchObject({ outcome: 'failed', code: 'refused', channel: 'whatsapp' })
  })

  it.each(['sent', 'unknown', 'failed'] as const)('is not tried again after «%s»', async (outcome) => {
    const { whatsapp, delivery } = await play({ whatsapp: [{ outcome }] })
    expect(whatsapp).toHaveLength(1)
    expect(delivery).toMatchObject({ outcome, channel: 'whatsapp' })
  })
})

describe('SMS after WhatsApp', () => {
  it('is given the rest of the time when the number may have one', async () => {
    const { sms, permits, delivery } = await play({ whatsapp: [failed], takesMs: 200.5, mayUseSms: true })
    expect({ sms, permits }).toEqual({ sms: [3900 - 200.5 - 250], permits: 1 })
    expect(delivery).toEqual({ outcome: 'sent', messageId: 'sms', channel: 'sms', latencyMs: 401 })
  })

  it.each(['sent', 'unknown'] as const)('is neither asked for nor counted after «%s»', async (outcome) => {
    const { sms, permits } = await play({ whatsapp: [{ outcome }], mayUseSms: true })
    expect({ sms, permits }).toEqual({ sms: [], permits: 0 })
  })

  it('is not sent to a number that may have none, or where it is off', async () => {
    for (const mayUseSms of [false, undefined]) {
      const { sms, delivery } = await play({ whatsapp: [failed], mayUseSms })
      expect(sms).toEqual([])
      expect(delivery).toMatchObject({ ...failed, channel: 'whatsapp' })
    }
  })

  it('is begun, and counted, only with time to see it through', async () => {
    const withLeft = (leftMs: number) =>
      play({ whatsapp: [failed], takesMs: 1000, leftMs: 1000 + leftMs, mayUseSms: true })
    expect(await withLeft(900)).toMatchObject({ permits: 1, sms: [650] })
    expect(await withLeft(899)).toMatchObject({ permits: 0, sms: [] })
  })
})

it('goes by SMS at once where that is wanted, and does not ask for what was permitted already', async () => {
  const { whatsapp, sms, permits, delivery } = await play({ wanted: 'sms', mayUseSms: true, takesMs: 10 })
  expect({ whatsapp, sms, permits }).toEqual({ whatsapp: [], sms: [3650], permits: 0 })
  expect(delivery).toEqual({ outcome: 'sent', messageId: 'sms', channel: 'sms', latencyMs: 10 })
})
