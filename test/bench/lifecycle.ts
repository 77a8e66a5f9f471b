// Parts deploy, lifelike and ministack: the life of a stage, its API calls, and as many plain calls beside it.
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lifelike } from '../../src/sandbox/account/world.ts'
import { type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts'
import { startMinistack } from '../peers/ministack.ts'
import { programs } from '../peers/program.ts'
import type { Part } from './part.ts'
import { type Env, openWorkspace, root, run, type Workspace } from './program.ts'
import { byService, type Call, longestChain, type Recorder, startRecorder } from './recorder.ts'
import type { Row } from './rows.ts'
import { quantile, spreadOf } from './samples.ts'

interface Operation {
  name: string
  line: string
  /** Exit codes. */
  ends?: readonly number[]
  before?: (workspace: Workspace) => Promise<void>
}

const operations: Operation[] = [
  { name: 'first deploy', line: 'deploy --stage bench' },
  { name: 'deploy, nothing to change', line: 'deploy --stage bench' },
  { name: 'a setting changed', line: 'deploy --stage bench --otp-expiry-minutes 4' },
  { name: 'code of one trigger changed', line: 'deploy --stage bench', before: changeCode },
  {
    name: 'code of one function, with --function',
    line: 'deploy --stage bench --function createAuthChallenge',
    before: changeCode,
  },
  // 1 is ministack's: it answers no strangers, and status says so.
  { name: 'status', line: 'status --stage bench', ends: [0, 1] },
  { name: 'destroy', line: 'destroy --stage bench --yes' },
]

/** Gives a zip other bytes and the same content: a longer comment at its end. */
async function changeCode({ folder }: Workspace): Promise<void> {
  const path = join(folder, 'package/dist/triggers/createAuthChallenge.zip')
  const zip = await readFile(path)
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1')) + 22
  const comment = Buffer.alloc(zip.length - end + 1, 'x')
  const changed = Buffer.concat([zip.subarray(0, end), comment])
  changed.writeUInt16LE(comment.length, end - 2)
  await writeFile(path, changed)
}

interface Taken {
  ms: number[]
  floor: number[]
  calls: Call[][]
}

async function play(
  part: string,
  rounds: number,
  recorder: Recorder,
  given: Env,
  flags = '',
): Promise<Row[]> {
  const taken = operations.map((): Taken => ({ ms: [], floor: [], calls: [] }))
  for (let round = 0; round < rounds; round++) {
    const workspace = await openWorkspace()
    const env = { ...given, AWS_ENDPOINT_URL: recorder.endpoint }
    for (const [at, { line, ends, before }] of operations.entries()) {
      await before?.(workspace)
      const { ms } = await workspace.tool(line.startsWith('deploy') ? line + flags : line, env, ends)
      const calls = recorder.take()
      const floor = await run(
        process.execPath,
        [join(root, 'test/bench/plain-calls.mjs'), String(calls.length)],
        {
          cwd: workspace.folder,
          env,
        },
      )
      recorder.take()
      taken[at]?.ms.push(ms)
      taken[at]?.floor.push(floor.ms)
      taken[at]?.calls.push(calls)
    }
    await workspace.remove()
  }
  return operations.flatMap(({ name }, at) => rowsOf(part, name, taken[at]!))
}

function rowsOf(part: string, name: string, { ms, floor, calls }: Taken): Row[] {
  const counts = calls.map((list) => list.length)
  const typical = calls.find((list) => list.length === quantile(counts, 0.5)) ?? []
  const uploaded = calls.map((list) => list.reduce((sum, call) => sum + call.bytes, 0) / 1000)
  return [
    {
      part,
      what: name,
      unit: 'ms',
      value: spreadOf(ms),
      floor: { what: 'as many plain calls', value: spreadOf(floor) },
    },
    { part, what: `${name}: API calls`, unit: 'calls', value: spreadOf(counts), note: byService(typical) },
    { part, what: `${name}: longest chain`, unit: 'calls', value: spreadOf(calls.map(longestChain)) },
    { part, what: `${name}: sent up`, unit: 'kB', value: spreadOf(uploaded) },
  ]
}

const onSandbox =
  (part: string, rounds: number, options: SandboxOptions): Part =>
  async ({ samples }) => {
    const sandbox = await startSandbox(options)
    const recorder = await startRecorder(sandbox.endpoint)
    try {
      return await play(part, samples(rounds), recorder, sandbox.env())
    } finally {
      await recorder.close()
      await sandbox.close()
    }
  }

export const deploy = onSandbox('Sandbox, no delays', 7, {})
export const deployLifelike = onSandbox('Sandbox, delays as on AWS', 3, { delays: lifelike })

export const deployMinistack: Part = async ({ samples, say }) => {
  if (!existsSync(programs.ministack) || !existsSync(programs.node24)) {
    say('ministack is not installed (npm run test:peers installs it): left out')
    return []
  }
  // Its Lambda calls back to no SendZen here; the sandbox's answers the checks of the deploy.
  const [workspace, sandbox] = await Promise.all([openWorkspace(), startSandbox()])
  const folder = join(workspace.folder, 'ministack')
  await mkdir(folder)
  const ministack = await startMinistack(folder)
  const recorder = await startRecorder(ministack.endpoint)
  try {
    const env = { ...sandbox.env(), AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
    return await play('ministack', samples(5), recorder, env, ' --no-verify')
  } finally {
    await recorder.close()
    await ministack.close()
    await sandbox.close()
    await workspace.remove()
  }
}
