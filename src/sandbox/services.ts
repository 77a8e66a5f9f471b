// The services of the account, and who provides what to whom: the one place that knows them all.

import { Callers } from './account/callers.ts'
import type { Keep } from './account/keep.ts'
import type { PolicyDocument } from './account/policy.ts'
import type { AroundInvoke, LogLine, Provided } from './account/provided.ts'
import type { KeyPair } from './account/sessions.ts'
import type { InventoryItem, World } from './account/world.ts'
import { createCloudWatch } from './cloudwatch/service.ts'
import { keepOf } from './cognito/kept/keep.ts'
import type { PoolsInside } from './cognito/model/inside.ts'
import { createCognito } from './cognito/service.ts'
import { createDynamoDb } from './dynamodb/service.ts'
import { createIam } from './iam/service.ts'
import type { LambdaInside } from './lambda/inside.ts'
import { createLambda, type Lambda } from './lambda/service.ts'
import { createLogs } from './logs/service.ts'
import type { AwsService } from './protocol/dispatch.ts'
import { createSns } from './sns/service.ts'
import type { TextMessage } from './sns/text-message.ts'
import { createSqs } from './sqs/service.ts'
import { createSsm } from './ssm/service.ts'
import { createSts } from './sts/service.ts'

export interface Services {
  all: readonly AwsService[]
  callers: Callers
  provided: Provided
  /** Puts something between the services and Lambda; what is put last sees an invocation first. */
  aroundInvoke(around: AroundInvoke): void
  /** Everything that SNS was asked to send, oldest first. */
  textMessages: TextMessage[]
  /** What SNS's mails to new subscribers would carry, by their addresses. */
  subscriptionTokens(): ReadonlyMap<string, string>
  inventory(): InventoryItem[]
  /** Those of which something outlives the sandbox, by name. Code, roles and logs do not. */
  kept: Record<string, Keep>
  /** What tests may see and do of pools that nobody may on AWS. */
  pools: PoolsInside
  /** What tests may do to functions, and see of them. */
  functions: LambdaInside
  /** The addresses of functions. */
  functionUrls: Lambda['door']
}

/** Hears of every line of a function as it is written, and of every text message. */
export interface Watcher {
  logged(lines: readonly LogLine[]): void
  texted(message: TextMessage): void
}

/**
 * A new service is a folder, whose service.ts says which protocol it speaks, and a line in `all`.
 * `watcher` hears of what nobody can ask for; `callerPolicy` restricts the developer, administrator without it; `keys` are the developer's, or new ones.
 */
export function createServices(
  world: World,
  callerPolicy: PolicyDocument | undefined,
  keys: KeyPair | undefined,
  watcher: Watcher,
): Services {
  let invoke: Provided['invoke'] = (request) => lambda.invoke(request)

  // Looked up when they are used, so no service depends on another being made first. One that is missing
  // or named twice does not compile; one that is used while services are still being made throws.
  const provided: Provided = {
    invoke: (request) => invoke(request),
    functionExists: (arn) => lambda.functionExists(arn),
    findRole: (arn) => iam.findRole(arn),
    findQueue: (arn) => sqs.findQueue(arn),
    openSession: (role, sessionName) => callers.openSession(role, sessionName),
    writeLog: (role, group, stream, lines) => {
      watcher.logged(lines)
      logs.writeLog(role, group, stream, lines)
    },
  }

  const callers = new Callers(world, provided, callerPolicy, keys)
  const iam = createIam(world, callers)
  const logs = createLogs(world)
  const lambda = createLambda(world, provided)
  const sns = createSns(world, watcher.texted)
  const sqs = createSqs(world)
  const ssm = createSsm(world)
  const dynamodb = createDynamoDb(world)
  const cognito = createCognito(world, provided)
  const all: AwsService[] = [
    iam,
    createSts(world),
    sns,
    sqs,
    logs,
    ...createCloudWatch(world),
    ssm,
    dynamodb,
    cognito,
    lambda,
  ]

  return {
    all,
    callers,
    provided,
    aroundInvoke: (around) => {
      const next = invoke
      invoke = (request) => around(request, next)
    },
    textMessages: sns.messages,
    subscriptionTokens: sns.subscriptionTokens,
    kept: {
      ssm: ssm.keep,
      dynamodb: dynamodb.keep,
      cognito: keepOf(cognito.memory.store, cognito.memory.tokens),
    },
    pools: cognito,
    functions: lambda.inside,
    functionUrls: lambda.door,
    inventory: () => all.flatMap((service) => service.inventory?.() ?? []),
  }
}
