// The memory of how deliveries went, in one container and between them: what nobody's message is made to look like.
import { describe, expect, it } from 'vitest'
import { type RecentDeliveries, rememberDeliveries } from '../../../triggers/rounds/recent-deliveries.ts'

/** All durations that may be drawn, each once. */
function drawn(memory: (random: () => number) => RecentDeliveries, steps: number) {
  let at = 0
  const recent = memory(() => at)
  return Array.from({ length: steps }, (_, n) => {
    at = (n + 0.5) / steps
    return recent.draw().tookMs
  })
}

/** A container that has delivered these. */
function container(durations: number[], failed = false, random?: () => number): RecentDeliveries {
  const recent = rememberDeliveries(random)
  for (const [at, tookMs] of durations.entries()) recent.record({ at, tookMs, failed })
  return recent
}

describe('a duration', () => {
  it('before the first real one is drawn from typical ones, which are spread and no failure', () => {
    const durations = drawn(rememberDeliveries, 12)
    expect(new Set(durations).size).toBe(12)
    expect(Math.min(...durations)).toBeGreaterThan(200)
    expect(Math.max(...durations)).toBeLessThan(1500)
    expect(rememberDeliveries().draw().failed).toBe(false)
  })

  it('is any of those that ended like the last one, the first and the last included', () => {
    const memory = (random: () => number) => {
      const recent = container([10, 20, 30], false, random)
      recent.record({ at: 4, tookMs: 999, failed: true })
      recent.record({ at: 5, tookMs: 40, failed: false })
      return recent
    }
    expect(drawn(memory, 4)).toEqual([10, 20, 30, 40])
    const failing = container([900, 10])
    failing.record({ at: 2, tookMs: 3000, failed: true })
    expect(failing.draw()).toEqual({ tookMs: 3000, failed: true })
  })

  it('is one of the last thirty-two', () => {
    const durations = Array.from({ length: 33 }, (_, n) => n + 1)
    expect(drawn((random) => container(durations, false, random), 32)).toEqual(durations.slice(1))
  })

  it('differs from draw to draw by itself', () => {
    const memory = rememberDeliveries()
    expect(new Set(Array.from({ length: 200 }, () => memory.draw().tookMs)).size).toBeGreaterThan(3)
  })
})

describe('a container that has just begun', () => {
  it('pretends like those that have run for a while', () => {
    const text = container([900, 10, 20]).give() ?? ''
    const cold = (random: () => number) => {
      const recent = rememberDeliveries(random)
      recent.take(text)
      return recent
    }
    expect(drawn(cold, 3)).toEqual([900, 10, 20])
  })

  it('pretends a failure where others have just failed', () => {
    const text = container([700, 650], true).give() ?? ''
    const cold = rememberDeliveries(() => 0)
    cold.take(text)
    expect(cold.draw()).toEqual({ tookMs: 700, failed: true })
  })
})

describe('what containers note for each other', () => {
  it('is noted once, after something was delivered', () => {
    const recent = rememberDeliveries()
    expect(recent.give()).toBeUndefined()
    recent.record({ at: 1, tookMs: 5, failed: false })
    expect(recent.give()).toBe('5s.1')
    expect(recent.give()).toBeUndefined()
  })

  it('is told apart by when it was, and counted once however often it comes back', () => {
    const recent = container([900, 10, 20], false, () => 0.99)
    const text = recent.give() ?? ''
    for (let n = 0; n < 3; n++) recent.take(text)
    recent.record({ at: 9, tookMs: 30, failed: false })
    expect(recent.give()).toBe(`${text} 30s.9`)
  })

  it('is to be told at once where it is the first, or turns from sent to failed or back', () => {
    const recent = rememberDeliveries()
    const turned = [false, false, true, true, false].map((failed, at) =>
      recent.record({ at, tookMs: 1, failed }),
    )
    expect(turned).toEqual([true, false, true, false, true])
    const later = rememberDeliveries()
    later.take('5s.1')
    expect(later.record({ at: 2, tookMs: 1, failed: false })).toBe(false)
  })

  it.each(['', 'x', '5s', '123456s.1', '5q.1', '5s.zzzzzzzzzz', '-5s.1'])(
    'is nothing where it is «%s»',
    (text) => {
      const recent = rememberDeliveries(() => 0)
      recent.take(text)
      expect(recent.draw().tookMs).toBe(rememberDeliveries(() => 0).draw().tookMs)
    },
  )

  it('stays short, however many there were', () => {
    const recent = rememberDeliveries()
    for (let n = 0; n < 500; n++) {
      recent.record({ at: 1.7e12 + n * 60_000, tookMs: 400 + n, failed: n % 3 === 0 })
    }
    expect(recent.give()?.length).toBeLessThan(900)
  })
})
