// What becomes true by itself, in another process: looked at until it is, for longer than a busy machine takes.
import { vi } from 'vitest'

export const eventually = <T>(look: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: 20_000, interval: 50 })
