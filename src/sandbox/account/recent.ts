// What is remembered of the past: the newest of it, so that a sandbox that runs for long does not grow.

/** How many entries are kept where nothing else is said. */
export const most = 10_000

/** Adds to a list that is read by others, and lets the oldest tenth go when there would be more than `limit`. */
export function remember<T>(list: T[], one: T, limit = most): void {
  list.push(one)
  if (list.length > limit) list.splice(0, Math.ceil(limit / 10))
}

/** A map that forgets what was put into it first when there would be more than `limit`. */
export class Recent<K, V> extends Map<K, V> {
  readonly #limit: number
  readonly #forgotten: ((value: V) => void) | undefined

  /** `forgotten` is told of each value that goes. */
  constructor(limit = most, forgotten?: (value: V) => void) {
    super()
    this.#limit = limit
    this.#forgotten = forgotten
  }

  override set(key: K, value: V): this {
    super.set(key, value)
    if (this.size > this.#limit) {
      const [oldest] = this.keys()
      this.delete(oldest as K)
    }
    return this
  }

  override delete(key: K): boolean {
    const value = this.get(key)
    const isGone = super.delete(key)
    if (isGone) this.#forgotten?.(value as V)
    return isGone
  }
}
