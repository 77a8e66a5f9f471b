// What the files of the repository's habits say, parsed.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const read = (path: string) => readFileSync(`${root}${path}`, 'utf8')
export const readYaml = <T>(path: string) => parse(read(path)) as T

interface Manifest {
  version: string
  engines: { node: string }
  scripts: Record<string, string>
  files: string[]
  [key: string]: unknown
}
export const manifest = JSON.parse(read('package.json')) as Manifest

interface Step {
  uses?: string
  run?: string
  with?: Record<string, unknown>
}
export interface Job {
  steps: Step[]
  permissions?: Record<string, string>
  strategy?: { matrix: Record<string, unknown[]> }
}
export interface Workflow {
  permissions: Record<string, string>
  jobs: Record<string, Job>
}

const folder = '.github/workflows'
export const workflows = readdirSync(`${root}${folder}`).map(
  (name) => [name, readYaml<Workflow>(`${folder}/${name}`)] as const,
)

/** Every command line of a workflow. */
export const commandsOf = ({ jobs }: Workflow) =>
  Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run?.trim().split('\n') ?? []))
