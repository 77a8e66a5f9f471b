// The tests that have to notice the changes of one part, whose names run.mjs hands over.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // What chance finds takes long, and is found by the tests of single rules as well.
    exclude: ['test/core/ledger/{properties,alone}.test.ts'],
    include: JSON.parse(process.env.MUTATION_TESTS ?? '[]') as string[],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
})
