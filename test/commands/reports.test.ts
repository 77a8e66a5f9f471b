// Delivery reports in front of a person: the steps in the dashboard, the secret that is shown once, and doctor's word.
import { CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { GetParameterCommand } from '@aws-sdk/client-ssm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClients } from '../../src/aws/clients.ts'
import type { Finding } from '../../src/insight/examination.ts'
import { type FunctionName, names } from '../../src/names.ts'
import { Terminal } from '../cli/terminal.ts'

let terminal: Terminal
beforeEach(async () => {
  terminal = await Terminal.start()
})
afterEach(() => terminal.close())

const env = { DELIVERY_WEBHOOK: 'true' }
const idOf = (text: string) => text.replace(/_function-url\/\w+/g, '_function-url/<id>')

async function stored(): Promise<string> {
  const { ssm } = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
  const Name = '/whatsapp-otp-functions/dev/webhook-secret'
  return (await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter!.Value!
}
const secretOf = (document: string) => (JSON.parse(document) as { secret: string }).secret

describe('a deploy', () => {
  it('says once where reports go and what is left to do, without the secret', async () => {
    const result = await terminal.run('deploy --no-verify', { env })
    expect(result.code).toBe(0)
    const [, steps = ''] = /(Delivery reports:[\s\S]*?nothing else\n)/.exec(idOf(result.stderr)) ?? []
    expect(steps.replace(terminal.sandbox.endpoint, '<sandbox>')).toMatchInlineSnapshot(`
      "Delivery reports: SendZen has to be told where they go
        1. at https://app.sendzen.io, in the project of the key, add a webhook with this URL:
           <sandbox>/_function-url/<id>/
        2. its secret key comes from: whatsapp-otp rotate-key --webhook --stage dev
        3. its event: message status, and nothing else
      "
    `)
    const again = await terminal.run('deploy --no-verify')
    expect(again.stderr).not.toContain('Delivery reports:')
    const json = await terminal.run('plan --json', { env: { DELIVERY_WEBHOOK: 'false' } })
    const secret = secretOf(await stored())
    for (const { stdout, stderr } of [result, again, json]) expect(stdout + stderr).not.toContain(secret)
  })
})

describe('rotate-key --webhook', () => {
  it('shows a new secret once, on a terminal, and keeps the old one for a day', async () => {
    await terminal.run('deploy --no-verify', { env })
    const before = secretOf(await stored())
    const result = await terminal.run('rotate-key --webhook', { tty: true })
    expect(result.code).toBe(0)
    const after = JSON.parse(await stored()) as {
      secret: string
      previous: { secret: string; until: number }
    }
    expect(after.secret).not.toBe(before)
    expect(after.previous.secret).toBe(before)
    expect(after.previous.until - terminal.sandbox.clock.now()).toBeGreaterThan(23 * 3_600_000)
    expect(result.stderr.split(after.secret)).toHaveLength(2)
    expect(result.stdout + result.stderr).not.toContain(before)
    expect(result.stdout).not.toContain(after.secret)
    expect((await terminal.run('plan --detailed-exitcode')).code).toBe(0)
  })

  it.each([
    ['in a pipe', 'rotate-key --webhook', {}],
    ['for a program', 'rotate-key --webhook --json', { tty: true }],
    ['in a build', 'rotate-key --webhook', { tty: true, env: { CI: '1' } }],
  ])('changes nothing and shows nothing %s', async (_, line, options) => {
    await terminal.run('deploy --no-verify', { env })
    const before = await stored()
    const result = await terminal.run(line, options)
    expect([result.code, result.writes]).toEqual([3, []])
    expect(await stored()).toBe(before)
  })

  it('says what to do where reports are off', async () => {
    await terminal.run('deploy --no-verify')
    const result = await terminal.run('rotate-key --webhook', { tty: true })
    expect([result.code, result.writes]).toEqual([3, []])
    expect(result.stderr).toContain('deploy --stage dev --delivery-webhook true')
  })
})

describe('doctor', () => {
  it('says whether reports arrive, and what to do where they do not', async () => {
    await terminal.run('deploy --no-verify', { env })
    const { logs } = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
    const write = async (trigger: FunctionName, ...events: string[]) => {
      const logGroupName = names.logGroup('dev', trigger)
      const stream = { logGroupName, logStreamName: 'test' }
      await logs.send(new CreateLogStreamCommand(stream)).catch(() => undefined)
      const timestamp = terminal.sandbox.clock.now()
      const logEvents = events.map((event) => ({ timestamp, message: JSON.stringify({ event }) }))
      await logs.send(new PutLogEventsCommand({ ...stream, logEvents }))
    }
    const found = async () => {
      const { stdout } = await terminal.run('doctor --json')
      const { checks } = JSON.parse(stdout) as { checks: (Finding & { id: string })[] }
      return checks.find(({ id }) => id === 'reports')
    }
    expect(await found()).toMatchObject({ verdict: 'pass', detail: 'nothing was sent in the last hour' })
    await write('createAuthChallenge', 'otp_sent')
    const first = 'none for the message of the last hour: SendZen may not know the address'
    expect(await found()).toMatchObject({ verdict: 'warn', detail: first })
    await write('createAuthChallenge', 'otp_sent', 'otp_sent')
    expect(await found()).toMatchObject({
      verdict: 'fail',
      detail: expect.stringContaining('none for the 3 messages'),
      remedy: expect.stringMatching(/_function-url.*message status.*rotate-key --webhook --stage dev/),
    })
    await write('deliveryStatus', 'report_refused')
    expect((await found())?.detail).toContain('without the right signature')
    await write('deliveryStatus', 'report_delivered')
    expect(await found()).toMatchObject({ verdict: 'pass', detail: '1 in the last hour' })
  })
})
