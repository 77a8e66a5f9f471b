// Runs of deploy and destroy as the commands make them, against one sandbox, each as a process of its own would.
import { setImmediate } from 'node:timers/promises'
import type { InitializeMiddleware, MetadataBearer, MiddlewareStack } from '@smithy/types'
import type { Aws, Clients } from '../../src/aws/clients.ts'
import type { Clock } from '../../src/clock.ts'
import { refuseBlocked } from '../../src/engine/refusal.ts'
import type { Artifact } from '../../src/engine/resource.ts'
import { type FunctionName, functionNames } from '../../src/names.ts'
import { type OpenSandbox, type SandboxOptions, startOpenSandbox } from '../../src/sandbox/server.ts'
import { type DeployOptions, playDeploy, prepareDeploy } from '../../src/stage/deploy.ts'
import { type DestroyOptions, findLeftovers, playDestroy, prepareDestroy } from '../../src/stage/destroy.ts'
import { type OpenStage, openStage } from '../../src/stage/stage.ts'
import { type Teardown, type TeardownTalk, tearDown } from '../../src/stage/teardown.ts'
import { verifyStack } from '../../src/stage/verify.ts'
import { artifactOf, handler } from '../resources/stage-fixture.ts'
import { reachDirectly } from '../sandbox/direct.ts'
import { type Hurry, hurry } from '../sandbox/hurry.ts'

/** One call as the sandbox saw it; `nth` counts those of its operation within a run. */
export interface Called {
  service: string
  operation: string
  nth: number
}

export const isRead = ({ operation }: Called) => /^(Get|Describe|List)/.test(operation)

export interface RunOptions {
  /** Settings by the names of their variables. */
  env?: Record<string, string>
  stage?: string
  clock?: Clock
  signal?: AbortSignal
  /** What becomes of the stage's clients before they are used. */
  prepare?: (aws: Aws) => void
}

/** One for all: two zips of the same differ by their time. */
const artifact = artifactOf(handler)

export class Runs {
  readonly sandbox: OpenSandbox
  readonly artifacts: Record<FunctionName, Artifact>
  /** Moves the sandbox's time instead of waiting. */
  readonly clock: Clock

  readonly #hurry: Hurry

  private constructor(sandbox: OpenSandbox, artifact: Artifact, haste: Hurry) {
    this.sandbox = sandbox
    this.#hurry = haste
    this.artifacts = Object.fromEntries(functionNames.map((name) => [name, artifact])) as Runs['artifacts']
    this.clock = {
      now: sandbox.clock.now,
      steady: sandbox.clock.now,
      sleep: async (ms) => {
        sandbox.clock.advance(ms)
        await setImmediate()
      },
    }
  }

  static async start(options: SandboxOptions = {}): Promise<Runs> {
    const sandbox = await startOpenSandbox(options)
    await reachDirectly(sandbox.endpoint)
    return new Runs(sandbox, await artifact, await hurry())
  }

  async open({
    env = {},
    stage = 'dev',
    clock = this.clock,
    signal,
    prepare,
  }: RunOptions = {}): Promise<OpenStage> {
    // The same on every sandbox, since it becomes a part of the stage.
    const SENDZEN_API_URL = 'https://api.sendzen.io/v1/messages'
    const all = { ...this.sandbox.env(), SENDZEN_API_URL, ...env }
    const opened = await openStage({
      sources: { flags: {}, env: all, processEnv: all, file: {}, trusted: new Set<string>() },
      target: {
        stage,
        stageIsExplicit: true,
        region: this.sandbox.region,
        profile: undefined,
        account: undefined,
      },
      clock,
      ...(signal ? { signal } : {}),
    })
    prepare?.(opened.aws)
    return opened
  }

  /** The same account without a run's restraint: for what somebody changes by hand. */
  async byHand(options: RunOptions = {}): Promise<OpenStage> {
    const opened = await this.open(options)
    opened.aws.gate.hold({ isFresh: () => true, confirm: async () => {} })
    return opened
  }

