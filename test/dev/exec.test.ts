// `dev --exec` and the ports of sandboxes that run beside one another.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../eventually.ts'
import { Desk, isAlive } from './program.ts'

const desk = new Desk()
afterAll(() => desk.clear())

const empty = (line: string) => ['dev', '--empty', '--port', '0', '--exec', line]

describe('a port that is taken', () => {
  let ours: Awaited<ReturnType<Desk['dev']>>
  beforeAll(async () => {
    ours = await desk.dev(['--empty'])
  })

  it('is told with the page of the sandbox that has it', async () => {
    const { code, stderr } = await desk.run(['dev', '--empty'])
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('a sandbox runs there already; its page is http://127.0.0.1:4580/'),
    ])
    expect(stderr).toContain('whatsapp-otp dev --port 0')
  })

  it('is told of a stranger’s program too', async () => {
    const stranger = createServer((_request, response) => response.end('{"now":1}'))
    const port = await new Promise<number>((done) =>
      stranger.listen(0, '127.0.0.1', () => done((stranger.address() as AddressInfo).port)),
    )
    const { code, stderr } = await desk.run(['dev', '--empty', '--port', String(port)])
    stranger.close()
    expect([code, stderr]).toEqual([1, expect.stringContaining('another program listens there')])
  })

  it('does not keep --exec from running, elsewhere', async () => {
    const { code, stdout } = await desk.run(['dev', '--empty', '--exec', 'echo $AWS_ENDPOINT_URL'])
    expect([code, stdout.trim()]).toEqual([0, expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/)])
    expect([stdout.trim(), ours.env.AWS_ENDPOINT_URL]).not.toContain(undefined)
    expect(stdout.trim()).not.toBe(ours.env.AWS_ENDPOINT_URL)
  })

  it('keeps it from running where that port was asked for', async () => {
    const { code, stderr } = await desk.run(['dev', '--empty', '--port', '4580', '--exec', 'true'])
    expect([code, stderr]).toEqual([1, expect.stringContaining('Port 4580 is in use')])
  })
})

describe('--exec', () => {
  it('hands the exit code through, as a shell does for a signal', async () => {
    expect((await desk.run(empty('exit 7'))).code).toBe(7)
    expect((await desk.run(empty('kill -KILL $$'))).code).toBe(137)
  })

  it('runs without what would lead away from the sandbox', async () => {
    const { stdout } = await desk.run(empty('echo "<$AWS_PROFILE>"'), { AWS_PROFILE: 'company' })
    expect(stdout.trim()).toBe('<>')
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on to all that it runs', async (signal) => {
    const inner = `process.on('${signal}', () => { console.log('inner got it'); process.exit() }); setInterval(() => {}, 1000); console.log('pid', process.pid)`
    const dev = desk.start(
      empty(`trap 'exit 9' ${signal.slice(3)}; "${process.execPath}" -e "${inner}"; exit 8`),
    )
    const pid = await eventually(() => Number(/pid (\d+)/.exec(dev.stdout())![1]))
    dev.kill(signal)
    const { code, stdout } = await dev.ended
    expect([code, stdout, isAlive(pid)]).toEqual([9, expect.stringContaining('inner got it'), false])
  })

  it('is no success where it was stopped before its turn', async () => {
    const dev = desk.start(['dev', '--port', '0', '--exec', 'echo ran'])
    await eventually(() => expect(dev.stderr()).toContain('… Deploy the stage'))
    dev.kill('SIGTERM')
    const { code, stdout, stderr } = await dev.ended
    expect([code, stdout, stderr]).toEqual([130, '', expect.stringContaining('«echo ran» was not run')])
  })
})
