// The brake from the terminal: pulled and let go with one write, told by every command, kept by a deploy.
import { GetParameterCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createClients } from '../../src/aws/clients.ts'
import { names } from '../../src/names.ts'
import { screen, startWithStage } from '../cli/scene.ts'
import { documentOf, type Terminal } from '../cli/terminal.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await startWithStage()
})
afterAll(() => terminal.close())

const stored = async () => {
  const { ssm } = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: names.brake('dev') }))
  return JSON.parse(Parameter?.Value ?? '{}') as Record<string, unknown>
}
const pause = (reason = 'the bill grows') => terminal.run(['pause', '--yes', '--reason', reason])
const resume = () => terminal.run('resume --yes')

describe('pause and resume', () => {
  beforeEach(async () => {
    await resume()
  })

  it('ask first, say what comes of it, and make one write beside the note of who did it', async () => {
    const answers: [string, string][] = [['Stop all messages', 'y\r']]
    const result = await terminal.run(['pause', '--reason', 'the bill grows'], { answers })
    expect(result.code).toBe(0)
    expect(result.stdout).toBe('Stage dev is paused\n')
    expect(result.stderr).toContain('Codes that were sent may still be answered.')
    expect(result.writes.filter((write) => !write.startsWith('logs:'))).toEqual(['ssm:PutParameter'])
    expect(await stored()).toMatchObject({ stage: 'dev', paused: true, reason: 'the bill grows' })
    const { stdout } = await terminal.run('logs verify --json')
    expect(stdout).toContain('stage_paused')
    expect(stdout).toContain('the bill grows')
  })

  it('change nothing where the answer is no, or nobody can answer', async () => {
    const answers: [string, string][] = [['Stop all messages', 'n\r']]
    const declined = await terminal.run('pause', { answers })
    expect([declined.code, declined.writes]).toEqual([3, []])
    const silent = await terminal.run('pause --json')
    expect([silent.code, silent.writes]).toEqual([3, []])
    expect((await stored()).paused).not.toBe(true)
  })

  it('say so where it is so already, and take another reason without another beginning', async () => {
    const first = documentOf(await terminal.run('pause --yes --json'))
    expect(first).toMatchObject({ command: 'pause', paused: true, changed: true })
    const again = await terminal.run('pause --yes --json')
    expect(again.writes).toEqual([])
    expect(documentOf(again)).toMatchObject({ paused: true, changed: false, since: first.since })
    const why = documentOf(await terminal.run(['pause', '--yes', '--json', '--reason', 'now we know']))
    expect(why).toMatchObject({ changed: true, since: first.since, reason: 'now we know' })
    expect(documentOf(await terminal.run('resume --yes --json'))).toMatchObject({
      paused: false,
      changed: true,
    })
    const never = await terminal.run('resume --yes --json')
    expect([documentOf(never).changed, never.writes]).toEqual([false, []])
  })

  it.each([
    ['nothing', ' '],
    ['more than 200 characters', 'x'.repeat(201)],
    ['two lines', 'one\ntwo'],
    ['a number', 'asked by +49 151 12345678'],
    ['a key', 'the key sz_live_abcdefgh is out'],
    ['what SSM takes for a reference', 'see {{this}}'],
  ])('take no reason of %s', async (_what, reason) => {
    const result = await terminal.run(['pause', '--yes', '--reason', reason])
    expect([result.code, result.writes]).toEqual([3, []])
    expect(result.stderr).toContain('This reason is not noted')
  })
})

describe('of a paused stage', () => {
  beforeAll(async () => {
    await pause()
  })

  it('status says so first, and takes it for no defect', async () => {
    const { code, stdout } = await terminal.run('status')
    expect(code).toBe(0)
    expect(stdout.split('\n').slice(1, 3).join(' ')).toMatch(
      /^[!⚠] paused since .* by .*: the bill grows; no\s+message and no sign-up until whatsapp-otp resume/,
    )
    expect(stdout).toContain('! a sign-in gets its challenge: not known: the stage is paused')
    expect(documentOf(await terminal.run('status --json'))).toMatchObject({
      paused: { reason: 'the bill grows' },
    })
  })

  it('stages and doctor say so, and are content', async () => {
    const { code, stdout } = await terminal.run('stages')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/[!⚠] dev .*paused since/)])
    const { stages } = documentOf(await terminal.run('stages --json')) as { stages: object[] }
    expect(stages).toMatchObject([{ healthy: true, paused: { reason: 'the bill grows' } }])
    const doctor = await terminal.run('doctor')
    expect(doctor.code).toBe(0)
    expect(doctor.stdout).toMatch(/brake.*\n?.*the stage is paused since/)
    expect(doctor.stdout).toContain('whatsapp-otp resume --stage dev')
  })

  it('login does not begin, and nothing is sent', async () => {
    expect(await screen(terminal, 'login +15550100001 --code-from -')).toContain(
      '✖ Not signed in\n  Why   stage dev is paused since',
    )
    expect(terminal.sandbox.inbox.list()).toEqual([])
  })

  it('test-send says so, and sends the one message that is asked for', async () => {
    const { code, stderr } = await terminal.run('test-send +15550100001')
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('this one message goes out as you ask for it'),
    ])
  })

  it('a deploy keeps it paused, says so, and proves the rest', async () => {
    const before = await stored()
    const { code, stderr } = await terminal.run('deploy --yes --otp-length 7')
    expect(code).toBe(0)
    expect(stderr).toContain('the stage is paused since')
    expect(stderr).toContain('it stays so')
    expect(await stored()).toEqual(before)
  })

  it('resumed, it is proven again once every function has to know of it', async () => {
    await resume()
    expect((await terminal.run('status')).stdout).toMatch(/resumed less than a minute ago|✓ a sign-in gets/)
    await terminal.clock.sleep(60_000)
    expect((await terminal.run('status')).stdout).not.toContain('not known')
  })
})

it('a stage without the parameter is refused with the command that makes it', async () => {
  const { ssm } = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
  const { DeleteParameterCommand } = await import('@aws-sdk/client-ssm')
  await ssm.send(new DeleteParameterCommand({ Name: names.brake('dev') }))
  const { code, writes, stderr } = await terminal.run('pause --yes')
  expect([code, writes]).toEqual([1, []])
  expect(stderr).toContain('whatsapp-otp deploy --stage dev')
  expect((await terminal.run('status')).code).toBe(0)
})
