// A stage that the built CLI has deployed into a sandbox, for clients that nobody here wrote.
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { type Start, temporaryFolder } from './program.ts'
import { type Report, toolIn } from './tool.ts'

export interface SandboxStage {
  sandbox: Sandbox
  start: Start
  ids: Report['outputs']
  /** The codes that went to a number, oldest first. */
  codes(phone: string): string[]
  close(): Promise<void>
}

export async function deployIntoSandbox(): Promise<SandboxStage> {
  const [sandbox, folder] = await Promise.all([startSandbox(), temporaryFolder()])
  const close = async () => {
    await sandbox.close()
    await folder.remove()
  }
  const start = { env: sandbox.env(), cwd: folder.path }
  const { status, report, stderr } = await toolIn(start)('deploy --stage peer')
  if (status === 0) {
    const codes = (phone: string) => sandbox.inbox.list(phone).map((message) => message.code)
    return { sandbox, start, ids: report.outputs, codes, close }
  }
  await close()
  throw new Error(`The stage could not be deployed: ${stderr}`)
}

/** A code of the same length that is not this one. */
export function wrongCode(code: string): string {
  return String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0')
}
