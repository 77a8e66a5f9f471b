import { defineConfig } from 'vitest/config'

const flow = 'test/flow/**/*.test.ts'
// Peers and benchmarks have commands of their own: they need more than Node alone.
const others = ['test/peers/**', 'test/bench/**']

export default defineConfig({
  test: {
    // The AWS SDK announces which Node its future versions will need, once a process.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    // Tests wait for child processes and for each other's calls as much as they compute: use every core.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'parts', include: ['test/**/*.test.ts'], exclude: [...others, flow] } },
      // Each of these has a sandbox of its own and shares nothing else: the AWS SDK is loaded once for all.
      { extends: true, test: { name: 'flow', include: [flow], isolate: false } },
    ],
  },
})
