// How real deliveries went lately in this container, so that one that is only pretended looks the same.

interface Sample {
  /** From the asking for the permit to the end: what the permit, the counters and the noting of a failure took. */
  tookMs: number
  failed: boolean
}

/** Before the first real one: what sending to a provider on another continent typically takes. */
const typical = [310, 340, 365, 380, 410, 430, 455, 490, 540, 620, 760, 980]
const remembered = 50

export interface RecentDeliveries {
  record(sample: Sample): void
  /** A duration drawn from those with the outcome of the last one; a floor or a mean would leave a pattern. */
  draw(): Sample
}

export function rememberDeliveries(random: () => number = Math.random): RecentDeliveries {
  const samples: Sample[] = []
  return {
    record(sample) {
      samples.push(sample)
      if (samples.length > remembered) samples.shift()
    },
    draw() {
      const failed = samples.at(-1)?.failed ?? false
      const alike = samples.filter((sample) => sample.failed === failed).map((sample) => sample.tookMs)
      const durations = alike.length > 0 ? alike : typical
      const tookMs = durations[Math.floor(random() * durations.length)] ?? 0
      return { tookMs, failed }
    },
  }
}
