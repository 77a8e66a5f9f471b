// The settings in force, each with where it comes from; secrets only as set or not.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startWithStage } from '../cli/scene.ts'
import { documentOf, type Terminal } from '../cli/terminal.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await startWithStage()
})
afterAll(() => terminal.close())

interface Shown {
  env: string
  value: string | null
  origin: string | null
  set?: boolean
  deployed?: string
}

const shown = async (line: string, env: Record<string, string | undefined> = {}) => {
  const result = await terminal.run(`settings ${line} --json`, { env })
  const { settings } = documentOf(result) as { settings: Shown[] }
  return { ...result, of: (name: string) => settings.find((one) => one.env === name) }
}

it('tells flag, environment, .env, file, record and default apart', async () => {
  writeFileSync(join(terminal.cwd, '.env'), 'MAX_SENDS_PER_DAY=9\n')
  writeFileSync(join(terminal.cwd, 'whatsapp-otp.json'), '{ "maxChecksPerDay": 18, "otpExpiryMinutes": 7 }')
  const { of, writes } = await shown('--otp-length 8', { LOG_LEVEL: 'WARN', OTP_EXPIRY_MINUTES: undefined })
  expect(of('OTP_LENGTH')).toMatchObject({ value: '8', origin: 'flag', deployed: '6' })
  expect(of('LOG_LEVEL')).toMatchObject({ value: 'WARN', origin: 'environment', deployed: 'INFO' })
  expect(of('MAX_SENDS_PER_DAY')).toMatchObject({ value: '9', origin: '.env', deployed: '10' })
  expect(of('MAX_CHECKS_PER_DAY')).toMatchObject({ value: '18', origin: 'whatsapp-otp.json' })
  expect(of('POOL_SENDS_PER_DAY')).toMatchObject({ origin: 'stage record' })
  expect(of('POOL_SENDS_PER_DAY')).not.toHaveProperty('deployed')
  expect(writes).toEqual([])
})

it('says of a secret whether it is set and where, and never more', async () => {
  const key = terminal.sandbox.env().SENDZEN_API_KEY!
  const given = await shown('')
  expect(given.of('SENDZEN_API_KEY')).toMatchObject({ value: null, set: true, origin: 'environment' })
  const kept = await shown('', { SENDZEN_API_KEY: undefined })
  expect(kept.of('SENDZEN_API_KEY')).toMatchObject({ set: true, origin: 'stage' })
  const before = await shown('--stage new', { SENDZEN_API_KEY: undefined, WHATSAPP_FROM: undefined })
  expect(before.of('SENDZEN_API_KEY')).toMatchObject({ set: false, origin: null })
  expect(before.of('WHATSAPP_FROM')).toMatchObject({ value: null, origin: null })
  const { stdout } = await terminal.run('settings')
  for (const text of [given.stdout, kept.stdout, stdout]) expect(text).not.toContain(key)
})

it('shows it as a table, and says what is not deployed', async () => {
  const { code, stdout, stderr } = await terminal.run('settings --otp-length 8')
  expect([code, stderr.includes('whatsapp-otp plan --stage dev')]).toEqual([0, true])
  expect(stdout).toMatch(/^OTP_LENGTH +8 +flag +6$/m)
  expect(stdout).toMatch(/^SENDZEN_API_KEY +set +environment$/m)
})

it('takes about a line a setting on a narrow terminal too', async () => {
  const { stdout } = await terminal.run('settings', { tty: true, columns: 50 })
  const lines = stdout.trimEnd().split('\n')
  expect(stdout).toMatch(/^RESEND_COOLDOWN_SECONDS +45 \(stage record\)$/m)
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(50)
  expect(lines.filter((line) => /^[A-Z]/.test(line)).length * 2).toBeGreaterThan(lines.length)
})
