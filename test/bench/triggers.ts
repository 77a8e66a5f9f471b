// Part triggers: the zips, and what loading them costs in a fresh process beside an empty module.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { names, triggerNames } from '../../src/names.ts'
import { unpack } from '../../src/sandbox/lambda/function/function-zip.ts'
import { keysOf } from '../sandbox/lambda/signed.ts'
import type { Part } from './part.ts'
import { type Env, root, run } from './program.ts'
import type { Row } from './rows.ts'
import { interleave, spreadOf } from './samples.ts'
import { openStage } from './stage.ts'

const part = 'Triggers'

export const triggers: Part = async ({ samples, node24 }) => {
  const stage = await openStage()
  try {
    const { sandbox, workspace } = stage
    const folders: Record<string, { folder: string; env: Env }> = {}
    const rows: Row[] = []
    const lambda = new LambdaClient({
      endpoint: sandbox.endpoint,
      region: sandbox.region,
      credentials: keysOf(sandbox),
    })
    for (const trigger of triggerNames) {
      const folder = join(workspace.folder, trigger)
      const zip = await readFile(join(workspace.folder, `package/dist/triggers/${trigger}.zip`))
      await unpack(zip, folder)
      const FunctionName = names.function('bench', trigger)
      const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
      folders[trigger] = { folder, env: { ...Environment?.Variables, ...sandbox.env() } }
      rows.push({ part, what: `${trigger}: zip`, unit: 'kB', value: zip.length / 1000 })
    }
    const empty = join(workspace.folder, 'nothing')
    await mkdir(empty)
    await writeFile(join(empty, 'index.mjs'), 'export const handler = async (event) => event\n')
    folders.empty = { folder: empty, env: {} }

    for (const [name, node] of Object.entries({ [process.version]: process.execPath, 'node 24': node24 })) {
      if (!node) continue
      const memory: Record<string, number[]> = {}
      const load = async (trigger: string, { folder, env }: { folder: string; env: Env }) => {
        const args = [join(root, 'test/bench/load.mjs'), join(folder, 'index.mjs')]
        const { stdout } = await run(node, args, { cwd: folder, env })
        const [ms = 0, maxRss = 0] = stdout.split(' ').map(Number)
        memory[trigger] = [...(memory[trigger] ?? []), maxRss / 1000]
        return ms
      }
      const tasks = Object.entries(folders).map(
        ([trigger, one]) => [trigger, () => load(trigger, one)] as const,
      )
      const taken = await interleave(samples(25), Object.fromEntries(tasks))
      const floor = { what: 'an empty module', value: spreadOf(taken.empty ?? []) }
      for (const trigger of triggerNames) {
        const value = spreadOf(taken[trigger] ?? [])
        rows.push({ part, what: `${trigger}: load, ${name}`, unit: 'ms', value, floor })
      }
      const most = { what: 'an empty module', value: spreadOf(memory.empty ?? []) }
      const value = spreadOf(memory.createAuthChallenge ?? [])
      rows.push({
        part,
        what: `createAuthChallenge: memory once loaded, ${name}`,
        unit: 'MB',
        value,
        floor: most,
      })
    }
    return rows
  } finally {
    await stage.close()
  }
}
