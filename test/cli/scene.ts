// What the tests of the commands share: a terminal with a stage, what it prints, and the lists of a whole stage.
import { type Answer, documentOf, type RunOptions, screenOf, Terminal } from './terminal.ts'

/** A terminal of an account with the stage `dev` in it. */
export async function startWithStage(): Promise<Terminal> {
  const terminal = await Terminal.start()
  const { code, stderr } = await terminal.run('deploy --no-verify')
  if (code !== 0) throw new Error(stderr)
  return terminal
}

/** Signs a number in from the terminal: with a wrong answer first, then with the code. */
export function signIn(terminal: Terminal, phone: string, options: RunOptions = {}) {
  const codeOf = () => terminal.sandbox.inbox.list(phone).at(-1)!.code
  const answers: Answer[] = [
    ['Code (or', '000000\r'],
    ['are left', ''],
    ['Code (or', () => `${codeOf()}\r`],
  ]
  return terminal.run(`login ${phone}`, { ...options, answers })
}

/** What a command prints, with the lists of a whole stage by their names. */
export async function screen(terminal: Terminal, line: string, options: RunOptions = {}): Promise<string> {
  return named(screenOf(terminal, await terminal.run(line, options)))
}

/** Names the lists that are those of a whole stage; any other stays as it is. */
export const named = (text: string) =>
  text
    .replace(planOf('+ create'), '<the whole stage: + create>\n')
    .replace(planOf('- delete'), '<the whole stage: - delete>\n')
    .replace(everyStep, '<every step>\n')

const planOf = (change: string) => `\
${change}  5 roles  whatsapp-otp-dev-us-east-1-*
${change}  5 log groups  /aws/lambda/whatsapp-otp-dev-*
${change}  table  whatsapp-otp-dev
${change}  master key  /whatsapp-otp-functions/dev/master-key
${change}  provider key  /whatsapp-otp-functions/dev/provider-key
${change}  findings  /whatsapp-otp-functions/dev/findings
${change}  brake  /whatsapp-otp-functions/dev/brake
${change}  user pool  WhatsApp-otp-auth-pool-dev
${change}  2 user pool clients  WhatsApp-otp-*
${change}  5 role policies  whatsapp-otp-dev-us-east-1-*
${change}  5 functions  whatsapp-otp-dev-*
${change}  5 permissions  whatsapp-otp-dev-*
${change}  record  /whatsapp-otp/dev/stage
`

const everyStep = `\
✓ 2 user pool clients  <duration>
✓ 5 functions  <duration>
✓ 5 log groups  <duration>
✓ 5 permissions  <duration>
✓ 5 role policies  <duration>
✓ 5 roles  <duration>
✓ brake  <duration>
✓ findings  <duration>
✓ master key  <duration>
✓ provider key  <duration>
✓ record  <duration>
✓ table  <duration>
✓ user pool  <duration>
`

/** The document with what differs from run to run taken out; long lists of steps as one line each. */
export async function document(terminal: Terminal, line: string): Promise<Record<string, unknown>> {
  const result = await terminal.run(line)
  if (result.stderr !== '') throw new Error(`${line} printed beside its document: ${result.stderr}`)
  const { steps, resources, ...rest } = documentOf({ ...result, stdout: terminal.still(result.stdout) })
  const lines = (list: unknown) =>
    (list as { kind: string; action?: string; condition?: string; status?: string }[]).map(
      ({ kind, action, condition, status }) => [kind, action, condition, status].filter(Boolean).join(' '),
    )
  return {
    exit: result.code,
    ...rest,
    ...(steps ? { steps: [...new Set(lines(steps))] } : {}),
    ...(resources ? { resources: [...new Set(lines(resources))] } : {}),
  }
}
