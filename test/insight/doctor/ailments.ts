// What doctor finds, for its tests: the findings that did not pass, and the screen.
import { expect } from 'vitest'
import { documentOf, type Result, type RunOptions, screenOf, type Terminal } from '../../cli/terminal.ts'

interface Finding {
  id: string
  verdict: string
  detail?: string
  remedy?: string
}

/** The findings that did not pass, by their id, and the exit code. Nothing may be changed. */
export async function ailments(terminal: Terminal, line = 'doctor', options: RunOptions = {}) {
  const result = await terminal.run(`${line} --json`, options)
  expect(result.writes).toEqual([])
  const { checks, healthy } = documentOf(result) as unknown as { checks: Finding[]; healthy: boolean }
  expect(healthy).toBe(result.code === 0)
  const ill = checks.filter(({ verdict }) => !['pass', 'skip'].includes(verdict))
  for (const { remedy } of ill) expect(remedy).toMatch(/\w/)
  return {
    code: result.code,
    ill: Object.fromEntries(
      ill.map(({ id, verdict, detail }) => [id, `${verdict}: ${terminal.still(detail ?? '')}`]),
    ),
    skipped: checks.filter(({ verdict }) => verdict === 'skip').map(({ id }) => id),
  }
}

/** What it prints, with what is well before any stage under one name. */
export function screenOfDoctor(terminal: Terminal, result: Result): string {
  // Checks that take longer than a second say so; on a slow machine these are others.
  const text = screenOf(terminal, result).replace(/ {2}<duration>$/gm, '')
  return text.replace(wellBefore, '$<verdict><the account and the sender are well>\n')
}

const wellBefore = new RegExp(
  [
    '✓ Node: <node>',
    '✓ credentials: account 123456789012 · us-east-1 · user/developer · emulator at <sandbox>',
    '(?<verdict>(?:✓ sign-in: .*\n)?)✓ clock: in step with AWS',
    '✓ permissions: user/developer may deploy and remove this stage',
    '✓ SendZen key: accepted: .*',
    '✓ sender: \\+15550100900 is connected',
    '✓ template otp_login \\(en_US\\): approved, with a button for the code',
    '✓ expiry in the message: 5 min, as codes live',
    '',
  ].join('\n'),
)
