// Waiting and retrying: quick at first, bounded, ended by the user, and only for errors that are recognised.
import { describe, expect, it } from 'vitest'
import { retryWhile, waitFor } from '../../src/aws/wait.ts'
import type { Clock } from '../../src/clock.ts'

function fakeClock(): Clock & { pauses: number[] } {
  const pauses: number[] = []
  return {
    pauses,
    now: () => pauses.reduce((sum, pause) => sum + pause, 0),
    steady: () => pauses.reduce((sum, pause) => sum + pause, 0),
    sleep: async (ms) => {
      pauses.push(ms)
    },
  }
}

const never = async () => undefined

describe('waiting', () => {
  it('asks at once, then after growing pauses of at most a second', async () => {
    const clock = fakeClock()
    let asked = 0
    const result = await waitFor({ clock, capMs: 60_000, what: 'it' }, async () =>
      ++asked > 5 ? 'there' : undefined,
    )
    expect(result).toBe('there')
    expect(clock.pauses).toEqual([250, 500, 1000, 1000, 1000])
  })

  it('gives up within its budget and says what it waited for', async () => {
    const clock = fakeClock()
    const waiting = waitFor({ clock, capMs: 10_000, what: 'the table to go' }, never)
    await expect(waiting).rejects.toMatchObject({
      code: 'WAIT_TIMED_OUT',
      message: 'Waited 10 s for the table to go',
    })
    expect(clock.now()).toBeLessThanOrEqual(10_000)
  })

  it('ends when the user cancels', async () => {
    const waiting = waitFor(
      { clock: fakeClock(), signal: AbortSignal.abort(), capMs: 10_000, what: 'it' },
      never,
    )
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

describe('retrying', () => {
  const busy = new Error('busy')
  const isBusy = (error: unknown) => error === busy

  it('repeats what passes by itself', async () => {
    let tries = 0
    const result = await retryWhile(isBusy, { clock: fakeClock(), capMs: 10_000, what: 'it' }, async () => {
      if (++tries < 3) throw busy
    })
    expect([result, tries]).toEqual([undefined, 3])
  })

  it('throws any other error at once, and the last one when the budget is spent', async () => {
    const options = { clock: fakeClock(), capMs: 5_000, what: 'it' }
    const fail = (error: Error) => retryWhile(isBusy, options, () => Promise.reject(error))
    await expect(fail(new Error('other'))).rejects.toThrow('other')
    expect(options.clock.pauses).toEqual([])
    await expect(fail(busy)).rejects.toBe(busy)
  })
  it('tells of a wait inside of it that has timed out as it came', async () => {
    const options = { clock: fakeClock(), capMs: 5_000, what: 'the function' }
    const inner = { clock: fakeClock(), capMs: 2_000, what: 'its code' }
    const waiting = retryWhile(isBusy, options, () => waitFor(inner, never))
    await expect(waiting).rejects.toMatchObject({ message: 'Waited 2 s for its code' })
  })
})
