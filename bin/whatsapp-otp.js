#!/usr/bin/env node
// Starts the CLI and sets the exit code, nothing else.
import module from 'node:module'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`whatsapp-otp needs Node 20.19 or newer; this is ${process.version}\n`)
  process.exitCode = 1
} else {
  // From Node 22.8 on, code that was compiled once need not be compiled at the next start.
  module.enableCompileCache?.()
  // Before the bundle is loaded: maps are read with the code they belong to, and only a trace is worth the time.
  if (process.argv.includes('--debug')) process.setSourceMapsEnabled(true)
  const { main } = await import('../dist/cli.js')
  process.exitCode = await main(process.argv.slice(2))
  // A connection that was left without its answer must not hold the process; alone, this timer does not.
  setTimeout(() => process.exit(), 1_000).unref()
}
