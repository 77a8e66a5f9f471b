// The bounds of a call, with a clock that the test moves.
import { expect, it } from 'vitest'
import { callLimits, type Later, type WaitEvent, withinBounds } from '../../src/aws/calls.ts'

/** Timers that go off when the test says so. */
function handClock() {
  let now = 0
  let timers: { at: number; act: () => void }[] = []
  const later: Later = (ms, act) => {
    const timer = { at: now + ms, act }
    timers.push(timer)
    return () => {
      timers = timers.filter((one) => one !== timer)
    }
  }
  const advance = (ms: number) => {
    now += ms
    for (const timer of timers.filter(({ at }) => at <= now)) {
      timers = timers.filter((one) => one !== timer)
      timer.act()
    }
  }
  return { later, advance, armed: () => timers.length }
}

function start(isChange: boolean) {
  const clock = handClock()
  const abort = new AbortController()
  const events: WaitEvent[] = []
  let answer = (_text: string) => {}
  let end: AbortSignal | undefined
  const onWait = (event: WaitEvent) => events.push(event)
  const running = withinBounds(
    { name: 'IAM: do it', isChange },
    { limits: callLimits, later: clock.later, signal: abort.signal, onWait },
    (signal) => {
      end = signal
      return new Promise<string>((resolve) => {
        answer = resolve
      })
    },
  )
  running.catch(() => {})
  return {
    ...clock,
    abort,
    events,
    running,
    answer: (text: string) => answer(text),
    hasEnded: () => end?.aborted,
  }
}

it('the bounds of a call are what the readme says', () => {
  expect(callLimits).toEqual({
    connectMs: 10_000,
    attemptMs: 20_000,
    boundMs: 90_000,
    silenceMs: 5_000,
    lookGraceMs: 1_000,
    graceMs: 3_000,
  })
})

it('a quick call says nothing and leaves no timer', async () => {
  const call = start(true)
  call.advance(4_999)
  call.answer('here')
  expect([await call.running, call.events, call.armed()]).toEqual(['here', [], 0])
})

it('a slow call is told of once, and that it is over', async () => {
  const call = start(false)
  call.advance(5_000)
  call.advance(60_000)
  expect(call.events).toEqual([{ type: 'waiting', what: 'IAM: do it' }])
  call.answer('here')
  expect(await call.running).toBe('here')
  expect(call.events[1]).toEqual({ type: 'over', what: 'IAM: do it' })
})

it('a call that has no answer after 90 seconds is left', async () => {
  const call = start(false)
  call.advance(90_000)
  await expect(call.running).rejects.toMatchObject({ name: 'TimeoutError' })
  expect([call.hasEnded(), call.armed()]).toEqual([true, 0])
})

it.each([
  [false, 1_000],
  [true, 3_000],
])('after Ctrl-C a call (a change: %s) has %i ms', async (isChange, ms) => {
  const call = start(isChange)
  call.abort.abort()
  call.advance(ms - 1)
  expect(call.hasEnded()).toBe(false)
  call.advance(1)
  await expect(call.running).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(call.events).toEqual(isChange ? [{ type: 'abandoned', what: 'IAM: do it' }] : [])
})
