// What doctor says of text messages: SNS's sandbox, and one test message to a number that may get it.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Terminal } from '../cli/terminal.ts'

const phone = '+4915112345678'
let terminal: Terminal
const open = async (options: Parameters<typeof Terminal.start>[0], env: Record<string, string> = {}) => {
  terminal = await Terminal.start(options)
  const { code, stderr } = await terminal.run('deploy --no-verify', { env })
  if (code !== 0) throw new Error(stderr)
}
beforeEach(() => open({ smsSandbox: true }, { SMS_FALLBACK: 'true', SMS_SENDER_ID: 'ACME' }))
afterEach(() => terminal.close())

const sns = async (operation: string, input: object) => {
  const module = await import('@aws-sdk/client-sns')
  const { sandbox } = terminal
  const env = sandbox.env()
  const client = new module.SNSClient({
    region: sandbox.region,
    endpoint: sandbox.endpoint,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID!, secretAccessKey: env.AWS_SECRET_ACCESS_KEY! },
  })
  const Command = module[`${operation}Command` as keyof typeof module] as never as new (
    input: object,
  ) => never
  return client.send(new Command(input))
}

it('says what SNS’s sandbox means, and sends nothing to a number that is not verified there', async () => {
  const { code, stdout, writes } = await terminal.run(`doctor --sms ${phone}`)
  expect(code).toBe(1)
  expect(stdout).toMatch(/SMS reach only numbers that are\s+verified/)
  expect(stdout).toMatch(/test SMS to \+\*+78: not sent: this number is not verified/)
  expect(stdout).not.toContain(phone)
  expect([writes, terminal.sandbox.textMessages]).toEqual([[], []])
})

it('sends one to a number that is verified, from the sender of the stage, without a code', async () => {
  await sns('CreateSMSSandboxPhoneNumber', { PhoneNumber: phone })
  const password = /^\d{6}/.exec(terminal.sandbox.textMessages[0]?.message ?? '')?.[0]
  await sns('VerifySMSSandboxPhoneNumber', { PhoneNumber: phone, OneTimePassword: password })
  terminal.sandbox.textMessages.length = 0
  const { code, stdout, writes } = await terminal.run(`doctor --sms ${phone}`)
  expect([code, writes]).toEqual([0, ['sns:Publish']])
  expect(stdout).toMatch(/SNS took it as/)
  expect(terminal.sandbox.textMessages).toMatchObject([
    { to: phone, attributes: { 'AWS.SNS.SMS.SenderID': 'ACME', 'AWS.SNS.SMS.MaxPrice': '0.25' } },
  ])
  expect(terminal.sandbox.textMessages[0]?.message).not.toMatch(/\d{4}/)
})

it('without --sms only reports, and of a stage that sends no SMS nothing', async () => {
  const asked = await terminal.run('doctor')
  expect([asked.code, asked.writes]).toEqual([0, []])
  expect(asked.stdout).toContain('sandbox')
  await terminal.run('deploy --no-verify --sms-fallback false')
  expect((await terminal.run('doctor')).stdout).not.toContain('SNS')
})

it('refuses what is no number before it asks anybody', async () => {
  const { code, stderr, stdout } = await terminal.run('doctor --sms 0151')
  expect([code, stdout]).toEqual([3, ''])
  expect(stderr).toContain('international phone number')
})
