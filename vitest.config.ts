import { defineConfig } from 'vitest/config'

// Peers and benchmarks have commands of their own: they need more than Node alone.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/peers/**', 'test/bench/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
