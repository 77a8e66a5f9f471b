// An app inside `whatsapp-otp dev --exec`, started by a command line as a developer types it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { stripVTControlCharacters } from 'node:util'
import { environment } from './program.ts'

export interface Dev {
  /** Of the app, as its own server prints it. */
  address: string
  /** What WhatsApp has delivered to a number, oldest first. */
  messages(phone: string): Promise<{ code: string }[]>
  /** Moves the time of the sandbox forward. */
  advance(ms: number): Promise<void>
  /** Presses Ctrl-C. */
  stop(): Promise<void>
}

/** Resolves once the app's server has told its address; `--port` goes to `dev`, so that two can run. */
export async function startDev(cwd: string, [command = '', ...args]: string[]): Promise<Dev> {
  const port = await freePort()
  const env = { NEXT_TELEMETRY_DISABLED: '1', PORT: '0' }
  const child = spawn(command, [...args, '--port', String(port)], {
    ...{ cwd, env: environment({ cwd, env }), detached: true },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const address = new Promise<string>((resolve, reject) => {
    const hear = (data: Buffer) => {
      said += stripVTControlCharacters(data.toString())
      const found = /Local:\s+(http:\S+)/.exec(said)?.[1]
      if (found) resolve(found)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}:\n${said}`)))
  })
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    process.kill(-child.pid!, 'SIGINT')
    await ended
  }
  const endpoint = `http://127.0.0.1:${port}`
  return {
    address: `${(await address).replace(/\/$/, '')}/`,
    stop,
    async messages(phone) {
      const answer = await fetch(`${endpoint}/inbox?to=${encodeURIComponent(phone)}`)
      return ((await answer.json()) as { messages: { code: string }[] }).messages
    },
    async advance(advanceMs) {
      await fetch(`${endpoint}/_sandbox/clock`, { method: 'POST', body: JSON.stringify({ advanceMs }) })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
