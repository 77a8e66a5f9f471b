// The functions' logs as a person reads along, and as a program takes them line by line.
import { setImmediate } from 'node:timers/promises'
import {
  type CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClients } from '../../src/aws/clients.ts'
import type { EventName, Fields } from '../../src/core/events.ts'
import { numberIdOf } from '../../src/core/table-items.ts'
import { names, type Trigger } from '../../src/names.ts'
import { createLog } from '../../triggers/outside/log.ts'
import { People } from '../cli/people.ts'
import { type Running, Terminal } from '../cli/terminal.ts'

let terminal: Terminal
let logs: CloudWatchLogsClient
/** Every line of the tests is this old or younger, and the sandbox's time goes on. */
let start: number

/** A stage of its own for each group: following writes lines of its own. */
async function begin(): Promise<void> {
  terminal = await Terminal.start()
  await terminal.run('deploy --no-verify')
  logs = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region }).logs
  terminal.sandbox.clock.advance(3_600_000)
  start = terminal.clock.now()
  for (const trigger of ['createAuthChallenge', 'verifyAuthChallenge'] as const) {
    const logGroupName = names.logGroup('dev', trigger)
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'test' }))
  }
  await write('createAuthChallenge', 0, event('otp_sent', { cid: 'c1', n: 1, messageId: 'msg_1' }))
  await write('verifyAuthChallenge', 20, event('otp_rejected', { cid: 'c1', reason: 'wrong', decoy: false }))
  await write('createAuthChallenge', 10, event('otp_sent', { cid: 'c2', n: 1, messageId: 'msg_2' }))
  await write('verifyAuthChallenge', 30, event('otp_verified', { cid: 'c1' }))
  await write('createAuthChallenge', 40, 'Task failed for +4915112345678')
  await write(
    'createAuthChallenge',
    50,
    JSON.stringify({
      timestamp: 'x',
      level: 'ERROR',
      requestId: 'r1',
      message: { errorType: 'TypeError', errorMessage: 'cannot read +4915112345678' },
    }),
  )
  await write(
    'createAuthChallenge',
    60,
    JSON.stringify({ time: 'x', type: 'platform.report', record: { requestId: 'r1', status: 'timeout' } }),
  )
}

let requests = 0

/** The line that a function writes. */
function event(name: EventName, fields: Fields): string {
  const lines: string[] = []
  const who = { userPoolId: 'p', client: 'x', number: 'abc', phone: '+*********01' }
  const log = createLog(
    { stage: 'dev', logLevel: 'debug', now: () => start, write: (line) => void lines.push(line) },
    { requestId: `request-${++requests}`, ...who },
  )
  log(name, fields)
  return lines.join('').trimEnd()
}

async function write(trigger: Trigger, afterMs: number, message: string): Promise<void> {
  const logGroupName = names.logGroup('dev', trigger)
  const logEvents = [{ timestamp: start + afterMs, message }]
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: 'test', logEvents }))
}

/** Lines without their times. */
const read = async (line: string | string[], options = {}) => {
  const { code, stdout } = await terminal.run(line, options)
  expect(code).toBe(0)
  return stdout.replace(/^\d\d:\d\d:\d\d\.\d{3} /gm, '')
}

