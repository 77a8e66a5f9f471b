// The sandbox: one HTTP server on this machine that is one AWS account in one region, and SendZen.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Callers } from './account/callers.ts'
import { type CallRecord, Faults } from './account/faults.ts'
import type { PolicyDocument } from './account/policy.ts'
import { type Delays, type InventoryItem, noDelays, type Service, type World } from './account/world.ts'
import { createCognito } from './cognito/service.ts'
import { handleAdmin } from './door/admin-door.ts'
import { applyCors, isLocalHost } from './door/browser-rules.ts'
import { createWeb, type MessagingWeb, type WebOptions } from './door/web.ts'
import { createDynamoDb } from './dynamodb/service.ts'
import { createIam } from './iam/service.ts'
import { createSts } from './iam/sts.ts'
import { createLambda } from './lambda/service.ts'
import { createLogs } from './logs/service.ts'
import { Dispatcher, type Services } from './protocol/dispatch.ts'
import { readRequest } from './protocol/request.ts'
import { createSns, type TextMessage } from './services/sns.ts'
import { createSsm } from './services/ssm.ts'

export interface SandboxOptions {
  /** 0, the default, picks a free one. */
  port?: number
  region?: string
  account?: string
  /** What is left out takes no time. */
  delays?: Partial<Delays>
  /** Restricts the developer to this policy; administrator without it. */
  callerPolicy?: PolicyDocument
  pageSize?: number
  sendzen?: WebOptions
}

export interface Sandbox {
  endpoint: string
  region: string
  account: string
  /** The variables that point any AWS SDK, SendZen client and this tool at the sandbox. */
  env(): Record<string, string>
  faults: Faults
  /** Every call since the start, oldest first; set its length to 0 to begin anew. */
  calls: CallRecord[]
  /** Everything SNS was asked to send. */
  textMessages: TextMessage[]
  /** The messages that SendZen was asked to send. */
  inbox: MessagingWeb['inbox']
  /** Decides how SendZen behaves. */
  sendzen: MessagingWeb['sendzen']
  /** What the page shows above the messages, label to value. */
  showStage: MessagingWeb['showStage']
  delays: Delays
  clock: { now(): number; advance(ms: number): void }
  setCallerPolicy(policy: PolicyDocument | undefined): void
  /** What the services share; a test calls a function as another service does through it. */
  world: World
  /** What it offers: the names of the operations by service, as IAM names both. */
  operations(): Record<string, string[]>
  /** Every resource that exists. */
  inventory(): InventoryItem[]
  close(): Promise<void>
}

const notSet = () => {
  throw new Error('a service of the sandbox was used before all were made')
}

/** The shared part; services fill in what they provide to each other. */
function createWorld(options: SandboxOptions, callers: Callers, offset: () => number): World {
  const world: World = {
    account: options.account ?? '123456789012',
    region: options.region ?? 'us-east-1',
    partition: 'aws',
    endpoint: '',
    delays: { ...noDelays, ...options.delays },
    pageSize: options.pageSize ?? 5,
    now: () => Date.now() + offset(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    invoke: notSet,
    findRole: notSet,
    writeLog: notSet,
    openSession: (role, name) => callers.openSession(role, name, () => world.findRole(role.arn)),
  }
  return world
}

/** Starts a sandbox; it is empty, and everything in it is gone when it closes. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  let offset = 0
  const account = options.account ?? '123456789012'
  const callers = new Callers({ account, partition: 'aws' }, options.callerPolicy)
  const world = createWorld({ ...options, account }, callers, () => offset)
  const faults = new Faults()
  const sns = createSns(world)
  const cognito = createCognito(world)
  const services: Services = {
    query: [createIam(world, callers), createSts(world), sns],
    json: [createLogs(world), createSsm(world), createDynamoDb(world), cognito],
    lambda: createLambda(world),
  }
  const all: Service[] = [...services.query, ...services.json, services.lambda]
  const web = createWeb(world, options.sendzen)
  const webs = [web.handle, ...all.map((service) => service.web).filter((handle) => handle !== undefined)]
  const dispatcher = new Dispatcher(world, services, callers, faults)
  const inventory = () => all.flatMap((service) => service.inventory?.() ?? [])
  const advance = (ms: number) => {
    offset += ms
  }
  const door = {
    now: world.now,
    advance,
    addFaults: (added: Parameters<Faults['add']>) => faults.add(...added),
    clearFaults: () => faults.clear(),
    calls: () => dispatcher.calls,
    inventory,
    textMessages: () => sns.messages,
  }

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(message)
    if (!isLocalHost(request)) {
      response.writeHead(403).end('The sandbox answers to the names of this machine only.')
      return
    }
    if (applyCors(request, response)) return
    if (handleAdmin(door, request, response)) return
    if (await dispatcher.handle(request, response)) return
    const body = request.body.toString()
    for (const handle of webs) if (await handle(message, response, body)) return
    response.writeHead(404, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({ message: `Nothing answers ${request.method} ${request.url.pathname} here.` }),
    )
  }

  const server = createServer((message, response) => {
    answer(message, response).catch(() => response.destroy())
  })
  // Longer than any SDK keeps a connection idle, so that it never sends into one just closed.
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  world.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    endpoint: world.endpoint,
    region: world.region,
    account,
    env: () => ({
      AWS_ENDPOINT_URL: world.endpoint,
      AWS_REGION: world.region,
      // The AWS CLI's first version and boto3 read only this one.
      AWS_DEFAULT_REGION: world.region,
      AWS_ACCESS_KEY_ID: 'AKIASANDBOXDEVELOPER',
      AWS_SECRET_ACCESS_KEY: 'sandbox',
      ...web.env(),
      ALLOWED_COUNTRIES: 'US',
    }),
    faults,
    calls: dispatcher.calls,
    textMessages: sns.messages,
    inbox: web.inbox,
    sendzen: web.sendzen,
    showStage: web.showStage,
    delays: world.delays,
    clock: { now: world.now, advance },
    setCallerPolicy: (policy) => {
      callers.policy = policy
    },
    world,
    operations: () => Object.fromEntries(all.map((one) => [one.name, Object.keys(one.operations)])),
    inventory,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      web.close()
      server.closeAllConnections()
      await Promise.all(all.map((service) => service.close?.()))
      await closed
    },
  }
}
