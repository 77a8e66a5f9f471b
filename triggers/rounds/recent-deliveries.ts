// How real deliveries went lately, so that one that is only pretended looks the same, in whichever container it is.

import type { RecentNotes } from '../outside/counting.ts'

export interface Sample {
  /** Epoch milliseconds. */
  at: number
  /** From the permit to the end: what sending took, and the noting of a failure. */
  tookMs: number
  failed: boolean
}

/** Before any real one: what sending to a provider on another continent typically takes. */
const typical = [290, 320, 345, 360, 390, 410, 435, 470, 520, 600, 740, 960]
/** Of each outcome. A few hundred bytes in the table. */
const remembered = 32

export interface RecentDeliveries extends RecentNotes {
  /** Answers whether others should learn it at once: it is the first one, or went otherwise than the last one. */
  record(sample: Sample): boolean
  /** A duration drawn from those with the outcome of the last one; a floor or a mean would leave a pattern. */
  draw(): Pick<Sample, 'tookMs' | 'failed'>
}

/** Remembers what this container has delivered, and what others have noted in the table. */
export function rememberDeliveries(random: () => number = Math.random): RecentDeliveries {
  let known: Sample[] = []
  let isNoted = true

  function learn(samples: Sample[]) {
    const all = new Map([...known, ...samples].map((sample) => [textOf(sample), sample]))
    known = latest([...all.values()].sort((one, other) => one.at - other.at))
  }

  return {
    record({ at, tookMs, failed }) {
      const before = known.at(-1)
      learn([{ at: Math.round(at), tookMs: Math.round(tookMs), failed }])
      isNoted = false
      return failed !== before?.failed
    },
    draw() {
      const failed = known.at(-1)?.failed ?? false
      const durations = known.filter((sample) => sample.failed === failed).map(({ tookMs }) => tookMs)
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

/** The latest of each outcome. */
function latest(samples: Sample[]): Sample[] {
  const seen = { sent: 0, failed: 0 }
  const isLate = ({ failed }: Sample) => seen[failed ? 'failed' : 'sent']++ < remembered
  return [...samples].reverse().filter(isLate).reverse()
}

/** As in `412s.mi4x0b3k`: milliseconds, s for sent or f for failed, time. */
const textOf = ({ at, tookMs, failed }: Sample) => `${tookMs}${failed ? 'f' : 's'}.${at.toString(36)}`

function read(text: string): Sample[] {
  const match = /^(\d{1,5})([sf])\.([\da-z]{1,9})$/.exec(text)
  if (!match) return []
  return [{ at: Number.parseInt(match[3] ?? '', 36), tookMs: Number(match[1]), failed: match[2] === 'f' }]
}
