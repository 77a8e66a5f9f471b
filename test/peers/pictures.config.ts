import { defineConfig } from 'vitest/config'

// `npm run pictures`: no test, and so no part of them.
export default defineConfig({
  test: { dir: import.meta.dirname, include: ['pictures.ts', 'pictures/made.ts'], testTimeout: 300_000 },
})
