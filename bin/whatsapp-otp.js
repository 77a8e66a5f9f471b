#!/usr/bin/env node
// Starts the CLI and sets the exit code. Help and version are answered here, from what the build has stored: loading the
// CLI takes longer than bare Node, and so does a module that is no CommonJS.
const { fstatSync, writeSync } = require('node:fs')
const { stored } = require('./stored.js')

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`whatsapp-otp needs Node 20.19 or newer; this is ${process.version}\n`)
  process.exitCode = 1
} else if (!answer(process.argv.slice(2))) start()

async function start() {
  const module = require('node:module')
  // From Node 22.8 on, code that was compiled once need not be compiled at the next start.
  module.enableCompileCache?.()
  // Before the bundle is loaded: maps are read with the code they belong to, and only a trace is worth the time.
  if (process.argv.includes('--debug')) process.setSourceMapsEnabled(true)
  const { main } = await import('../dist/cli.js')
  process.exitCode = await main(process.argv.slice(2))
  // A connection that was left without its answer must not hold the process; alone, this timer does not.
  setTimeout(() => process.exit(), 1_000).unref()
}

/** True once the line is answered; false for the CLI, which has words for what goes wrong here, too. */
function answer(argv) {
  try {
    const text = stored(argv, columns)
    if (text === undefined) return false
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at)
    return true
  } catch (error) {
    // A reader that has seen enough (`| head`).
    return error.code === 'EPIPE'
  }
}

/** Of a terminal; 80 elsewhere. What knows terminals takes a moment to load, and is no use for a pipe or a file. */
function columns() {
  if (!fstatSync(1).isCharacterDevice()) return 80
  return require('node:tty').isatty(1) ? process.stdout.columns || 80 : 80
}
