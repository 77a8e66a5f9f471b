// Runs functions: unpacks their zips, keeps warm processes, and writes their logs with their role's rights.

import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Provided, Role, SessionCredentials } from '../account/provided.ts'
import type { World } from '../account/world.ts'
import { FunctionProcess, type Outcome } from './function-process.ts'
import { unpack } from './function-zip.ts'
import { platformLines } from './platform-lines.ts'
import type { FunctionSettings } from './settings.ts'

/** A function as it is to be run: another `revision` never shares a process. */
export interface FunctionVersion {
  name: string
  arn: string
  revision: string
  zip: Buffer
  settings: FunctionSettings
  role: Role
}

export interface Run {
  outcome: Outcome
  requestId: string
  /** Every log line of the invocation, whether or not it reached CloudWatch Logs. */
  logs: string
}

interface Idle {
  revision: string
  process: FunctionProcess
}

type Others = Pick<Provided, 'openSession' | 'writeLog'>

export class FunctionRunner {
  readonly #world: World
  readonly #others: Others
  readonly #idle = new Map<string, Idle[]>()
  readonly #all = new Set<FunctionProcess>()
  readonly #directories = new Map<string, Promise<string>>()
  /** Where the lines of each process go while it runs an invocation. */
  readonly #sinks = new WeakMap<FunctionProcess, (line: string) => void>()

  #isClosed = false

  constructor(world: World, others: Others) {
    this.#world = world
    this.#others = others
  }

  /** Runs one event to its end. Calls at the same time get processes of their own. */
  async invoke(version: FunctionVersion, payload: string): Promise<Run> {
    const { settings, role } = version
    const warm = this.#takeIdle(version)
    const process = warm ?? (await this.#start(version))
    const requestId = randomUUID()
    const logs: string[] = []
    const write = (line: string) => {
      logs.push(line)
      const at = { at: this.#world.now(), message: line }
      this.#others.writeLog(role, settings.logging.LogGroup, process.logStream, [at])
    }
    const lines = platformLines(settings, requestId, () => this.#world.now())
    this.#sinks.set(process, write)
    lines.start().forEach(write)
    const started = performance.now()
    const outcome = await process.invoke({
      requestId,
      payload,
      timeout: settings.timeout * 1000,
      clockOffset: Math.round(this.#world.now() - Date.now()),
      context: contextOf(version, process.logStream),
    })
    lines.end(outcome, performance.now() - started, warm === undefined).forEach(write)
    this.#sinks.delete(process)
    this.#giveBack(version, process)
    return { outcome, requestId, logs: `${logs.join('\n')}\n` }
  }

  /** Ends the idle processes of a function that is going away. */
  discard(arn: string): void {
    for (const { process } of this.#idle.get(arn) ?? []) this.#end(process)
    this.#idle.delete(arn)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const process of this.#all) this.#end(process)
    const directories = await Promise.allSettled(this.#directories.values())
    for (const result of directories) {
      if (result.status === 'fulfilled') await rm(result.value, { recursive: true, force: true })
    }
  }

  #takeIdle(version: FunctionVersion): FunctionProcess | undefined {
    const idle = this.#idle.get(version.arn) ?? []
    const usable = idle.filter((one) => one.revision === version.revision && !one.process.ended)
    for (const one of idle) if (!usable.includes(one)) this.#end(one.process)
    const taken = usable.pop()
    this.#idle.set(version.arn, usable)
    return taken?.process
  }

  #giveBack(version: FunctionVersion, process: FunctionProcess): void {
    if (process.ended) {
      this.#end(process)
      return
    }
    const idle = this.#idle.get(version.arn) ?? []
    idle.push({ revision: version.revision, process })
    this.#idle.set(version.arn, idle)
  }

  #end(process: FunctionProcess): void {
    process.kill()
    this.#all.delete(process)
  }

  async #start(version: FunctionVersion): Promise<FunctionProcess> {
    const { settings } = version
    const directory = await this.#unpacked(version.zip)
    if (this.#isClosed) throw new Error('the sandbox is closed')
    const day = new Date(this.#world.now()).toISOString().slice(0, 10).replaceAll('-', '/')
    const stream = `${day}/[$LATEST]${randomBytes(16).toString('hex')}`
    const offset = Math.round(this.#world.now() - Date.now())
    const credentials = this.#others.openSession(version.role, version.name)
    const environment = environmentOf(this.#world, version, credentials, stream, directory)
    const { LogFormat: logFormat, ApplicationLogLevel: logLevel = 'INFO' } = settings.logging
    const started: FunctionProcess = new FunctionProcess(
      { directory, handler: settings.handler, logFormat, logLevel, environment },
      stream,
      offset,
      (line) => this.#sinks.get(started)?.(line),
    )
    this.#all.add(started)
    return started
  }

  /** One directory a package, however many functions and processes use it. */
  #unpacked(zip: Buffer): Promise<string> {
    const key = createHash('sha256').update(zip).digest('hex')
    const known = this.#directories.get(key)
    if (known) return known
    const directory = mkdtemp(join(tmpdir(), 'whatsapp-otp-function-')).then(async (path) => {
      await unpack(zip, path)
      return path
    })
    this.#directories.set(key, directory)
    return directory
  }
}

function contextOf(version: FunctionVersion, logStream: string): Record<string, string> {
  return {
    functionName: version.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: version.arn,
    memoryLimitInMB: String(version.settings.memory),
    logGroupName: version.settings.logging.LogGroup,
    logStreamName: logStream,
  }
}

/** What Lambda sets, the function's own variables and the role's session; nothing of this machine's. */
function environmentOf(
  world: World,
  version: FunctionVersion,
  credentials: SessionCredentials,
  stream: string,
  directory: string,
): Record<string, string> {
  const { settings, name } = version
  return {
    ...settings.environment,
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin',
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    AWS_ENDPOINT_URL: world.endpoint,
    AWS_REGION: world.region,
    AWS_DEFAULT_REGION: world.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memory),
    AWS_LAMBDA_LOG_GROUP_NAME: settings.logging.LogGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: stream,
    AWS_LAMBDA_LOG_FORMAT: settings.logging.LogFormat,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    _HANDLER: settings.handler,
    LAMBDA_TASK_ROOT: directory,
  }
}
