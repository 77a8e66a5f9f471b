// What a service is to the dispatcher, whatever its protocol; json.ts, query.ts and rest.ts add what theirs needs.

import type { AwsFault } from '../account/aws-fault.ts'
import type { Caller } from '../account/call-record.ts'
import type { SignatureRefusal } from '../account/callers.ts'
import type { Context } from '../account/condition.ts'
import type { InventoryItem } from '../account/world.ts'
import type { Input } from './fields.ts'
import type { Encoded, Request, WebHandler } from './request.ts'

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
  authorize(action: string, resource: string, context?: Context): void
}

/** One operation of a service: the decoded input in, the output to encode out; errors are AwsFaults. */
export interface Operation {
  (input: Input, call: Call): Promise<object> | object
  unsigned?: true
}

/** Marks an operation that AWS offers without a signature (SignUp, InitiateAuth, …): no policy is asked. */
export const unsigned = (operation: Operation): Operation =>
  Object.assign(operation, { unsigned: true as const })

export interface Service {
  /** IAM's prefix of the service, as in `cognito-idp`. */
  name: string
  /** What a signature calls it, where that is not IAM's prefix. */
  signedAs?: string
  protocol: 'json' | 'query' | 'rest'
  operations: Record<string, Operation>
  /** Its own error for too many calls; `ThrottlingException` with 400 when left out. */
  throttling?: { code: string; status: number }
  /** The most that the body of a signed call may have, in bytes; 2 MiB when left out. */
  mostBytes?: number
  /** Its errors by the names of the Query protocol, where they are others: for a service of several protocols. */
  queryCodes?: Readonly<Record<string, string>>
  inventory?(): InventoryItem[]
  /** Frees what the service holds: processes, directories, timers. */
  close?(): Promise<void>
  /** Plain HTTP paths that belong to the service, as a pool's JWKS. */
  web?: WebHandler
}

/** What a signature has to name. */
export const signingName = ({ name, signedAs = name }: Pick<Service, 'name' | 'signedAs'>) => signedAs

/** A request that a protocol recognised as a call, with the way its answer is written. */
export interface AwsCall {
  service: Service
  operation: string
  /** Decoded when the call is performed, so that a body that cannot be read is answered in form. */
  input(): Input
  encode(output: object): Encoded
  encodeFault(fault: AwsFault): Encoded
  refusals: SignatureFaults
}

/** How a protocol names what is wrong with a signature. */
export interface SignatureFaults {
  missing(): AwsFault
  refused(refusal: SignatureRefusal): AwsFault
}

/** Undefined when the request is not of this protocol. `signedFor` is the service that the signature names. */
export type Protocol = (
  request: Request,
  signedFor: string | undefined,
  requestId: string,
) => AwsCall | undefined
