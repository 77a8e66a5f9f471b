// The block of outputs in a file of the user's project: whole or not at all, and nowhere else.
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withBlock, writeBlock } from '../../src/stage/output-file.ts'
import { formatOutputs, outputsOf } from '../../src/stage/outputs.ts'

const place = { stage: 'dev', account: '123456789012', region: 'eu-central-1', partition: 'aws' }
const ids = { userPoolId: 'eu-central-1_abc', signupClientId: 'sign', loginClientId: 'log' }
const outputs = outputsOf(place, ids)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outputs-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the block in a file', () => {
  it('is added below what is there and later replaced in its place', () => {
    const once = withBlock('MINE=1', 'A=1')
    expect(once.startsWith('MINE=1\n#')).toBe(true)
    const twice = withBlock(`${once}AFTER=2\n`, 'A=2')
    expect(twice).toBe(`${once.replace('A=1', 'A=2')}AFTER=2\n`)
  })

  it('is written only when something changes', async () => {
    await writeFile(join(folder, '.env'), 'MINE=1\n')
    expect(await writeBlock(folder, '.env', 'A=1')).toMatchObject({ changed: true })
    expect(await writeBlock(folder, '.env', 'A=1')).toMatchObject({ changed: false })
    expect(await readFile(join(folder, '.env'), 'utf8')).toMatch(/^MINE=1\n.*\nA=1\n/)
  })

  it('says what stands in the way of writing', async () => {
    await expect(writeBlock(folder, 'missing/.env', 'A=1')).rejects.toMatchObject({
      code: 'FILE_NOT_WRITTEN',
    })
  })

  it('keeps the mode of the file, and leaves nothing beside it', async () => {
    const file = join(folder, '.env')
    await writeFile(file, 'MINE=1\n', { mode: 0o600 })
    await writeBlock(folder, '.env', 'A=1')
    expect([(await stat(file)).mode & 0o777, await readdir(folder)]).toEqual([0o600, ['.env']])
  })

  it('is as it was where the new one cannot be put in its place', async () => {
    await mkdir(join(folder, 'taken/inside'), { recursive: true })
    await expect(writeBlock(folder, 'taken', 'A=1')).rejects.toMatchObject({ code: 'FILE_NOT_WRITTEN' })
    expect(await readdir(folder)).toEqual(['taken'])
  })

  it('follows a link within the folder, and stays a link', async () => {
    await writeFile(join(folder, 'real.env'), '')
    await symlink('real.env', join(folder, '.env'))
    const { path } = await writeBlock(folder, '.env', 'A=1')
    expect(path).toBe(join(await realpath(folder), 'real.env'))
    expect((await lstat(join(folder, '.env'))).isSymbolicLink()).toBe(true)
    expect(await readFile(path, 'utf8')).toContain('A=1')
  })

  it.each(['a link to a file', 'a link to nothing', 'a folder that is a link'])(
    'follows %s out of the folder in no case',
    async (what) => {
      const elsewhere = await mkdtemp(join(tmpdir(), 'outputs-elsewhere-'))
      const victim = join(elsewhere, 'victim')
      if (what === 'a link to a file') await writeFile(victim, 'theirs')
      if (what === 'a folder that is a link') await symlink(elsewhere, join(folder, 'sub'))
      else await symlink(victim, join(folder, 'link'))
      const file = what === 'a folder that is a link' ? 'sub/victim' : 'link'
      await expect(writeBlock(folder, file, 'A=1')).rejects.toMatchObject({
        code: 'FILE_ELSEWHERE',
        exitCode: 3,
      })
      const left = await readdir(elsewhere)
      expect(left).toEqual(what === 'a link to a file' ? ['victim'] : [])
      if (left.length > 0) expect(await readFile(victim, 'utf8')).toBe('theirs')
      await rm(elsewhere, { recursive: true })
    },
  )

  it('goes where a path says that leads out of the folder by itself', async () => {
    await mkdir(join(folder, 'app'))
    await writeBlock(join(folder, 'app'), '../.env', 'A=1')
    expect(await readFile(join(folder, '.env'), 'utf8')).toContain('A=1')
  })
})

describe('a JSON file', () => {
  const text = formatOutputs('json', outputs)

  it.each(['', text, formatOutputs('amplify', outputs)])(
    'is written as a whole over outputs: %j',
    async (before) => {
      await writeFile(join(folder, 'outputs.json'), before)
      await writeBlock(folder, 'outputs.json', text)
      expect(await readFile(join(folder, 'outputs.json'), 'utf8')).toBe(`${text}\n`)
    },
  )

  it.each(['{"name":"app"}', 'not JSON'])('that holds something else stays as it is: %s', async (before) => {
    await writeFile(join(folder, 'package.json'), before)
    await expect(writeBlock(folder, 'package.json', text)).rejects.toMatchObject({ code: 'FILE_NOT_OURS' })
    expect(await readFile(join(folder, 'package.json'), 'utf8')).toBe(before)
  })
})
