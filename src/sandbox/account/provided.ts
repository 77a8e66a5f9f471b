// What services provide to one another. They never import each other: the list of services ties them together.

import type { Context } from './condition.ts'
import type { Judgement } from './policy.ts'

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
  allows(action: string, resource: string, context?: Context): boolean
  /** The same, with what refused it. */
  judge(action: string, resource: string, context?: Context): Judgement
}

/** A message as it is received. */
export interface QueueMessage {
  messageId: string
  receiptHandle: string
  body: string
  md5OfBody: string
  /** What SQS itself says of it, as `ApproximateReceiveCount`. */
  attributes: Record<string, string>
}

/** A queue as other services see it. */
export interface Queue {
  arn: string
  /** Seconds for which a message that was received is seen by nobody else. */
  visibilityTimeout: number
  /** Hands out up to so many messages that are due, and hides them for the visibility timeout. */
  receive(most: number): QueueMessage[]
  /** Deletes the message that was received with this handle, and has not been received again since. */
  delete(receiptHandle: string): void
  /** How many messages can be received, are delayed, and have been received without being deleted. */
  counts(): { visible: number; delayed: number; inFlight: number }
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

export interface InvokeRequest {
  functionArn: string
  /** The service that invokes, as `cognito-idp.amazonaws.com`. */
  principal: string
  /** What it invokes for; both are held against the function's resource policy. */
  sourceArn: string
  sourceAccount: string
  payload: unknown
  /** Real milliseconds that the caller waits. */
  timeoutMs: number
}

/** How a trigger's invocation ended, as Lambda's synchronous invoke would tell Cognito. */
export type InvokeResult =
  | { kind: 'answer'; payload: unknown }
  /** The handler threw: the first is its message. */
  | { kind: 'function-error'; message: string; type: string }
  /** The caller stopped waiting (`timeoutMs`) or the function ran into its own timeout. */
  | { kind: 'timeout' }
  /** Lambda refused: no such function, not permitted by its resource policy, Pending, role not usable. */
  | { kind: 'refused'; code: string; message: string }

/** Each member has one provider. A service names in its own type what it provides, and takes what it needs. */
export interface Provided {
  /** Invokes a function the way another AWS service does. */
  invoke(request: InvokeRequest): Promise<InvokeResult>
  /** Whether there is a function of exactly that ARN, whatever its state. */
  functionExists(arn: string): boolean
  findRole(arn: string): Role | undefined
  /** The queue as it is now: what it says of itself does not change afterwards. */
  findQueue(arn: string): Queue | undefined
  /** Hands out credentials that are checked against the role's policies at each call. */
  openSession(role: Role, sessionName: string): SessionCredentials
  /** Writes to CloudWatch Logs with the rights of a role; without them the lines are lost. */
  writeLog(role: Role, group: string, stream: string, lines: LogLine[]): void
}

/** Sees an invocation on its way to Lambda; `next` goes on with it, and may be left out or called again. */
export type AroundInvoke = (request: InvokeRequest, next: Provided['invoke']) => Promise<InvokeResult>
