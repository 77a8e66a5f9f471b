// Part sign-ins: the handlers at work, and sign-ins a second.
import { readdir, readFile } from 'node:fs/promises'
import type { OpenSandbox } from '../../src/sandbox/server.ts'
import type { Part } from './part.ts'
import { root, run } from './program.ts'
import type { Row } from './rows.ts'
import { quantile, spreadOf, timed } from './samples.ts'
import { type BenchStage, openStage, phoneOf } from './stage.ts'

/** Past the cooldown, and few enough a day for the limits of a number. */
const betweenSignIns = 3 * 3_600_000

export const signIns: Part = async (context) => {
  const stage = await openStage()
  try {
    const users = Array.from({ length: 40 }, (_, index) => phoneOf(index))
    for (const phone of users) await stage.enrol(phone)
    return [
      ...(await handlersAtWork(stage, users, context.samples(120))),
      ...(await throughput(stage, users, context.samples(3))),
    ]
  } finally {
    await stage.close()
  }
}

/** Notes how long each function takes, as Cognito sees it. */
function watchInvocations({ inside }: OpenSandbox): Map<string, number[]> {
  const taken = new Map<string, number[]>()
  inside.aroundInvoke(async (request, next) => {
    const started = performance.now()
    const result = await next(request)
    const name = request.functionArn.split('-').at(-1) ?? ''
    taken.set(name, [...(taken.get(name) ?? []), performance.now() - started])
    return result
  })
  return taken
}

async function handlersAtWork(stage: BenchStage, users: string[], count: number): Promise<Row[]> {
  const part = 'Triggers, warm'
  const { sandbox } = stage
  const taken = watchInvocations(sandbox)
  sandbox.calls.length = 0
  const bare: number[] = []
  for (let index = 0; index < count; index++) {
    if (index % users.length === 0) sandbox.clock.advance(betweenSignIns)
    await stage.signIn(users[index % users.length]!)
    bare.push(await timed(() => fetch(`${sandbox.endpoint}/_sandbox/clock`).then((answer) => answer.text())))
  }
  const floor = { what: 'a bare round trip', value: spreadOf(bare) }
  const rows: Row[] = [...taken].map(([name, times]) => ({
    part,
    what: name,
    unit: 'ms',
    value: spreadOf(times),
    floor,
    note: `p99 ${quantile(times, 0.99).toFixed(1)}`,
  }))
  const made = sandbox.calls.filter(({ caller }) => caller.roleName)
  for (const operation of new Set(made.map((call) => `${call.service} ${call.operation}`))) {
    const times = made.filter((call) => `${call.service} ${call.operation}` === operation).length
    rows.push({ part, what: `${operation} a sign-in`, unit: 'calls', value: times / count })
  }
  for (const [name, mb] of await memoryOfFunctions()) {
    rows.push({ part, what: `${name}: most memory`, unit: 'MB', value: mb })
  }
  return rows
}

/** The most memory that each function's process has had, where /proc tells it. */
async function memoryOfFunctions(): Promise<Map<string, number>> {
  const most = new Map<string, number>()
  for (const pid of await readdir('/proc').catch(() => [])) {
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
    const status = /^\d+$/.test(pid) ? await read('status') : ''
    if (!status.includes(`PPid:\t${process.pid}\n`)) continue
    const name = /AWS_LAMBDA_FUNCTION_NAME=[^\0]*-(\w+)/.exec(await read('environ'))?.[1]
    const mb = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1000
    if (name) most.set(name, Math.max(mb, most.get(name) ?? 0))
  }
  return most
}

async function throughput(stage: BenchStage, users: string[], rounds: number): Promise<Row[]> {
  const { sandbox, workspace } = stage
  const [rates, floors]: number[][] = [[], []]
  const atOnce = 4
  for (let round = 0; round < rounds; round++) {
    sandbox.clock.advance(betweenSignIns)
    const waiting = [...users]
    const worker = async () => {
      for (let phone = waiting.pop(); phone; phone = waiting.pop()) await stage.signIn(phone)
    }
    const ms = await timed(() => Promise.all(Array.from({ length: atOnce }, worker)))
    rates?.push((users.length / ms) * 1000)
    const options = { cwd: workspace.folder, env: sandbox.env() }
    const calls = String(users.length * 2)
    const floor = await run(process.execPath, [`${root}test/bench/plain-calls.mjs`, calls], options)
    floors?.push((users.length / floor.ms) * 1000)
  }
  return [
    {
      part: 'Sign-ins through the sandbox',
      what: `sign-ins a second, ${atOnce} at once`,
      unit: '1/s',
      value: spreadOf(rates ?? []),
      floor: { what: 'two plain calls each', value: spreadOf(floors ?? []) },
    },
  ]
}