  async plan(options: RunOptions & DeployOptions = {}) {
    const { artifacts = this.artifacts, only, adopt } = options
    return prepareDeploy(await this.open(options), { artifacts, only, adopt })
  }

  async deploy(options: RunOptions & DeployOptions = {}) {
    const prepared = await this.plan(options)
    refuseBlocked(prepared.plan, prepared.stage.target.stage)
    return playDeploy(prepared, () => {})
  }

  async verify(options: RunOptions = {}) {
    const { stage, observed } = await this.plan(options)
    return (await verifyStack(stage.aws, observed, { changed: new Set() })).filter((check) => !check.ok)
  }

  /** Gives what is left beyond what was to stay. */
  async destroy(options: RunOptions & DestroyOptions = {}) {
    const { keep, liftProtection = true } = options
    const stage = await this.open(options)
    const prepared = await prepareDestroy(stage, { liftProtection, ...(keep ? { keep } : {}) })
    await playDestroy(prepared, () => {})
    return findLeftovers(prepared)
  }

  /** To its proof, as the command does it. */
  async tearDown(options: RunOptions = {}): Promise<Teardown> {
    const stage = await this.open(options)
    const prepared = await prepareDestroy(stage, { liftProtection: true })
    const talk: TeardownTalk = { run: (_title, work) => work(), emit() {}, warn() {} }
    return tearDown(prepared, { started: stage.aws.clock.now() }, talk)
  }

  /** Every call that a run makes, in the order in which they come. */
  async callsOf(run: () => Promise<unknown>): Promise<Called[]> {
    const before = this.sandbox.calls.length
    await run()
    const seen = new Map<string, number>()
    return this.sandbox.calls.slice(before).map(({ service, operation }) => {
      const nth = (seen.get(`${service}.${operation}`) ?? 0) + 1
      seen.set(`${service}.${operation}`, nth)
      return { service, operation, nth }
    })
  }

  close(): Promise<void> {
    this.#hurry.end()
    return this.sandbox.close()
  }
}

export const clientsOf: Record<string, keyof Clients> = {
  iam: 'iam',
  lambda: 'lambda',
  'cognito-idp': 'cognito',
  ssm: 'ssm',
  logs: 'logs',
  dynamodb: 'dynamodb',
}

/** Does something with each client, by the name of its service: with those that are loaded late, once they are. */
async function onClients(aws: Aws, act: (client: unknown, service: string) => unknown): Promise<void> {
  const late = ['cloudwatch', 'sns', 'sqs'] as const
  for (const service of late) {
    const load = aws[service] as () => Promise<unknown>
    let ready: Promise<unknown> | undefined
    const loaded = async () => {
      const client = await load()
      await act(client, service)
      return client
    }
    Object.assign(aws, {
      [service]: () => {
        ready ??= loaded()
        return ready
      },
    })
  }
  await Promise.all(Object.entries(clientsOf).map(([service, key]) => act(aws[key], service)))
}

/**
 * Lets the run die with that call, which takes effect: neither it nor any other call answers any more. Like a
 * killed process, it leaves those of its calls behind that are on their way. `was` tells whether it has died.
 */
export function dying({ service, operation, nth }: Called) {
  let count = 0
  const state = { was: false }
  const prepare = (aws: Aws) => {
    // Those that are there already are prepared before this returns.
    void onClients(aws, (client, name) => {
      const die: InitializeMiddleware<object, MetadataBearer> = (next, context) => async (args) => {
        const isOfIt = name === service && String(context.commandName) === `${operation}Command`
        const isIt = isOfIt && ++count === nth
        if (state.was) throw new Error('the process died')
        const [outcome] = await Promise.allSettled([next(args)])
        if (isIt) state.was = true
        if (state.was) throw new Error('the process died')
        if (outcome.status === 'rejected') throw outcome.reason
        return outcome.value
      }
      const { middlewareStack } = client as { middlewareStack: { use(plugin: unknown): void } }
      middlewareStack.use({
        applyToStack: (stack: MiddlewareStack<object, MetadataBearer>) =>
          stack.add(die, { step: 'initialize', name: 'die' }),
      })
    })
  }
  return { state, prepare }
}
