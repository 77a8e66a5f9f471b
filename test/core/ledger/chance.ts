// Chance that is the same for the same seed, so that what it found can be found again.

export interface Chance {
  /** A whole number from 0 up to, and without, `below`. */
  below(below: number): number
  /** True so often of a hundred times. */
  percent(percent: number): boolean
  of<T>(list: readonly T[]): T
}

/** Mulberry32: small, and good enough to choose what happens next. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return { below, percent: (percent) => next() * 100 < percent, of: (list) => list[below(list.length)]! }
}
