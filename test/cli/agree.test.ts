// The question about an address that a file of the working directory names.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Terminal } from './terminal.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await Terminal.start()
  terminal.write('.env', 'SENDZEN_API_URL=https://relay.invalid/v1/messages')
})
afterAll(() => terminal.close())

const env = { SENDZEN_API_URL: undefined }
const question = 'Do you know it?'

it('changes nothing where the answer is no, which it is unless somebody says otherwise', async () => {
  const { code, stderr, writes } = await terminal.run('deploy', { env, answers: [[question, '\r']] })
  expect([code, writes]).toEqual([3, []])
  expect(stderr).toContain('https://relay.invalid/v1/messages would get the SendZen key and every code')
})

it('is asked once: the stage remembers what it was deployed with', async () => {
  const { code, stderr } = await terminal.run('deploy --no-verify', { env, answers: [[question, 'y\r']] })
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining('! SendZen is asked at https://relay.invalid/v1/messages (.env)'),
  ])
  const again = await terminal.run('plan', { env, tty: true })
  expect([again.code, again.stderr.includes(question)]).toEqual([0, false])

  terminal.write('.env', 'SENDZEN_API_URL=https://other.invalid/v1/messages')
  expect((await terminal.run('plan', { env })).code).toBe(3)
})
