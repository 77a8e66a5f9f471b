// Runs functions: unpacks their zips, keeps warm processes, and writes their logs with their role's rights.

import { AsyncResource } from 'node:async_hooks'
import { randomBytes, randomUUID } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import type { Provided, Role, SessionCredentials } from '../account/provided.ts'
import type { World } from '../account/world.ts'
import { type Lease, Packages } from './function/packages.ts'
import type { FunctionSettings } from './function/settings.ts'
import { FunctionProcess, type Outcome } from './function-process.ts'
import type { RunnerLimits } from './inside.ts'
import { platformLines } from './platform-lines.ts'
import { tooMany } from './wire.ts'

/** A function as it is to be run: another `revision` never shares a process. */
export interface FunctionVersion {
  name: string
  /** `$LATEST`, or a number. */
  version: string
  /** Of the version, whatever name it was invoked by. */
  arn: string
  invokedArn: string
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
  /** Ends it when it has idled for long. */
  timer: NodeJS.Timeout
}

type Others = Pick<Provided, 'openSession' | 'writeLog'>

export class FunctionRunner {
  readonly #world: World
  readonly #others: Others
  readonly #idle = new Map<string, Idle[]>()
  readonly #all = new Set<FunctionProcess>()
  readonly limits: RunnerLimits = { processes: 100, idleMs: 300_000, packages: 20 }
  readonly #packages = new Packages(() => this.limits.packages)
  readonly #leases = new Map<FunctionProcess, Lease>()
  /** Where the lines of each process go while it runs an invocation. */
  readonly #sinks = new WeakMap<FunctionProcess, (line: string) => void>()

  #isClosed = false

  constructor(world: World, others: Others) {
    this.#world = world
    this.#others = others
  }

  /** How many processes live. */
  get processes(): number {
    return this.#all.size
  }

  /**
   * Runs one event to its end. Calls at the same time get processes of their own. `givenUp` freezes it where
   * it stands. Throws AwsFault where it cannot be started.
   */
  async invoke(version: FunctionVersion, payload: string, givenUp?: AbortSignal): Promise<Run> {
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
    // What a process prints arrives in the context of its start; it belongs to what it runs. Not by `bind`, which
    // costs several times as much.
    const own = new AsyncResource('Invocation')
    this.#sinks.set(process, (line) => own.runInAsyncScope(write, undefined, line))
    lines.start().forEach(write)
    const started = performance.now()
    const freeze = () => process.freeze()
    givenUp?.addEventListener('abort', freeze)
    const outcome = await process.invoke({
      requestId,
      payload,
      timeout: settings.timeout * 1000,
      clockOffset: Math.round(this.#world.now() - Date.now()),
      context: contextOf(version, process.logStream),
    })
    givenUp?.removeEventListener('abort', freeze)
    lines.end(outcome, performance.now() - started, warm === undefined).forEach(write)
    this.#sinks.delete(process)
    this.#giveBack(version, process)
    return { outcome, requestId, logs: `${logs.join('\n')}\n` }
  }

  /** Ends the idle processes of a function that is going away. */
  discard(arn: string): void {
    for (const idle of this.#idle.get(arn) ?? []) this.#end(idle.process, idle.timer)
    this.#idle.delete(arn)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const arn of [...this.#idle.keys()]) this.discard(arn)
    for (const process of this.#all) this.#end(process)
    await this.#packages.close()
  }

  #takeIdle(version: FunctionVersion): FunctionProcess | undefined {
    const idle = this.#idle.get(version.arn) ?? []
    const usable = idle.filter((one) => one.revision === version.revision && !one.process.ended)
    for (const one of idle) if (!usable.includes(one)) this.#end(one.process, one.timer)
    const taken = usable.pop()
    this.#keepIdle(version.arn, usable)
    clearTimeout(taken?.timer)
    return taken?.process
  }

  #giveBack(version: FunctionVersion, process: FunctionProcess): void {
    if (process.ended || this.#isClosed) {
      this.#end(process)
      return
    }
    const reap = () => this.#reap(version.arn, process)
    const timer = setTimeout(reap, this.limits.idleMs).unref()
    // At the end of the map, so that its first entry is the one that has been left alone for longest.
    const idle = this.#idle.get(version.arn) ?? []
    this.#idle.delete(version.arn)
    this.#keepIdle(version.arn, [...idle, { revision: version.revision, process, timer }])
  }

  #keepIdle(arn: string, idle: Idle[]): void {
    if (idle.length > 0) this.#idle.set(arn, idle)
    else this.#idle.delete(arn)
  }

  #reap(arn: string, process: FunctionProcess): void {
    const idle = this.#idle.get(arn) ?? []
    const found = idle.find((one) => one.process === process)
    if (!found) return
    this.#keepIdle(
      arn,
      idle.filter((one) => one !== found),
    )
    this.#end(process, found.timer)
  }

  /** Ends processes that idle until there is room for one more; throws TooManyRequestsException when all run. */
  #makeRoom(): void {
    while (this.#all.size >= this.limits.processes) {
      const [arn, [oldest]] = [...this.#idle][0] ?? ['', []]
      if (!oldest) throw tooMany('ConcurrentInvocationLimitExceeded')
      this.#reap(arn, oldest.process)
    }
  }

  #end(process: FunctionProcess, timer?: NodeJS.Timeout): void {
    clearTimeout(timer)
    process.kill()
    this.#all.delete(process)
    this.#leases.get(process)?.release()
    this.#leases.delete(process)
  }

  async #start(version: FunctionVersion): Promise<FunctionProcess> {
    const { settings } = version
    const lease = await this.#packages.lease(version.zip).catch(() => {
      throw new AwsFault('InvalidZipFileException', 'Lambda could not unzip the deployment package.', 502)
    })
    try {
      this.#makeRoom()
      if (this.#isClosed) throw new Error('the sandbox is closed')
    } catch (error) {
      lease.release()
      throw error
    }
    const { directory } = lease
    const day = new Date(this.#world.now()).toISOString().slice(0, 10).replaceAll('-', '/')
    const stream = `${day}/[${version.version}]${randomBytes(16).toString('hex')}`
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
    this.#leases.set(started, lease)
    return started
  }
}

function contextOf(version: FunctionVersion, logStream: string): Record<string, string> {
  return {
    functionName: version.name,
    functionVersion: version.version,
    invokedFunctionArn: version.invokedArn,
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
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memory),
    AWS_LAMBDA_LOG_GROUP_NAME: settings.logging.LogGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: stream,
    AWS_LAMBDA_LOG_FORMAT: settings.logging.LogFormat,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    _HANDLER: settings.handler,
    LAMBDA_TASK_ROOT: directory,
  }
}
