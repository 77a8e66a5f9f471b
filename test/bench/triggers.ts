// Part triggers: the zips, and what it costs in a fresh process to load them, and to be called for the first time.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { names, type Trigger, triggerNames } from '../../src/names.ts'
import { unpack } from '../../src/sandbox/lambda/function/function-zip.ts'
import { keysOf } from '../sandbox/lambda/signed.ts'
import { firstEvents } from './first-events.ts'
import type { BenchContext, Part } from './part.ts'
import { type Env, root, run } from './program.ts'
import type { Row } from './rows.ts'
import { spreadOf } from './samples.ts'
import { type BenchStage, openStage } from './stage.ts'

const part = 'Triggers'

/** What stands beside the functions: nothing, and what of Node whoever calls anything has to load. */
const floors = {
  empty: 'export const handler = async (event) => event\n',
  https: "process.getBuiltinModule('node:https')\nexport const handler = async (event) => event\n",
}

/** The functions that call anything. */
const callers: ReadonlySet<Name> = new Set(['preSignUp', 'createAuthChallenge', 'verifyAuthChallenge'])

interface Unpacked {
  folder: string
  env: Env
}
type Name = Trigger | keyof typeof floors
type Folders = Record<Name, Unpacked>

export const triggers: Part = async (context) => {
  const stage = await openStage()
  try {
    const rows: Row[] = []
    const folders = await unpackAll(stage, rows)
    for (const [name, node] of Object.entries({
      [process.version]: process.execPath,
      'node 24': context.node24,
    }))
      if (node) rows.push(...(await measure(stage, folders, context, name, node)))
    return rows
  } finally {
    await stage.close()
  }
}

async function unpackAll({ sandbox, workspace }: BenchStage, rows: Row[]): Promise<Folders> {
  const folders = {} as Folders
  const { endpoint, region } = sandbox
  const lambda = new LambdaClient({ endpoint, region, credentials: keysOf(sandbox) })
  for (const trigger of triggerNames) {
    const folder = join(workspace.folder, trigger)
    const zip = await readFile(join(workspace.folder, `package/dist/triggers/${trigger}.zip`))
    await unpack(zip, folder)
    const FunctionName = names.function('bench', trigger)
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
    folders[trigger] = { folder, env: { ...Environment?.Variables, ...sandbox.env() } }
    rows.push({ part, what: `${trigger}: zip`, unit: 'kB', value: zip.length / 1000 })
  }
  for (const [name, source] of Object.entries(floors)) {
    const folder = join(workspace.folder, name)
    await mkdir(folder)
    await writeFile(join(folder, 'index.mjs'), source)
    folders[name as keyof typeof floors] = { folder, env: {} }
  }
  return folders
}

interface Taken {
  load: number[]
  memory: number[]
  call: number[]
  callCpu: number[]
}

interface Printed {
  loaded: { ms: number; maxRss: number }
  called: { ms: number; cpuMs: number }
  answer: unknown
}

async function measure(
  stage: BenchStage,
  folders: Folders,
  { samples }: BenchContext,
  name: string,
  node: string,
): Promise<Row[]> {
  const nextEvents = firstEvents(stage)
  const taken = Object.fromEntries(
    Object.keys(folders).map((one) => [one, { load: [], memory: [], call: [], callCpu: [] }]),
  ) as unknown as Record<Name, Taken>
  const start = async (one: Name, event?: object) => {
    const { folder, env } = folders[one]
    const args = [join(root, 'test/bench/load.mjs'), join(folder, 'index.mjs')]
    const { stdout } = await run(node, event ? [...args, JSON.stringify(event)] : args, { cwd: folder, env })
    return JSON.parse(stdout.split('\n').at(-1) ?? '') as Printed
  }
  for (let round = 0; round < samples(25); round++) {
    const events = nextEvents()
    for (const one of Object.keys(folders) as Name[]) {
      const { load, memory, call, callCpu } = taken[one]
      const { loaded } = await start(one)
      load.push(loaded.ms)
      memory.push(loaded.maxRss / 1000)
      const { called, answer } = await start(one, await events.of(one))
      events.learn(one, answer)
      call.push(called.ms)
      callCpu.push(called.cpuMs)
    }
  }
  const medianOf = (values: number[]) => spreadOf(values).median
  const overHttps = (values: number[]) =>
    `${(medianOf(values) - medianOf(taken.https.load)).toFixed(1)} over node:https`
  const row = (one: Name, what: string, unit: string, of: keyof Taken): Row => ({
    ...{ part, what: `${one}: ${what}, ${name}`, unit, value: spreadOf(taken[one][of]) },
    floor: { what: 'an empty module', value: spreadOf(taken.empty[of]) },
  })
  return [
    row('https', 'load', 'ms', 'load'),
    ...triggerNames.flatMap((one) => [
      {
        ...row(one, 'load', 'ms', 'load'),
        ...(callers.has(one) ? { note: overHttps(taken[one].load) } : {}),
      },
      row(one, 'load and first call', 'ms', 'call'),
      row(one, 'load and first call', 'ms CPU', 'callCpu'),
    ]),
    row('createAuthChallenge', 'memory once loaded', 'MB', 'memory'),
  ]
}
