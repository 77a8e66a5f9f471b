// The published types of the sandbox stand alone: no package, nor Node's own types, is needed to read them.

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whatsapp-otp-types-'))
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: join(root, 'src'),
      outDir: folder,
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [],
    exclude: [],
    files: [join(root, 'src/sandbox/server.ts'), join(root, 'src/sandbox/dynamodb/dynalite.d.ts')],
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
  await promisify(execFile)(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder])
})
afterAll(() => rm(folder, { recursive: true }))

/** Every file that the types of this one lead to, and what they import that is not ours. */
async function reachedFrom(start: string): Promise<{ files: Set<string>; foreign: string[] }> {
  const files = new Set<string>()
  const foreign: string[] = []
  const open = [start]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (files.has(path)) continue
    files.add(path)
    const text = await readFile(path, 'utf8')
    for (const [, name = ''] of text.matchAll(/(?:from|import\()\s*['"]([^'"]+)['"]/g)) {
      if (name.startsWith('.')) open.push(resolve(path, '..', name.replace(/\.ts$/, '.d.ts')))
      else foreign.push(`${path}: ${name}`)
    }
    for (const [word] of text.matchAll(/\b(?:Buffer|NodeJS\.\w+)\b/g)) foreign.push(`${path}: ${word}`)
  }
  return { files, foreign }
}

it('are made of nothing but the sandbox’s own plain interfaces', async () => {
  const { files, foreign } = await reachedFrom(join(folder, 'sandbox/server.d.ts'))
  expect(files.size).toBeGreaterThan(5)
  expect(foreign).toEqual([])
})

it('are told from what does import a package', async () => {
  const { foreign } = await reachedFrom(join(folder, 'sandbox/cognito/model/store.d.ts'))
  expect(foreign.join()).toContain('@aws-sdk/client-cognito-identity-provider')
})
