import { defineConfig } from 'vitest/config'

// Each file starts servers or browsers of its own, so they take turns on a small machine.
export default defineConfig({
  test: {
    dir: import.meta.dirname,
    include: ['**/*.test.ts'],
    fileParallelism: false,
    maxConcurrency: 2,
    // The AWS SDK announces which Node its future versions will need, once a process.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['verbose'],
  },
})
