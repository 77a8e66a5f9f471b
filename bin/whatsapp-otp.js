#!/usr/bin/env node
// Starts the CLI and sets the exit code, nothing else.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`whatsapp-otp needs Node 20.19 or newer; this is ${process.version}\n`)
  process.exitCode = 1
} else {
  const { main } = await import('../dist/cli.js')
  process.exitCode = await main(process.argv.slice(2))
}
