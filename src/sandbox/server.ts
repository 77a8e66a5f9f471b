// The sandbox: one HTTP server on this machine that is one AWS account in one region, and SendZen.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CallRecord } from './account/call-record.ts'
import { chanceOf } from './account/chance.ts'
import { Faults } from './account/faults.ts'
import { restoreAll, type SavedAccount, saveAll } from './account/keep.ts'
import type { PolicyDocument } from './account/policy.ts'
import type { AroundInvoke, Provided } from './account/provided.ts'
import { removeOfTheDead } from './account/remains.ts'
import { assumed } from './account/unsettled.ts'
import { type Delays, type InventoryItem, noDelays, type World } from './account/world.ts'
import type { PoolsInside } from './cognito/model/inside.ts'
import { handleAdmin } from './door/admin-door.ts'
import { applyCors, isLocalHost } from './door/browser-rules.ts'
import type { Flows } from './door/flow.ts'
import { createFlows } from './door/flow-recorder.ts'
import { createWeb } from './door/web.ts'
import { createWorkshop } from './door/workshop.ts'
import type { LambdaInside } from './lambda/inside.ts'
import type { SandboxOptions } from './options.ts'
import { Dispatcher } from './protocol/dispatch.ts'
import { readRequest, refuseLarge, TooLarge } from './protocol/request.ts'
import type { SendZenControl } from './sendzen/control.ts'
import type { Inbox } from './sendzen/inbox.ts'
import { createServices } from './services.ts'
import type { TextMessage } from './sns/text-message.ts'

export type { SandboxOptions } from './options.ts'

/** A running sandbox. It is empty at first, and everything in it is gone when it closes, unless it is saved. */
export interface Sandbox {
  /** `http://127.0.0.1:<port>`, which answers for every service and shows the inbox as a page. */
  endpoint: string
  region: string
  account: string
  /** The variables that point any AWS SDK, SendZen client and this tool at the sandbox; a new object each time. */
  env(): Record<string, string>
  /** Takes faults for single calls. */
  faults: Faults
  /** The newest 10,000 AWS calls, oldest first; set its length to 0 to begin anew. */
  calls: CallRecord[]
  /** The newest 10,000 text messages that SNS was asked to send, oldest first. */
  textMessages: TextMessage[]
  /** Every WhatsApp message that SendZen accepted. */
  inbox: Inbox
  /** Decides how SendZen behaves. */
  sendzen: SendZenControl
  /** The newest sign-ins, step by step. */
  flows: Flows
  /** What the page works with: the ids of a stage, by the names of its variables. */
  showStage(ids: Record<string, string>): void
  /** Milliseconds; may be changed at any time, for what begins from then on. */
  delays: Delays
  clock: {
    /** Epoch milliseconds. Functions, tokens, codes and delays go by this time. */
    now(): number
    /** Moves the time forward by milliseconds. Nothing is waited for, and timers in functions do not notice. */
    advance(ms: number): void
  }
  /** As the option `callerPolicy`, from the next call on; undefined makes administrators again. */
  setCallerPolicy(policy: PolicyDocument | undefined): void
  /** What it offers: the names of the operations by service, as IAM names both. */
  operations(): Record<string, string[]>
  /** Every resource that exists. */
  inventory(): InventoryItem[]
  /** How many requests it has answered: what is to be saved has not changed where no more have been. */
  answered(): number
  /**
   * What another may begin with: pools with their users and sign-ins, tables with their items, parameters. Works after
   * `close` too.
   */
  save(): Promise<SavedAccount>
  /** Ends the server and every function's process. */
  close(): Promise<void>
}

/** A sandbox with a way inside, for the project's own tests: not published, and free to change. */
export interface OpenSandbox extends Sandbox {
  inside: Pick<Provided, 'invoke' | 'findRole'> & {
    /** What the services share: a test may replace how it waits. */
    world: World
    /** Puts something between the services and Lambda; what is put last sees an invocation first. */
    aroundInvoke(around: AroundInvoke): void
    functions: LambdaInside
    pools: PoolsInside
    /** What SNS's mails to new subscribers would carry, by their addresses. */
    subscriptionTokens(): ReadonlyMap<string, string>
  }
}

/**
 * Starts a sandbox: AWS (Cognito, Lambda, IAM, DynamoDB, SSM, CloudWatch, CloudWatch Logs, SNS, SQS, STS) and SendZen
 * on one port of this machine. Several may run at once. Rejects with Node's own error when it cannot listen there,
 * as `EADDRINUSE`, and with NotRestorable for a `saved` of another form.
 */
export function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return startOpenSandbox(options)
}

