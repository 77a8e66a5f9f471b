// How often one visitor may ask a server for something: behind it all visitors share the server's address, so that
// neither Cognito nor a firewall can tell them apart.

export interface Limit {
  /** Counts one; false where the visitor has had his share. */
  take(visitor: string): boolean | Promise<boolean>
}

/** As many visitors at once as are remembered: whoever makes more up pushes the oldest out, and fills no memory. */
const mostVisitors = 10_000

/** `most` in any `seconds`, counted in this process. Give a limit of your own where several processes serve. */
export function limitOf(most: number, seconds: number, now: () => number = Date.now): Limit {
  const times = new Map<string, number[]>()
  return {
    take(visitor) {
      const since = now() - seconds * 1000
      const recent = (times.get(visitor) ?? []).filter((at) => at > since)
      const isFine = recent.length < most
      times.delete(visitor)
      times.set(visitor, isFine ? [...recent, now()] : recent)
      if (times.size > mostVisitors) times.delete(times.keys().next().value!)
      return isFine
    },
  }
}
