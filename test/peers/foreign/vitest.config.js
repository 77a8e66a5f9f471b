// A test run of somebody else's: the global set-up of docs/program.md, and a test that knows only its variables.
export default { test: { globalSetup: './global-setup.ts', include: ['*.spec.ts'], testTimeout: 30_000 } }