/** The same, with its inside. */
export async function startOpenSandbox(options: SandboxOptions = {}): Promise<OpenSandbox> {
  removeOfTheDead()
  let offset = 0
  let answered = 0
  const now = options.now ?? (() => Date.now())
  const world: World = {
    account: options.account ?? '123456789012',
    region: options.region ?? 'us-east-1',
    partition: 'aws',
    chance: chanceOf({ ids: options.seed, secrets: options.secrets?.seed }),
    tokenKey: options.secrets?.tokenKey,
    endpoint: '',
    delays: { ...noDelays, ...options.delays },
    unsettled: { ...assumed, ...options.world },
    pageSize: options.pageSize ?? 5,
    smsSandbox: options.smsSandbox ?? false,
    now: () => now() + offset,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }
  const flows = createFlows(world)
  const services = createServices(world, options.callerPolicy, options.credentials, flows)
  const { all, callers, provided, aroundInvoke, inventory, textMessages } = services
  const { functions, functionUrls, kept, subscriptionTokens } = services
  if (options.saved !== undefined) offset = await restoreAll(kept, options.saved)
  const faults = new Faults()
  const dispatcher = new Dispatcher(world, all, callers, faults, flows.aroundCall)
  aroundInvoke(flows.aroundInvoke)
  const web = createWeb(world, { ...options.sendzen, told: flows.attempted })
  web.inbox.listen(flows.inboxChanged)
  const workshop = createWorkshop({ world, services: all, web, faults, flows, textMessages })
  const webs = [web.handle, ...all.map((service) => service.web).filter((handle) => handle !== undefined)]
  const advance = (ms: number) => {
    offset += ms
  }
  const door = {
    now: world.now,
    advance,
    addFaults: (added: Parameters<Faults['add']>) => faults.add(...added),
    clearFaults: () => faults.clear(),
    setWebhook: web.sendzen.setWebhook,
    calls: () => dispatcher.calls,
    inventory,
    textMessages: () => textMessages,
  }

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(message, (headers) => dispatcher.mostBytes(headers))
    if (!isLocalHost(request)) {
      response.writeHead(403).end('The sandbox answers to the names of this machine only.')
      return
    }
    if (applyCors(request, response, (target) => dispatcher.isUnsigned(target))) return
    if (await workshop.handle(request, response)) return
    if (handleAdmin(door, request, response)) return
    if (functionUrls.owns(request.url.pathname)) {
      const {
        statusCode = 200,
        headers = {},
        body = '',
        isBase64Encoded,
      } = await functionUrls.handle(request)
      response.writeHead(statusCode, headers).end(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'))
      return
    }
    if (await dispatcher.handle(request, response)) return
    const body = request.body.toString()
    for (const handle of webs) if (await handle(message, response, body)) return
    response.writeHead(404, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({ message: `Nothing answers ${request.method} ${request.url.pathname} here.` }),
    )
  }

  const requestTimeout = options.requestTimeoutMs ?? 30_000
  const limits = {
    requestTimeout,
    headersTimeout: requestTimeout,
    connectionsCheckingInterval: requestTimeout / 3,
  }
  const server = createServer(limits, (message, response) => {
    const done = answer(message, response).finally(() => answered++)
    done.catch((error) => {
      if (!(error instanceof TooLarge)) return response.destroy()
      refuseLarge(message.headers, response)
      // What still comes is thrown away for a moment, since who sends reads no answer before the end.
      message.resume()
      setTimeout(() => message.destroy(), 1_000).unref()
    })
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
    account: world.account,
    env: () => ({
      AWS_ENDPOINT_URL: world.endpoint,
      AWS_REGION: world.region,
      // The AWS CLI's first version and boto3 read only this one.
      AWS_DEFAULT_REGION: world.region,
      AWS_ACCESS_KEY_ID: callers.keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: callers.keys.secretAccessKey,
      ...web.env(),
      ALLOWED_COUNTRIES: 'US',
    }),
    faults,
    calls: dispatcher.calls,
    textMessages,
    inbox: web.inbox,
    sendzen: web.sendzen,
    flows,
    showStage: web.showStage,
    delays: world.delays,
    clock: { now: world.now, advance },
    setCallerPolicy: (policy) => {
      callers.policy = policy
    },
    inside: {
      world,
      invoke: provided.invoke,
      findRole: provided.findRole,
      aroundInvoke,
      functions,
      pools: services.pools,
      subscriptionTokens,
    },
    operations: () => Object.fromEntries(all.map((one) => [one.name, Object.keys(one.operations)])),
    inventory,
    answered: () => answered,
    save: () => saveAll(kept, offset),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      web.close()
      workshop.close()
      server.closeAllConnections()
      await Promise.all(all.map((service) => service.close?.()))
      await closed
    },
  }
}
