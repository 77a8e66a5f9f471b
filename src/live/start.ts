// Starts `npm run live` and sets the exit code, nothing else.
import { systemIo } from '../terminal/system-io.ts'
import { live } from './main.ts'

process.exitCode = await live(process.argv.slice(2), systemIo())
// A connection that was left without its answer must not hold the process; alone, this timer does not.
setTimeout(() => process.exit(), 1_000).unref()
