// Loads one function in a fresh process, calls it where an event is given, and prints as JSON what that took: ms and CPU
// ms to the end of the load and to the answer, the most memory so far in kB, and what was answered.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

// Lambda's runtime has required node:http before it loads a function, so that is no part of it. An import would load TLS
// and fetch as well, which Lambda leaves to the function.
createRequire(import.meta.url)('node:http')

const [, , path, event] = process.argv
const url = pathToFileURL(path).href
const cpuBefore = process.cpuUsage()
const started = performance.now()

function taken() {
  const ms = performance.now() - started
  const { user, system } = process.cpuUsage(cpuBefore)
  return { ms, cpuMs: (user + system) / 1000 }
}

const { handler } = await import(url)
const loaded = { ...taken(), maxRss: process.resourceUsage().maxRSS }
const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => 5000 }
const answer = event && (await handler(JSON.parse(event), context))
const called = event && taken()
// Below the lines of its log.
process.stdout.write(`\n${JSON.stringify({ loaded, called, answer })}`)
process.exit(0)
