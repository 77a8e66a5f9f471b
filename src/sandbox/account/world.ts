// What the services of the sandbox share: one account in one region, one clock, one set of delays, the
// authorisation of calls, and the way from Cognito to Lambda. Services never import each other.

import type { IncomingMessage, ServerResponse } from 'node:http'

/** How long things take, in milliseconds. All zero unless asked for; `lifelike` is close to AWS. */
export interface Delays {
  /** Every call waits this long before it is looked at. */
  call: number
  /** A new role (and a new inline policy) cannot be used by Lambda before this has passed. */
  roleUsable: number
  /** A new or updated function stays Pending / InProgress for this long. */
  functionPending: number
  /** A new table stays CREATING, a deleted one DELETING, for this long. */
  table: number
  /** A deleted function or pool can still be read for this long. */
  deletion: number
}

export const noDelays: Delays = { call: 0, roleUsable: 0, functionPending: 0, table: 0, deletion: 0 }
export const lifelike: Delays = {
  call: 120,
  roleUsable: 8_000,
  functionPending: 2_000,
  table: 5_000,
  deletion: 1_000,
}

/** An error as AWS answers it: the code is the modelled exception's name. */
export class AwsFault extends Error {
  readonly code: string
  readonly status: number
  /** Further members of the modelled exception, as `Item` of ConditionalCheckFailedException. */
  readonly members: object | undefined
  constructor(code: string, message: string, status = 400, members?: object) {
    super(message)
    this.code = code
    this.status = status
    this.members = members
  }
}

/** Who calls: the account's administrator (any unknown access key), or a function by its role's session. */
export interface Caller {
  accessKeyId: string
  arn: string
  /** STS's UserId: the principal's hidden id, with the session's name for a role. */
  userId: string
  /** Present when the call is made with the credentials of a function's role. */
  roleName?: string
}

/** One operation of a service: the decoded input in, the output to encode out; errors are AwsFaults. */
export type Operation = (input: Record<string, unknown>, call: Call) => Promise<object> | object

export interface Call {
  service: string
  operation: string
  caller: Caller
  headers: Record<string, string>
  /**
   * Checks the caller's policy; throws the AccessDenied fault. Each operation calls it once, first, with the
   * IAM action (`cognito-idp:CreateUserPool`) and the resource ARN (or '*').
   * `context` holds condition keys, as `iam:PassedToService`.
   */
  authorize(action: string, resource: string, context?: Record<string, string>): void
}

/** One thing that exists in the account, for proofs that nothing is left. */
export interface InventoryItem {
  kind: string
  name: string
}

/** What the services of every protocol have in common. */
export interface Service {
  /** IAM's prefix of the service, as in `cognito-idp`. */
  name: string
  operations: Record<string, Operation>
  /** Operations that AWS offers without a signature (SignUp, InitiateAuth, …). */
  unsigned?: Set<string>
  inventory?(): InventoryItem[]
  /** Frees what the service holds: processes, directories, timers. */
  close?(): Promise<void>
  /** Plain HTTP paths that belong to the service, as a pool's JWKS. */
  web?: WebHandler
}

/** A service that speaks AWS JSON 1.0/1.1: the part of `x-amz-target` before the dot. */
export interface JsonService extends Service {
  targetPrefix: string
  jsonVersion: '1.0' | '1.1'
}

/** Answers a request that is no AWS call; false leaves it to the next one. The body is read already. */
export type WebHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
) => Promise<boolean> | boolean

/** How a trigger's invocation ended, as Lambda's synchronous invoke would tell Cognito. */
export type InvokeResult =
  | { kind: 'answer'; payload: unknown }
  /** The handler threw: the first is its message. */
  | { kind: 'function-error'; message: string; type: string }
  /** The caller stopped waiting (`timeoutMs`) or the function ran into its own timeout. */
  | { kind: 'timeout' }
  /** Lambda refused: no such function, not permitted by its resource policy, Pending, role not usable. */
  | { kind: 'refused'; code: string; message: string }

export interface InvokeRequest {
  functionArn: string
  principal: string
  sourceArn: string
  sourceAccount: string
  payload: unknown
  timeoutMs: number
}

/** What is no AWS service: the messaging API, its inbox and the page. Made by `createWeb(world, …)`. */
export interface Web {
  handle: WebHandler
  /** The variables that point a program at it: SENDZEN_*, WHATSAPP_* and the inbox's URL. */
  env(): Record<string, string>
}

/** A role as other services see it. */
export interface Role {
  name: string
  arn: string
  /** The hidden id (`AROA…`); a role made again under the same name has another one. */
  id: string
  /** Milliseconds until Lambda may use it; 0 when it may. */
  usableIn: number
  /** True when its trust policy lets this service assume it. */
  trusts(servicePrincipal: string): boolean
  allows(action: string, resource: string): boolean
}

export interface SessionCredentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
}

export interface LogLine {
  /** Epoch milliseconds by the sandbox's clock. */
  at: number
  message: string
}

export interface World {
  account: string
  region: string
  partition: string
  /** `http://127.0.0.1:<port>`, known once the server listens. */
  endpoint: string
  delays: Delays
  /** The sandbox's own time in epoch milliseconds; tests and `dev` can move it forward. */
  now(): number
  /** Waits in real time, however the sandbox's clock stands. */
  sleep(ms: number): Promise<void>
  /** Invokes a function the way another AWS service does. Set by the Lambda service. */
  invoke(request: InvokeRequest): Promise<InvokeResult>
  /** Finds a role by its ARN. Set by the IAM service. */
  findRole(arn: string): Role | undefined
  /** Hands out credentials that are checked against the role's policies. Set with the callers. */
  openSession(role: Role, sessionName: string): SessionCredentials
  /** Writes to CloudWatch Logs with the rights of a role; without them the lines are lost. Set by Logs. */
  writeLog(role: Role, group: string, stream: string, lines: LogLine[]): void
  /** Page size for lists, deliberately small so that paging is exercised. */
  pageSize: number
}
