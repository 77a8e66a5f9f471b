// A second terminal beside a running `dev`, with nothing but the lines that it has printed.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../eventually.ts'
import { Desk } from './program.ts'

const phone = '+15550100001'
const desk = new Desk()
let dev: Awaited<ReturnType<Desk['dev']>>

beforeAll(async () => {
  // A project that is meant for AWS: none of this may lead a command away from the sandbox.
  writeFileSync(
    join(desk.cwd, '.env'),
    'AWS_PROFILE=company\nSENDZEN_API_KEY=of-the-project\nWHATSAPP_FROM=4930123456\nWHATSAPP_TEMPLATE_NAME=own\n',
  )
  writeFileSync(join(desk.cwd, 'whatsapp-otp.json'), '{ "stage": "prod", "account": "999999999999" }')
  dev = await desk.dev()
})
afterAll(() => desk.clear())

const run = (line: string) => desk.run(line.split(' '), dev.env)

async function newestCode(): Promise<string> {
  const answer = await fetch(`${dev.env.WHATSAPP_OTP_INBOX_URL}?to=${encodeURIComponent(phone)}`)
  const { messages } = (await answer.json()) as { messages: { code: string }[] }
  const code = messages.at(-1)?.code
  if (!code) throw new Error('no message yet')
  return code
}

describe('in a second terminal', () => {
  it('a number signs in with the code of the inbox', async () => {
    const file = join(desk.cwd, 'codes')
    writeFileSync(file, '')
    const login = desk.start(['login', phone, '--code-from', file], dev.env)
    writeFileSync(file, `${await eventually(newestCode)}\n`)
    const { code, stderr } = await login.ended
    expect([code, stderr]).toEqual([0, expect.stringContaining('stage local')])
  })

  it.each([
    ['status', 'sign-in works'],
    ['outputs --format env', 'USER_POOL_ID='],
    [`users show ${phone}`, 'right code: signed in'],
    ['logs --since 1h', 'sent'],
    [`test-send ${phone}`, 'delivered'],
    ['plan --detailed-exitcode', ''],
  ])('%s works', async (line, said) => {
    const { code, stdout, stderr } = await run(line)
    expect([code, `${stdout}${stderr}`]).toEqual([0, expect.stringContaining(said)])
  })

  it('a profile that the shell had is taken away first', async () => {
    const { stdout } = await desk.dev(['--port', '0'], { AWS_PROFILE: 'company', AWS_SESSION_TOKEN: 'x' })
    expect(stdout()).toMatch(/^unset AWS_PROFILE AWS_SESSION_TOKEN\nexport /)
  })
})
