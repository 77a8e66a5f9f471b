// The zips of the triggers: read with the hash that Lambda reports, and missed with the command that makes them.
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { functionNames } from '../../src/names.ts'
import { loadArtifacts } from '../../src/stage/artifacts.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'artifacts-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('gives each zip with its SHA-256 in base64', async () => {
  await Promise.all(
    functionNames.map((trigger) => writeFile(join(folder, `${trigger}.zip`), `zip of ${trigger}`)),
  )
  const { preSignUp } = await loadArtifacts(folder)
  expect(Buffer.from(preSignUp.zip).toString()).toBe('zip of preSignUp')
  expect(preSignUp.sha256).toBe(createHash('sha256').update('zip of preSignUp').digest('base64'))
})

it('says how to build what is missing', async () => {
  await expect(loadArtifacts(folder)).rejects.toMatchObject({
    code: 'ARTIFACTS_MISSING',
    next: expect.arrayContaining([expect.stringContaining('npm run build')]),
  })
})
