// The providers that every contract is run for.
import type { ProviderBench } from './bench.ts'
import { startCourierBench } from './courier-bench.ts'
import { startSendzenBench } from './sendzen-bench.ts'

export const benches: [name: string, start: () => Promise<ProviderBench>][] = [
  ['SendZen', startSendzenBench],
  ['Courier', startCourierBench],
]
