// Things by what they are called, so that none is looked for among all of them.

/** Of each key the things that bear it, in the order in which they came to it. */
export class IndexOf<T> {
  readonly #bearers = new Map<string, Set<T>>()
  readonly #keys = new Map<T, readonly string[]>()

  /** From now on it bears these keys and no others. */
  put(one: T, keys: Iterable<string>): void {
    const wanted = [...new Set(keys)]
    for (const key of this.#keys.get(one) ?? []) if (!wanted.includes(key)) this.#leave(one, key)
    for (const key of wanted) {
      const bearers = this.#bearers.get(key)
      if (bearers) bearers.add(one)
      else this.#bearers.set(key, new Set([one]))
    }
    this.#keys.set(one, wanted)
  }

  delete(one: T): void {
    for (const key of this.#keys.get(one) ?? []) this.#leave(one, key)
    this.#keys.delete(one)
  }

  get(key: string): T[] {
    return [...(this.#bearers.get(key) ?? [])]
  }

  #leave(one: T, key: string): void {
    const bearers = this.#bearers.get(key)
    bearers?.delete(one)
    if (bearers?.size === 0) this.#bearers.delete(key)
  }
}
