// Whatever is sent, an operation answers or refuses it: members of the wrong kind, missing, odd and huge ones.
import { expect, it } from 'vitest'
import { AwsFault } from '../../../src/sandbox/account/aws-fault.ts'
import { bench } from './bench.ts'
import { everything as examples } from './everything.ts'

/** The same numbers in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

const nested = (depth: number): unknown => (depth === 0 ? 'x' : { a: [nested(depth - 1)] })
const odd: unknown[] = [
  null,
  true,
  -1,
  1e9,
  0.5,
  '',
  ' ',
  'x'.repeat(5_000),
  '__proto__',
  'toString',
  '\u0000\uD800',
  [],
  [null],
  [[1]],
  ['constructor', 7, { Name: 1 }],
  {},
  { constructor: 1, toString: null, hasOwnProperty: 2 },
  JSON.parse('{"__proto__": {"polluted": true}, "Name": null}'),
  nested(60),
]

const pick = <T>(list: readonly T[], random: () => number) => list[Math.floor(random() * list.length)] as T

/** A copy in which one member, however deep, is something else, is gone or is new. */
function mutated(value: unknown, random: () => number): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.2) return structuredClone(pick(odd, random))
  if (Array.isArray(value)) return value.map((one) => (random() < 0.5 ? mutated(one, random) : one))
  const entries = Object.entries(value)
  const [key] = pick(entries.length ? entries : [['a', 1]], random)
  const how = random()
  if (how < 0.1) return Object.fromEntries(entries.filter(([name]) => name !== key))
  if (how < 0.2)
    return { ...value, [pick(['constructor', 'Newer', '__proto__', 'valueOf'], random)]: pick(odd, random) }
  return Object.fromEntries(entries.map(([name, one]) => [name, name === key ? mutated(one, random) : one]))
}

it.each(Object.keys(bench().cognito.operations))(
  '%s answers or refuses, and never fails',
  async (operation) => {
    const { call, everything } = await examples()
    const random = randomNumbers(operation.length)
    const failures = new Set<string>()
    const tryOne = (input: Record<string, unknown>) =>
      call(operation, input).catch((error: Error) => {
        if (error instanceof AwsFault && error.status < 500) return
        failures.add(`${error.message}${error.stack?.split('\n')[1]}`)
      })
    for (const [member, value] of Object.entries(everything)) {
      for (let i = 0; i < 4; i++)
        await tryOne({ ...everything, [member]: structuredClone(pick(odd, random)) })
      for (let i = 0; i < 4; i++) await tryOne({ ...everything, [member]: mutated(value, random) })
    }
    expect([...failures].sort()).toEqual([])
    expect({}).not.toHaveProperty('polluted')
  },
)
