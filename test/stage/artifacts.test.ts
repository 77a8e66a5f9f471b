// The zips of the triggers: read with the hash that Lambda reports, and missed with the command that makes them.
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Entry, fromBufferPromise } from 'yauzl'
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

it('are deflated, and name nothing of the machine that built them', async () => {
  const entries: Entry[] = []
  for (const { zip } of Object.values(await loadArtifacts())) {
    const archive = await fromBufferPromise(Buffer.from(zip), { lazyEntries: true, autoClose: false })
    for await (const entry of archive.eachEntry()) entries.push(entry)
    archive.close()
  }
  expect(entries.length).toBeGreaterThanOrEqual(functionNames.length)
  const [deflated, firstDay, midnight, mode] = [8, 0x21, 0, 0o100644]
  for (const one of entries) {
    expect({
      method: one.compressionMethod,
      date: one.lastModFileDate,
      time: one.lastModFileTime,
      mode: one.externalFileAttributes >>> 16,
      extra: one.extraFields.length,
    }).toEqual({ method: deflated, date: firstDay, time: midnight, mode, extra: 0 })
  }
})
