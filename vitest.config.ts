import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Peers and benchmarks have commands of their own: they need more than Node alone.
    exclude: ['test/peers/**', 'test/bench/**'],
    // The AWS SDK announces which Node its future versions will need, once a process.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    // Every file has sandboxes of its own and leaves nothing behind: the AWS SDK is loaded once a worker, not a file.
    isolate: false,
    // Tests wait for child processes and for each other's calls as much as they compute: use every core.
    maxWorkers: '100%',
    // `npm run coverage`: what the tests of this process reach; what runs in processes of its own is not counted.
    coverage: {
      provider: 'v8',
      include: ['app/**', 'src/**', 'triggers/**'],
      exclude: ['src/live/**', '**/*.d.ts', 'src/sandbox/lambda/function-host.js'],
      reporter: ['text-summary', 'html', 'json-summary'],
    },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
