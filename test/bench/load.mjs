// Loads one module in a fresh process and prints what that took: milliseconds, and the most memory so far in kB.
import { pathToFileURL } from 'node:url'

const url = pathToFileURL(process.argv[2]).href
const started = performance.now()
await import(url)
process.stdout.write(`${performance.now() - started} ${process.resourceUsage().maxRSS}`)
process.exit(0)
