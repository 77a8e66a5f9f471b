import { defineConfig } from 'vitest/config'

// Peers and benchmarks have commands of their own: they need more than Node alone.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/peers/**', 'test/bench/**'],
    // The AWS SDK announces which Node its future versions will need, once a process.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
