// The scenes of which pictures are taken: wizard, plan, status and doctor, on a sandbox that each has to itself.
import { type OpenSandbox, startOpenSandbox } from '../../../src/sandbox/server.ts'
import { temporaryFolder } from '../program.ts'
import { type Answer, ctrlC, play, type Size } from './pty.ts'
import { type Row, Screen } from './screen.ts'

export interface Shot {
  /** The line as it was typed. */
  typed: string
  rows: Row[]
}

interface Scene {
  /** What is done before; none of it is in the picture. */
  before?: (run: (line: string) => Promise<unknown>, sandbox: OpenSandbox) => Promise<void>
  line: string
  answers?: (sandbox: OpenSandbox) => readonly Answer[]
  /** Variables that the wizard is to ask for. */
  without?: readonly string[]
  /** Up to the first row with this text, which is left out; everything where it is missing. */
  until?: string
  /** From the first row with this text on. */
  from?: string
}

const asked = [
  'SENDZEN_API_KEY',
  'WHATSAPP_FROM',
  'WHATSAPP_TEMPLATE_NAME',
  'WHATSAPP_LANG_CODE',
  'ALLOWED_COUNTRIES',
]
export const size: Size = { columns: 100, rows: 60 }

export const scenes: Record<string, Scene> = {
  init: {
    line: 'init',
    without: asked,
    answers: (sandbox) => [
      ['Name of the stage', '\r'],
      ['SendZen API key', `${sandbox.env().SENDZEN_API_KEY}\r`],
      ['Which number sends', '\r'],
      ['Countries whose numbers', 'United States\r'],
      ['recommended limits?', '\r'],
      ['Which template', ctrlC],
    ],
    until: 'Cancelled',
  },
  plan: {
    before: async (run) => {
      await run('deploy')
    },
    line: 'plan --otp-expiry-minutes 3',
  },
  status: {
    before: async (run) => {
      await run('deploy')
      await run('test-send +15550100001')
    },
    line: 'status',
  },
  'status-failing': {
    before: async (run, { sendzen }) => {
      await run('deploy --stage prod')
      sendzen.revoked = true
    },
    line: 'status --stage prod',
  },
  doctor: {
    before: async (run) => {
      await run('deploy')
    },
    line: 'doctor --languages en_US,fr',
  },
}

/** Plays a scene, and gives what is on the screen at its end. */
export async function shoot(name: string): Promise<Shot> {
  const { before, line, answers, without = [], until, from } = scenes[name]!
  const sandbox = await startOpenSandbox()
  const folder = await temporaryFolder()
  try {
    const given = Object.entries(sandbox.env()).filter(([variable]) => !without.includes(variable))
    const options = { env: Object.fromEntries(given), cwd: folder.path }
    await before?.((quiet) => play(`${quiet} --yes`, size, options), sandbox)
    const { chunks } = await play(line, size, { ...options, answers: answers?.(sandbox) ?? [] })
    const screen = new Screen(size)
    for (const { data } of chunks) await screen.write(data)
    return { typed: `npx whatsapp-otp ${line}`, rows: between(screen.rows(), from, until) }
  } finally {
    await sandbox.close()
    await folder.remove()
  }
}

function between(rows: Row[], from: string | undefined, until: string | undefined): Row[] {
  const at = (text: string | undefined) =>
    text === undefined ? -1 : rows.findIndex((row) => row.some((span) => span.text.includes(text)))
  const end = at(until)
  return rows.slice(Math.max(0, at(from)), end < 0 ? rows.length : end)
}
