// What a part of the benchmarks is given, and what it gives.
import type { Row } from './rows.ts'

export interface BenchContext {
  /** How many samples to take where `usual` are enough; `--quick` takes a third. */
  samples(usual: number): number
  say(text: string): void
  /** Lambda's Node, where it can be had. */
  node24: string | undefined
}

export type Part = (context: BenchContext) => Promise<Row[]>
