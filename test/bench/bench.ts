// The benchmarks: which parts there are, and the command line that runs them.
import { parseArgs } from 'node:util'
import { version } from '../../src/version.ts'
import { chained } from './chained.ts'
import { growth } from './growth.ts'
import { legs } from './legs.ts'
import { deploy, deployLifelike, deployMinistack } from './lifecycle.ts'
import { onlookers } from './onlookers.ts'
import { packed } from './packed.ts'
import type { Part } from './part.ts'
import { findNode24 } from './program.ts'
import { type Row, tableOf } from './rows.ts'
import { signIns } from './sign-ins.ts'
import { startUp } from './start-up.ts'
import { triggers } from './triggers.ts'

const parts: Record<string, Part> = {
  'start-up': startUp,
  deploy,
  lifelike: deployLifelike,
  ministack: deployMinistack,
  packed,
  triggers,
  'sign-ins': signIns,
  legs,
  onlookers,
  chained,
  growth,
}

const usage = `npm run bench -- [--only <part>[,<part>]] [--quick] [--json]
parts: ${Object.keys(parts).join(', ')}\n`

/** Resolves to the exit code. */
export async function bench(argv: string[]): Promise<number> {
  const options = {
    only: { type: 'string' },
    quick: { type: 'boolean' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  } as const
  const { values } = parseArgs({ args: argv, options })
  const only = values.only?.split(',') ?? Object.keys(parts)
  const wrong = only.find((name) => !Object.hasOwn(parts, name))
  if (values.help || wrong !== undefined) {
    process.stderr.write(wrong === undefined ? usage : `There is no part «${wrong}».\n${usage}`)
    return values.help ? 0 : 3
  }
  // Adds about a hundred milliseconds to every start of Node, which is the machine's affair.
  const { NODE_EXTRA_CA_CERTS: certificates } = process.env
  const node24 = await findNode24()
  delete process.env.NODE_EXTRA_CA_CERTS
  const say = (text: string) => process.stderr.write(`${text}\n`)
  const samples = (usual: number) => (values.quick ? Math.max(1, Math.round(usual / 3)) : usual)
  const rows: Row[] = []
  let failed = false
  for (const name of only) {
    say(`… ${name}`)
    try {
      const taken = await parts[name]!({ samples, say, node24 })
      rows.push(...taken)
      if (!values.json) process.stdout.write(`${tableOf(taken)}\n`)
    } catch (error) {
      // The other parts stand by themselves.
      failed = true
      say(`${name} failed: ${error instanceof Error ? error.stack : String(error)}`)
    }
  }
  if (certificates) process.env.NODE_EXTRA_CA_CERTS = certificates
  const machine = { version: version(), node: process.version, at: new Date().toISOString() }
  if (values.json) process.stdout.write(`${JSON.stringify({ ...machine, rows }, null, 2)}\n`)
  return failed ? 1 : 0
}
