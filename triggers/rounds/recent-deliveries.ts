// How real deliveries went lately, so that one that is only pretended looks the same, in whichever container it is.

import type { RecentNotes } from '../outside/counters.ts'

export interface Sample {
  /** Epoch milliseconds. */
  at: number
  /** From the permit to the end: what sending took, and the noting of a failure. */
  tookMs: number
  failed: boolean
}

interface Kept extends Sample {
  /** The first one of its container, which has to find and greet the provider. */
  first: boolean
}

/** Before any real one: what sending to a provider on another continent typically takes. */
const typical = [290, 320, 345, 360, 390, 410, 435, 470, 520, 600, 740, 960]
/** Of each kind. A few hundred bytes in the table. */
const remembered = 24

export interface RecentDeliveries extends RecentNotes {
  /** Answers whether it went otherwise than the last one known: then others should learn it at once. */
  record(sample: Sample): boolean
  /** A duration drawn from those with the outcome of the last one; a floor or a mean would leave a pattern. */
  draw(): Pick<Sample, 'tookMs' | 'failed'>
}

/** Remembers what this container has delivered, and what others have noted in the table. */
export function rememberDeliveries(random: () => number = Math.random): RecentDeliveries {
  let known: Kept[] = []
  let isFirst = true
  let isNoted = true

  function learn(samples: Kept[]) {
    const all = new Map([...known, ...samples].map((sample) => [textOf(sample), sample]))
    known = latest([...all.values()].sort((one, other) => one.at - other.at))
  }

  return {
    record({ at, tookMs, failed }) {
      const before = known.at(-1)?.failed ?? false
      learn([{ at: Math.round(at), tookMs: Math.round(tookMs), failed, first: isFirst }])
      isFirst = false
      isNoted = false
      return failed !== before
    },
    draw() {
      const failed = known.at(-1)?.failed ?? false
      const alike = known.filter((sample) => sample.failed === failed)
      const likest = alike.filter(({ first }) => first === isFirst)
      const durations = (likest.length > 0 ? likest : alike).map(({ tookMs }) => tookMs)
      const among = durations.length > 0 ? durations : typical
      return { tookMs: among[Math.floor(random() * among.length)] ?? 0, failed }
    },
    give() {
      if (isNoted) return undefined
      isNoted = true
      return known.map(textOf).join(' ')
    },
    take(text) {
      learn(text.split(' ').flatMap(read))
    },
  }
}

/** The latest of each kind. */
function latest(samples: Kept[]): Kept[] {
  const seen = new Map<string, number>()
  const isLate = ({ failed, first }: Kept) => {
    const kind = `${failed}${first}`
    seen.set(kind, (seen.get(kind) ?? 0) + 1)
    return (seen.get(kind) ?? 0) <= remembered
  }
  return [...samples].reverse().filter(isLate).reverse()
}

/** By outcome, and whether it was its container's first. */
const letters = { s: [false, false], S: [false, true], f: [true, false], F: [true, true] } as const

/** As in `412s.mi4x0b3k`: milliseconds, letter, time. */
function textOf({ at, tookMs, failed, first }: Kept): string {
  return `${tookMs}${failed ? (first ? 'F' : 'f') : first ? 'S' : 's'}.${at.toString(36)}`
}

function read(text: string): Kept[] {
  const match = /^(\d{1,5})([sSfF])\.([\da-z]{1,9})$/.exec(text)
  if (!match) return []
  const [failed, first] = letters[match[2] as keyof typeof letters]
  return [{ at: Number.parseInt(match[3] ?? '', 36), tookMs: Number(match[1]), failed, first }]
}
