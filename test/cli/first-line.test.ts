// The line that is there while a command is loaded: gone before anything else is shown, whatever the line asks for.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Terminal } from './terminal.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await Terminal.start()
})
afterAll(() => terminal.close())

const line = 'Read the settings'
/** The line is erased, or what turned it has stopped and shows the cursor again. */
const ends = ['\u001b[2K', '\u001b[?25h']

it.each([
  ['help deploy', 0],
  ['deploi --help', 0],
  ['--no-color --help', 0],
  ['deploy --wrong', 3],
  ['completion bash', 0],
])('%s takes it away', async (command, exitCode) => {
  const { code, stderr } = await terminal.run(command, { tty: true, env: { TERM: 'xterm', CI: undefined } })
  expect([code, stderr]).toEqual([exitCode, expect.stringContaining(line)])
  const after = stderr.slice(stderr.lastIndexOf(line))
  expect(
    ends.some((end) => after.includes(end)),
    JSON.stringify(after),
  ).toBe(true)
})
