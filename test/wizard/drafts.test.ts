// Answers that are kept on this computer between two runs of `init`.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { openDrafts } from '../../src/wizard/drafts.ts'

let folder: string
let file: string
let time = 1_000_000
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whatsapp-otp-drafts-'))
  file = join(folder, 'whatsapp-otp', 'init.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

const opened = () => openDrafts({ XDG_STATE_HOME: folder }, { ...systemClock, now: () => time })
const shop = { account: '123456789012', region: 'eu-central-1', stage: 'shop' }
const answers = new Map([['allowedCountries', 'DE,AT'] as const, ['whatsappFrom', '15550100900'] as const])

it('are there for the same stage of the same account, and for no other', async () => {
  expect(await (await opened()).keep({ ...shop, profile: 'work' }, answers)).toBe(true)
  time += 300_000
  const drafts = await opened()
  const kept = { ...shop, profile: 'work', at: time - 300_000, answers }
  expect(drafts.of(shop)).toEqual(kept)
  expect(drafts.latest).toEqual(kept)
  for (const other of [{ account: '210987654321' }, { region: 'us-east-1' }, { stage: 'prod' }])
    expect(drafts.of({ ...shop, ...other })).toBeUndefined()
})

it.skipIf(process.platform === 'win32')('are for nobody but their owner to read', async () => {
  await (await opened()).keep(shop, answers)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
})

it('go with the deploy that ends them, and leave those of others', async () => {
  const drafts = await opened()
  await drafts.keep(shop, answers)
  await drafts.keep({ ...shop, stage: 'prod' }, answers)
  await drafts.drop(shop)
  expect((await opened()).of(shop)).toBeUndefined()
  expect((await opened()).latest?.stage).toBe('prod')
  await drafts.drop({ ...shop, stage: 'prod' })
  expect(existsSync(file)).toBe(false)
})

it('are forgotten after 30 days', async () => {
  await (await opened()).keep(shop, answers)
  time += 30 * 86_400_000
  expect((await opened()).latest).toBeUndefined()
})

it.each([
  ['no JSON', '{'],
  ['another form', '{"schemaVersion":2,"drafts":[]}'],
  [
    'a stage that cannot be one',
    JSON.stringify({ schemaVersion: 1, drafts: [{ ...shop, stage: '../x', at: 1, answers: {} }] }),
  ],
])('count as none where the file is %s', async (_, text) => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text, { mode: 0o600 })
  const drafts = await opened()
  expect(drafts.latest).toBeUndefined()
  expect(await drafts.keep(shop, answers)).toBe(true)
  expect((await opened()).latest?.stage).toBe('shop')
})

it.skipIf(process.platform === 'win32')('count as none where others may have written them', async () => {
  await (await opened()).keep(shop, answers)
  chmodSync(file, 0o666)
  expect((await opened()).latest).toBeUndefined()
})

it('have no place for a secret, nor for what nobody asks', async () => {
  await (await opened()).keep(shop, answers)
  const text = readFileSync(file, 'utf8').replace(
    '"allowedCountries"',
    '"sendzenApiKey":"k","else":"x","allowedCountries"',
  )
  writeFileSync(file, text, { mode: 0o600 })
  expect((await opened()).latest?.answers).toEqual(answers)
})

it('keep nobody from going on where nothing can be written', async () => {
  writeFileSync(join(folder, 'whatsapp-otp'), 'a file in the place of the folder')
  expect(await (await opened()).keep(shop, answers)).toBe(false)
})
