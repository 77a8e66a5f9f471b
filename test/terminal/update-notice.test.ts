import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lookForUpdate } from '../../src/terminal/update-notice.ts'
import { isNewer } from '../../src/version.ts'
import { outputInMemory } from './streams.ts'

let cache: string
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'whatsapp-otp-cache-'))
})
afterEach(() => rm(cache, { recursive: true, force: true }))

interface Case {
  isTTY?: boolean
  json?: boolean
  env?: Record<string, string>
  latest?: string | undefined
  now?: number
}

/** One command that takes long enough for an answer; gives what was printed and how often npm was asked. */
async function run({ isTTY = true, json = false, env = {}, latest = '2.0.0', now = 1e12 }: Case = {}) {
  const all = { XDG_CACHE_HOME: cache, TERM: 'xterm', ...env }
  const { output, stderr, stdout } = outputInMemory({ isTTY, json, env: all, color: false })
  let asked = 0
  const notice = lookForUpdate({
    env: all,
    output,
    clock: { now: () => now, steady: () => now, sleep: async () => {} },
    current: '1.2.3',
    lookUp: async () => {
      asked++
      return latest
    },
  })
  await notice.looking
  await notice.show()
  expect(stdout.all()).toBe('')
  return { said: stderr.all(), asked }
}

describe('the notice of a newer version', () => {
  it('is one line on stderr', async () => {
    expect((await run()).said).toBe(
      '\nwhatsapp-otp 2.0.0 is out, this is 1.2.3: npm install --global whatsapp-otp\n',
    )
  })

  it('comes at most once a day', async () => {
    expect((await run({ now: 1e12 })).asked).toBe(1)
    expect(await run({ now: 1e12 + 80_000_000 })).toEqual({ said: '', asked: 0 })
    expect((await run({ now: 1e12 + 90_000_000 })).asked).toBe(1)
  })

  it('does not come for the same or an older version', async () => {
    for (const latest of ['1.2.3', '1.2.2', '0.9.9', undefined]) expect((await run({ latest })).said).toBe('')
  })

  it('neither comes nor is looked for in CI, in JSON, without a terminal, or where it is unwanted', async () => {
    for (const unwanted of [
      { env: { CI: 'true' } },
      { json: true },
      { isTTY: false },
      { env: { WHATSAPP_OTP_NO_UPDATE_NOTICE: '1' } },
    ]) {
      expect(await run(unwanted)).toEqual({ said: '', asked: 0 })
    }
  })

  it.each(['before', 'while'])('is given up when the command ends %s it is looked for', async (when) => {
    const { output, stderr } = outputInMemory({ isTTY: true, env: { TERM: 'xterm' } })
    let aborted = false
    let tellAsked = () => {}
    const asked = new Promise<void>((resolve) => {
      tellAsked = resolve
    })
    const notice = lookForUpdate({
      env: { XDG_CACHE_HOME: cache },
      output,
      clock: { now: () => 1e12, steady: () => 1e12, sleep: async () => {} },
      current: '1.2.3',
      lookUp: (signal) =>
        new Promise((resolve) => {
          tellAsked()
          signal.addEventListener('abort', () => {
            aborted = true
            resolve(undefined)
          })
        }),
    })
    if (when === 'while') await asked
    await notice.show()
    expect([aborted, stderr.all()]).toEqual([when === 'while', ''])
  })
})

it('versions are compared by their numbers', () => {
  expect([isNewer('1.10.0', '1.9.9'), isNewer('1.0', '1.0.0'), isNewer('2.0.0-rc.1', '1.9.0')]).toEqual([
    true,
    false,
    true,
  ])
})
