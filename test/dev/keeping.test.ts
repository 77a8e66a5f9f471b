// When `dev` writes the account that it keeps: after changes, once the clock says so, and at the end.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Clock } from '../../src/clock.ts'
import { keepingIn } from '../../src/dev/keeping.ts'
import { eventually } from '../eventually.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'whatsapp-otp-keeping-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

/** A clock whose time stands still until somebody says that it has passed. */
function standing() {
  const asleep: (() => void)[] = []
  const clock: Clock = {
    now: () => 0,
    steady: () => 0,
    sleep: (_ms, signal) =>
      new Promise((done) => {
        asleep.push(done)
        signal?.addEventListener('abort', () => done())
      }),
  }
  return { clock, pass: () => asleep.splice(0).forEach((wake) => void wake()) }
}

it('writes a change when its time has come, once, and the last one at the end', async () => {
  const { clock, pass } = standing()
  let [ahead, saves, answered] = [0, 0, 0]
  const warnings: string[] = []
  const keeping = await keepingIn('kept', { cwd, clock, warn: (text) => warnings.push(text) })
  keeping.begin({
    answered: () => answered,
    save: async () => {
      saves++
      return { ahead, services: {} }
    },
  })
  const written = () => JSON.parse(readFileSync(join(cwd, 'kept', 'account.json'), 'utf8')).account.ahead
  ahead = 1
  answered++
  expect([saves, keeping.saved]).toEqual([0, undefined])
  pass()
  await eventually(() => expect(written()).toBe(1))
  // Nothing has been asked meanwhile.
  pass()
  ahead = 2
  await keeping.end()
  expect([written(), saves, warnings]).toEqual([2, 2, []])
  const next = await keepingIn('kept', { cwd, clock, warn() {} })
  expect(next.saved).toEqual({ ahead: 2, services: {} })
  await next.end()
  expect(written()).toBe(2)
})

it('removes what one that was killed had begun to write, and nothing else', async () => {
  const { clock } = standing()
  const keeping = await keepingIn('kept', { cwd, clock, warn() {} })
  await keeping.end()
  for (const name of ['account.json.123', 'account.json.old']) writeFileSync(join(keeping.folder, name), '{')
  await (await keepingIn('kept', { cwd, clock, warn() {} })).end()
  expect(readdirSync(keeping.folder).sort()).toEqual(['.gitignore', 'account.json.old'])
})

it('tells of what cannot be written, and goes on', async () => {
  const { clock, pass } = standing()
  const warnings: string[] = []
  const keeping = await keepingIn('kept', { cwd, clock, warn: (text) => warnings.push(text) })
  keeping.begin({ answered: () => 1, save: async () => ({ ahead: 1, services: {} }) })
  rmSync(keeping.folder, { recursive: true })
  pass()
  await eventually(() => expect(warnings).toEqual([expect.stringContaining('could not be kept in')]))
  await expect(keeping.end()).rejects.toMatchObject({ code: 'PERSIST_NOT_WRITTEN' })
})
