// ministack as a process of its own, with its folders in a temporary one; its functions run on Lambda's Node.
import { spawn } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { environment, programs } from './program.ts'

export interface Ministack {
  endpoint: string
  /** Everything it has printed. */
  log(): string
  close(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Resolves once it listens, as it says itself. */
export async function startMinistack(cwd: string): Promise<Ministack> {
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const env = {
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    // Functions as child processes instead of containers; this is where their SDKs call back.
    LAMBDA_EXECUTOR: 'local',
    AWS_ENDPOINT_URL: endpoint,
    TMPDIR: cwd,
    STATE_DIR: `${cwd}/state`,
    S3_DATA_DIR: `${cwd}/s3`,
  }
  // A group of its own, so that the functions' processes end with it.
  const child = spawn(programs.ministack, {
    cwd,
    env: environment({ env, cwd }, programs.node24),
    detached: true,
  })
  const gone = new Promise((resolve) => child.once('close', resolve))
  let log = ''
  await new Promise<void>((resolve, reject) => {
    const read = (text: Buffer) => {
      log += text
      if (log.includes(`Running on http://127.0.0.1:${port}`)) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`ministack ended with ${code}:\n${log}`)))
  })
  return {
    endpoint,
    log: () => log,
    close: async () => {
      if (child.pid) process.kill(-child.pid, 'SIGTERM')
      const late = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), 5_000)
      await gone
      clearTimeout(late)
    },
  }
}
