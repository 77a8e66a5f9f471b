// The memory of how deliveries went: what nobody's message is made to look like.
import { describe, expect, it } from 'vitest'
import { rememberDeliveries } from '../../../triggers/rounds/recent-deliveries.ts'

/** Draws that walk through all there is, a step at a time. */
function drawAll(recent: (random: () => number) => ReturnType<typeof rememberDeliveries>) {
  let at = 0
  const memory = recent(() => at)
  return (steps: number) =>
    Array.from({ length: steps }, (_, n) => {
      at = (n + 0.5) / steps
      return memory.draw().tookMs
    })
}

describe('a duration', () => {
  it('before the first real one is drawn from typical ones, which are spread and no failure', () => {
    const durations = drawAll((random) => rememberDeliveries(random))(12)
    expect(new Set(durations).size).toBe(12)
    expect(Math.min(...durations)).toBeGreaterThan(200)
    expect(Math.max(...durations)).toBeLessThan(1500)
    expect(rememberDeliveries().draw().failed).toBe(false)
  })

  it('is any of those that ended like the last one, the first and the last included', () => {
    const draw = drawAll((random) => {
      const memory = rememberDeliveries(random)
      for (const tookMs of [10, 20, 30]) memory.record({ tookMs, failed: false })
      memory.record({ tookMs: 999, failed: true })
      memory.record({ tookMs: 40, failed: false })
      return memory
    })
    expect(draw(4)).toEqual([10, 20, 30, 40])
  })

  it('is one of the last fifty', () => {
    const draw = drawAll((random) => {
      const memory = rememberDeliveries(random)
      for (let n = 1; n <= 51; n++) memory.record({ tookMs: n, failed: false })
      return memory
    })
    expect(draw(50)).toEqual(Array.from({ length: 50 }, (_, n) => n + 2))
  })

  it('differs from draw to draw by itself', () => {
    const memory = rememberDeliveries()
    expect(new Set(Array.from({ length: 200 }, () => memory.draw().tookMs)).size).toBeGreaterThan(3)
  })
})
