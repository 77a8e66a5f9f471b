// Part sign-ins: the handlers at work, sign-ins a second, and what stays of each in memory.
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { OpenSandbox } from '../../src/sandbox/server.ts'
import type { BenchContext, Part } from './part.ts'
import { root, run } from './program.ts'
import type { Row } from './rows.ts'
import { quantile, spreadOf, timed } from './samples.ts'
import { type BenchStage, openStage, phoneOf } from './stage.ts'

/** Past the cooldown, and few enough a day for the limits of a number. */
const betweenSignIns = 3 * 3_600_000

export const signIns: Part = async (context) => {
  const stage = await openStage()
  try {
    // Enough that sixteen at once seldom wait for the last of a round.
    const users = Array.from({ length: 160 }, (_, index) => phoneOf(index))
    await atOnce(4, users, stage.enrol)
    const rounds = context.samples(3)
    return [
      ...(await throughput(stage, users, rounds)),
      await memoryOfSignIns(stage, users, context),
      ...(await handlersAtWork(stage, users.slice(0, 40), context.samples(120))),
    ]
  } finally {
    await stage.close()
  }
}

/** Does it for each user, so many at a time. */
async function atOnce(many: number, users: string[], task: (phone: string) => Promise<void>): Promise<void> {
  const waiting = [...users]
  const worker = async () => {
    for (let phone = waiting.pop(); phone; phone = waiting.pop()) await task(phone)
  }
  await Promise.all(Array.from({ length: many }, worker))
}

/** Notes how long each function takes, as Cognito sees it. */
function watchInvocations({ inside }: OpenSandbox): Map<string, number[]> {
  const taken = new Map<string, number[]>()
  inside.aroundInvoke(async (request, next) => {
    const started = performance.now()
    const result = await next(request)
    const name = request.functionArn.split('-').at(-1) ?? ''
    const times = taken.get(name) ?? []
    times.push(performance.now() - started)
    taken.set(name, times)
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
  const rates = new Map<number, number[]>([
    [4, []],
    [16, []],
  ])
  const floors: number[] = []
  for (let round = 0; round < rounds; round++) {
    for (const [many, taken] of rates) {
      sandbox.clock.advance(betweenSignIns)
      const ms = await timed(() => atOnce(many, users, stage.signIn))
      taken.push((users.length / ms) * 1000)
    }
    const options = { cwd: workspace.folder, env: sandbox.env() }
    const calls = String(users.length * 2)
    const floor = await run(process.execPath, [`${root}test/bench/plain-calls.mjs`, calls], options)
    floors.push((users.length / floor.ms) * 1000)
  }
  return [...rates].map(([many, taken]) => ({
    part: 'Sign-ins through the sandbox',
    what: `sign-ins a second, ${many} at once`,
    unit: '1/s',
    value: spreadOf(taken),
    floor: { what: 'two plain calls each', value: spreadOf(floors) },
  }))
}

/** How much the process grows by a sign-in; from the 10,000th on nothing more is remembered than before. */
async function memoryOfSignIns(
  stage: BenchStage,
  users: string[],
  { samples, say }: BenchContext,
): Promise<Row> {
  const count = samples(20_000)
  const from = Math.round(count / 2)
  say(`… sign-ins: ${count} of them, for what stays of each`)
  let done = 0
  const upTo = async (end: number) => {
    for (; done < end; done += users.length) {
      stage.sandbox.clock.advance(betweenSignIns)
      await atOnce(16, users, stage.signIn)
    }
    return heapUsed()
  }
  const [start, begun] = [await upTo(from), done]
  const grown = (await upTo(count)) - start
  return {
    part: 'Sign-ins through the sandbox',
    what: `memory a sign-in, from the ${begun}th to the ${done}th`,
    unit: 'kB',
    value: grown / 1000 / (done - begun),
  }
}

/** Bytes of the heap that are reached. */
async function heapUsed(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let round = 0; round < 3; round++) {
    collect()
    await pause(50)
  }
  return process.memoryUsage().heapUsed
}
