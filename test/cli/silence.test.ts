// AWS that never answers one of the calls: the command ends all the same, says which call it was, and blocks nobody.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { callLimits } from '../../src/aws/calls.ts'
import { type Running, Terminal } from './terminal.ts'

let terminal: Terminal
beforeEach(async () => {
  terminal = await Terminal.start()
})
afterEach(() => terminal.close())

/** Quick enough for a test, and with all their proportions. */
const limits = {
  ...callLimits,
  attemptMs: 150,
  boundMs: 400,
  silenceMs: 100,
  lookGraceMs: 30,
  graceMs: 50,
}
/** The operation is asked for and nothing comes back, for longer than any test lasts. */
const swallow = (operation: string) =>
  terminal.sandbox.faults.add({ operation, kind: 'slow', ms: 600_000, times: 1_000 })
const env = { AWS_MAX_ATTEMPTS: '2' }

describe('a call that is never answered ends', () => {
  it.each([
    ['GetCallerIdentity', 'STS', 'find out which AWS account this is'],
    ['GetParameter', 'SSM', 'read stage dev'],
    ['CreateRole', 'IAM', 'create role'],
    ['PutItem', 'DynamoDB', 'take stage dev'],
  ])('%s, in a deploy', async (operation, service, doing) => {
    swallow(operation)
    const { code, stderr, stdout } = await terminal.run('deploy --json', { limits, env })
    const { error } = JSON.parse(stdout)
    expect([code, error.code, stderr]).toEqual([1, 'AWS_UNREACHABLE', ''])
    expect(error.message).toContain(doing)
    expect(error.why).toContain(`${service} did not answer ${operation} in `)
    expect(error.next.length).toBeGreaterThan(0)
  })

  it('UpdateFunctionConfiguration, in a change; the next run finishes it', async () => {
    expect((await terminal.run('deploy --no-verify')).code).toBe(0)
    swallow('UpdateFunctionConfiguration')
    const { code, stderr } = await terminal.run('deploy --log-level DEBUG', { limits, env })
    expect(code).toBe(1)
    expect(stderr).toContain('Lambda did not answer UpdateFunctionConfiguration in ')
    terminal.sandbox.faults.clear()
    expect((await terminal.run('deploy --log-level DEBUG')).code).toBe(0)
  })

  it('the release of the stage, after a deploy that is done', async () => {
    swallow('DeleteItem')
    expect((await terminal.run('deploy --no-verify', { limits, env })).code).toBe(0)
    terminal.sandbox.faults.clear()
    expect((await terminal.run('deploy --otp-length 8 --no-verify')).code).toBe(0)
  })
})

describe('while nothing comes', () => {
  it('the user hears what is waited for', async () => {
    swallow('GetParameter')
    const { stderr } = await terminal.run('status', { limits, env })
    expect(stderr).toContain('… still waiting for SSM: get parameter\n')
  })

  it('SendZen is named where it is SendZen', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
    const { port } = silent.address() as AddressInfo
    const own = { ...env, SENDZEN_API_URL: `http://127.0.0.1:${port}/v1/messages` }
    const { code, stderr } = await terminal.run('deploy', {
      limits,
      env: own,
      during: async ({ stderr: screen, signals }) => {
        while (!screen.all().includes('still waiting for SendZen')) await setImmediate()
        signals.emit('SIGINT')
      },
    })
    silent.close()
    expect([code, stderr]).toEqual([
      130,
      expect.stringContaining('… still waiting for SendZen: check the SendZen API key'),
    ])
  })

  it('a spinner says it', async () => {
    swallow('GetParameter')
    const { stderr } = await terminal.run('status', { limits, env: { ...env, TERM: 'xterm' }, tty: true })
    expect(stderr).toContain('Find the account: still waiting for SSM: get parameter')
    expect(stderr).not.toContain('… still waiting')
  })

  const onceAsked = (operation: string) => async (running: Running) => {
    while (!terminal.sandbox.calls.some((call) => call.operation === operation)) await setImmediate()
    running.signals.emit('SIGINT')
  }

  it.each(['GetCallerIdentity', 'GetParameter'])('Ctrl-C ends %s', async (operation) => {
    swallow(operation)
    const started = performance.now()
    const slow = { ...callLimits, lookGraceMs: limits.lookGraceMs }
    const { code, stderr } = await terminal.run('status', { limits: slow, during: onceAsked(operation) })
    expect(code).toBe(130)
    expect(stderr).toMatch(
      /! Cancelled\n {2}Why {3}while waiting for (STS: get caller identity|SSM: get parameter)/,
    )
    expect(performance.now() - started).toBeLessThan(callLimits.attemptMs)
  })

  it('Ctrl-C leaves a change, and says that its outcome is not known', async () => {
    swallow('CreateRole')
    const slow = { ...callLimits, lookGraceMs: limits.lookGraceMs, graceMs: limits.graceMs }
    const { code, stderr } = await terminal.run('deploy', { limits: slow, during: onceAsked('CreateRole') })
    expect(code).toBe(130)
    expect(stderr).toContain(
      '! Left without an answer: IAM: create role. Whether AWS carried it out is not known',
    )
    expect(stderr).toMatch(/steps are done; it is safe to repeat/)
    terminal.sandbox.faults.clear()
    expect((await terminal.run('deploy --no-verify')).code).toBe(0)
  })
})
