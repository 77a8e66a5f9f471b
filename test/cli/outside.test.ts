// What comes from outside is text: AWS, SendZen, log lines and the environment try to write to the terminal themselves.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWire, type Wire } from '../wire/wire.ts'
import { type RunOptions, Terminal } from './terminal.ts'

/** Sets the title, clears the screen, begins a sequence in C1, overwrites the line, turns the direction. */
const hostile = ' \u001b]0;owned\u0007\u001b[2J\u009b31m\rfake\u202e'
const inXml = ' &#27;]0;owned&#7;&#27;[2J&#x9b;31m&#13;fake&#x202e;'
/** Names of what is free text, in any answer. */
const freeText =
  /^(description|value|message|name|reason|status|.*Reason|errorMessage|why|project_name|waba_business_name|number_status|providerCode|error_data|details|title)$/i

let terminal: Terminal
let wire: Wire
beforeAll(async () => {
  terminal = await Terminal.start()
  wire = await startWire(terminal.sandbox.endpoint)
  expect((await run('deploy --no-verify')).code).toBe(0)
  expect((await run('login +15550100001', { answers: [['Code (or', codeOf, '\r']] })).code).toBe(0)
})
afterAll(async () => {
  await wire.close()
  await terminal.close()
})
const codeOf = () => `${terminal.sandbox.inbox.list('+15550100001').at(-1)!.code}`

/** Over the wire instead of directly. */
function run(line: string | string[], options: RunOptions = {}) {
  const own = Object.entries(terminal.sandbox.env()).map(([name, value]) => [
    name,
    value.replace(terminal.sandbox.endpoint, wire.url),
  ])
  return terminal.run(line, { ...options, env: { ...Object.fromEntries(own), ...options.env } })
}

let altered = 0
/** Adds it to every free text, and lines of its own to the logs. */
function turnHostile(operation: string, body: string): string {
  if (body.startsWith('<')) {
    return body.replace(/(<(?:Message|Description|Value)>[^<]*)/g, (text) => {
      altered++
      return text + inXml
    })
  }
  let answer: unknown
  try {
    answer = JSON.parse(body)
  } catch {
    return body
  }
  const walk = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((one) => walk(one, key))
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, name)]))
    }
    // Secrets and the record are whole documents, and the name of a challenge decides what comes next.
    if (typeof value !== 'string' || !freeText.test(key) || /^\{|^CONNECTED$|^APPROVED$|^sent$/.test(value))
      return value
    altered++
    return value + hostile
  }
  const result = walk(answer) as Record<string, unknown>
  if (operation !== 'FilterLogEvents') return JSON.stringify(result)
  const lines = [
    hostile,
    JSON.stringify({ level: 'ERROR', errorType: hostile, errorMessage: hostile }),
    JSON.stringify({ type: `platform.${hostile}`, record: { status: hostile, note: hostile } }),
    JSON.stringify({
      level: 'ERROR',
      event: 'otp_failed',
      reason: hostile,
      providerCode: hostile,
      [hostile]: 1,
    }),
  ]
  const events = lines.map((message, at) => ({
    eventId: String(at),
    timestamp: terminal.clock.now(),
    logStreamName: hostile,
    message,
  }))
  return JSON.stringify({ ...result, events })
}

const control = /(?![\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u

describe('in every command', () => {
  beforeAll(() => {
    wire.alter = turnHostile
  })

  it.each([
    ['status --verbose', {}],
    ['status --json', {}],
    ['plan', {}],
    ['plan --json', {}],
    ['deploy --no-verify', {}],
    ['doctor', {}],
    ['doctor --json', {}],
    ['stages', {}],
    ['logs', {}],
    ['logs --json', {}],
    ['outputs', {}],
    ['outputs --format json', {}],
    ['policy', {}],
    ['users show +15550100001', {}],
    ['users show +15550199999', {}],
    ['test-send +15550100001', {}],
    ['test-send +15550100001 --debug', { WHATSAPP_TEMPLATE_NAME: 'none' }],
    [['status', '--region', `us-east-1${hostile}`], {}],
    [['status', '--stage', hostile], {}],
    [['status', hostile], {}],
    [[hostile], {}],
    [['outputs', '--format', hostile], {}],
    [['status', '--profile', hostile], {}],
    ['plan', { OTP_LENGTH: hostile }],
    ['plan', { SENDZEN_API_URL: `https://x${hostile}` }],
    ['rotate-key', { SENDZEN_API_KEY: 'another-key' }],
  ] as [string | string[], Record<string, string>][])('%j', async (line, env) => {
    const { stdout, stderr } = await run(line, { env: { ...env, AWS_MAX_ATTEMPTS: '2' } })
    expect(stdout + stderr).not.toBe('')
    expect((stdout + stderr).match(control)?.input).toBeUndefined()
  })

  it.each(['plan', 'status --debug', 'stages', 'logs', 'doctor'])('%s, where AWS refuses', async (line) => {
    terminal.sandbox.faults.add({ kind: 'fail-before', times: 1_000, service: 'ssm' })
    terminal.sandbox.faults.add({ kind: 'fail-before', times: 1_000, service: 'logs' })
    const { stdout, stderr } = await run(line, { env: { AWS_MAX_ATTEMPTS: '1' } })
    terminal.sandbox.faults.clear()
    expect((stdout + stderr).match(control)?.input).toBeUndefined()
  })

  it('on a terminal with colours, its spinner and its questions included', async () => {
    const none = { WHATSAPP_FROM: undefined, WHATSAPP_TEMPLATE_NAME: undefined }
    for (const [line, options] of [
      ['status', { tty: true }],
      ['plan', { tty: true }],
      ['init --stage other', { env: none, answers: [['number sends', '\u0003']] }],
      [
        'init --stage other',
        {
          env: { WHATSAPP_TEMPLATE_NAME: undefined },
          answers: [
            ['limits?', '\r'],
            ['Which template', '\u0003'],
          ],
        },
      ],
    ] as [string, RunOptions][]) {
      const env = { TERM: 'xterm', NO_COLOR: undefined, ...options.env }
      const { stdout, stderr } = await run(line, { ...options, env })
      for (const part of ['\u001b]', '\u0007', '\u001b[2J', '\u009b', '\rfake', '\u202e'])
        expect([line, (stdout + stderr).includes(part)]).toEqual([line, false])
    }
  })

  it('was tried: there was much of it', () => {
    expect(altered).toBeGreaterThan(200)
  })
})
