// A runner of GitHub's for the action: its variables and files, and a server that stands in for GitHub's API.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'

const root = join(import.meta.dirname, '../..')

export interface Comment {
  id: number
  body: string
}

export interface Ended {
  code: number | null
  stdout: string
  /** What the step has set, by name. */
  outputs: Record<string, string>
  summary: string
}

export class Runner {
  readonly folder = mkdtempSync(join(tmpdir(), 'whatsapp-otp-runner-'))
  comments: Comment[] = []
  /** What was asked of the API, as `GET /issues/7/comments`, with the bearer. */
  readonly asked: string[] = []
  /** False for the pull request of a fork. */
  mayWrite = true
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<Runner> {
    const runner: Runner = new Runner(
      createServer(async (request, response) => {
        const { method = '', url = '', headers } = request
        const body = method === 'GET' ? undefined : ((await json(request)) as { body: string })
        runner.asked.push(`${method} ${url.split('?')[0]} ${headers.authorization}`)
        const [status, answer] = runner.#answer(method, url, body)
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
      }),
    )
    await new Promise<void>((done) => runner.#server.listen(0, '127.0.0.1', done))
    return runner
  }

  #answer(method: string, url: string, body: { body: string } | undefined): [number, unknown] {
    if (url.startsWith('/identity?')) return [200, { value: `token for ${url.split('audience=')[1]}` }]
    if (method === 'GET') return [200, this.comments]
    if (!this.mayWrite) return [403, { message: 'Resource not accessible by integration' }]
    const id = Number(/comments\/(\d+)$/.exec(url)?.[1] ?? this.comments.length + 100)
    const comment = { id, body: body?.body ?? '' }
    this.comments = [...this.comments.filter((one) => one.id !== id), comment]
    return [200, comment]
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Runs the action with these inputs; `event` is what GitHub tells of, a push by default. */
  async run(
    inputs: Record<string, string>,
    env: Record<string, string> = {},
    event: { name: string; pull_request?: { number: number } } = { name: 'push' },
  ): Promise<Ended> {
    const file = (name: string, text: string) => {
      writeFileSync(join(this.folder, name), text)
      return join(this.folder, name)
    }
    const defaults = {
      version: '0.0.0',
      comment: 'true',
      'working-directory': '.',
      token: 'token-of-the-job',
    }
    const child = spawn(process.execPath, [join(root, 'action/main.mjs')], {
      env: {
        PATH: process.env.PATH,
        HOME: this.folder,
        GITHUB_WORKSPACE: this.folder,
        GITHUB_EVENT_NAME: event.name,
        GITHUB_EVENT_PATH: file('event.json', JSON.stringify(event)),
        GITHUB_OUTPUT: file('output', ''),
        GITHUB_STEP_SUMMARY: file('summary', ''),
        GITHUB_API_URL: this.url,
        GITHUB_REPOSITORY: 'somebody/app',
        GITHUB_TOKEN: 'token-of-the-job',
        RUNNER_TEMP: this.folder,
        ...Object.fromEntries(
          Object.entries({ ...defaults, ...inputs }).map(([name, value]) => [
            `INPUT_${name.toUpperCase()}`,
            value,
          ]),
        ),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    const code = await new Promise<number | null>((done) => child.on('close', done))
    const read = (name: string) => readFileSync(join(this.folder, name), 'utf8')
    const lines = read('output').split('\n').filter(Boolean)
    const outputs = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)))
    return { code, stdout, outputs, summary: read('summary') }
  }

  async close(): Promise<void> {
    await new Promise((done) => this.#server.close(done))
    rmSync(this.folder, { recursive: true, force: true })
  }
}