describe('logs', () => {
  beforeAll(begin)
  afterAll(() => terminal.close())

  it('merges the functions by time, with every number masked', async () => {
    expect(await read('logs')).toMatchInlineSnapshot(`
      "  create    a message with a code was accepted by the provider  otp_sent cid=c1 n=1 phone=+*********01 messageId=msg_1
        create    a message with a code was accepted by the provider  otp_sent cid=c2 n=1 phone=+*********01 messageId=msg_2
        verify    answer not accepted: not the code  otp_rejected cid=c1 phone=+*********01
        verify    right code: signed in  otp_verified cid=c1 phone=+*********01
        create    Task failed for +***********78
      ✖ create    TypeError  cannot read +***********78
      ✖ create    platform.report  status=timeout
      "
    `)
  })

  it('shows one function alone, by its short name too', async () => {
    expect(await read('logs verify')).toBe(await read('logs verifyAuthChallenge'))
    expect((await read('logs verify')).match(/^.*otp_sent/gm)).toBe(null)
  })

  it('takes a text or a pattern of CloudWatch as a filter', async () => {
    expect((await read('logs --filter msg_2')).trim().split('\n')).toHaveLength(1)
    expect(await read(['logs', '--filter', '{ $.reason = "wrong" }'])).toContain('otp_rejected')
  })

  it('follows one message by its id through all functions', async () => {
    const told = await read('logs --message msg_1')
    expect(told.match(/otp_\w+/g)).toEqual(['otp_sent', 'otp_rejected', 'otp_verified'])
    expect(told).not.toContain('c2')
  })

  it('prints one JSON object a line', async () => {
    const lines = (await read('logs --json --filter otp_'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ trigger, event, cid }) => `${trigger} ${event} ${cid}`)).toEqual([
      'createAuthChallenge otp_sent c1',
      'createAuthChallenge otp_sent c2',
      'verifyAuthChallenge otp_rejected c1',
      'verifyAuthChallenge otp_verified c1',
    ])
    expect(Object.keys(lines[0])).not.toContain('_aws')
  })

  it('wraps its columns on a terminal of forty', async () => {
    const wide = await read('logs --filter otp_rejected', { tty: true, columns: 200 })
    const narrow = await terminal.run('logs --filter otp_rejected', { tty: true, columns: 40 })
    expect(wide.trim().split('\n')).toHaveLength(1)
    const widths = narrow.stdout.split('\n').map((line) => line.length)
    expect(Math.max(...widths)).toBeLessThanOrEqual(40)
  })

  it('finds the lines of a number by its hash', async () => {
    const phone = '+15550100055'
    const people = await People.of(terminal)
    const number = numberIdOf(await people.pk(phone))
    await write('createAuthChallenge', 70, event('otp_sent', { cid: 'c9', number }))
    await write('verifyAuthChallenge', 80, event('otp_verified', { cid: 'c9', number }))
    const told = await read(['logs', '--filter', '+1 555 010-0055'])
    expect(told.match(/otp_\w+/g)).toEqual(['otp_sent', 'otp_verified'])
    expect(await read('logs --filter +15550100056')).toBe('')
    const bare = await terminal.run('logs --filter 15550100055')
    expect([bare.code, bare.stderr.includes('PHONE_NOT_E164')]).toEqual([3, false])
    expect(bare.stderr).toContain('it needs a plus')
  })

  it('shows a refused sign-up as one line, which is no error, and --all what Lambda says besides', async () => {
    const people = await People.of(terminal)
    await expect(people.signUp('+4915112345678')).rejects.toThrow('This sign-up was not accepted.')
    expect(await read('logs preSignUp --since 1d')).toMatchInlineSnapshot(`
      "! preSignUp sign-up refused: the country is not among ALLOWED_COUNTRIES  signup_refused
      "
    `)
    const all = await read('logs preSignUp --since 1d --all')
    expect(all).toContain('SignUpRefused')
    expect(all).toContain('platform.report')
  })

  it('says so when there is nothing', async () => {
    const { stderr, stdout } = await terminal.run('logs --filter nothing-like-it')
    expect([stdout, stderr.includes('--since 7d')]).toEqual(['', true])
  })
})

describe('logs --follow', () => {
  beforeAll(begin)
  afterAll(() => terminal.close())

  const shown = async ({ stdout }: Running, text: string) => {
    while (!stdout.all().includes(text)) await setImmediate()
  }

  it('shows each line once as it comes, late ones too, and ends with Ctrl-C and exit 0', async () => {
    const result = await terminal.run('logs --follow --since 1m', {
      async during(running) {
        await shown(running, 'msg_2')
        await write('createAuthChallenge', 60, event('otp_sent', { cid: 'c3', messageId: 'msg_3' }))
        await shown(running, 'msg_3')
        // Written earlier than the last one, seen later.
        await write('verifyAuthChallenge', 55, event('otp_verified', { cid: 'late' }))
        await shown(running, 'cid=late')
        running.signals.emit('SIGINT')
      },
      // Time stands still, so that nothing grows older than what a look back covers.
      clock: {
        now: () => start + 1_000,
        steady: () => start + 1_000,
        sleep: async () => void (await setImmediate()),
      },
    })
    expect(result.code).toBe(0)
    for (const once of ['messageId=msg_1', 'messageId=msg_2', 'messageId=msg_3', 'cid=late']) {
      expect(result.stdout.split(once)).toHaveLength(2)
    }
    expect(result.stderr).not.toContain('Finishing')
  })
})
