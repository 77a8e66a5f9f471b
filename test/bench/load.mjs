// Loads one module in a fresh process and prints what that took: milliseconds, and the most memory so far in kB.
// Lambda's runtime talks to its own service over node:http before it loads a function, so that is no part of it.
import 'node:http'
import { pathToFileURL } from 'node:url'

const url = pathToFileURL(process.argv[2]).href
const started = performance.now()
await import(url)
process.stdout.write(`${performance.now() - started} ${process.resourceUsage().maxRSS}`)
process.exit(0)
