// Samples of one quantity, and how they are taken: interleaved, so that a busy moment hits all alike.

export interface Spread {
  n: number
  min: number
  median: number
  max: number
}

export function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))] ?? Number.NaN
}

export function spreadOf(values: readonly number[]): Spread {
  return {
    n: values.length,
    min: Math.min(...values),
    median: quantile(values, 0.5),
    max: Math.max(...values),
  }
}

/** Runs every task once a round, in turn; gives what each resolved to, by its name. */
export async function interleave<K extends string>(
  rounds: number,
  tasks: Record<K, () => Promise<number>>,
): Promise<Record<K, number[]>> {
  const entries = Object.entries(tasks) as [K, () => Promise<number>][]
  const taken = Object.fromEntries(entries.map(([name]) => [name, []])) as unknown as Record<K, number[]>
  for (let round = 0; round < rounds; round++) {
    for (const [name, task] of entries) taken[name].push(await task())
  }
  return taken
}

/** Milliseconds that `task` took. */
export async function timed(task: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await task()
  return performance.now() - started
}

/** The Kolmogorov-Smirnov statistic: the largest distance between two empirical distributions, 0 to 1. */
export function kolmogorovSmirnov(a: readonly number[], b: readonly number[]): number {
  const below = (values: readonly number[], limit: number) =>
    values.filter((value) => value <= limit).length / values.length
  return Math.max(...[...a, ...b].map((limit) => Math.abs(below(a, limit) - below(b, limit))))
}
