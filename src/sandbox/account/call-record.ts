// The record of a call: who called what, and how it ended.

/** Who calls: the account's developer, or a function by its role's session. */
export interface Caller {
  accessKeyId: string
  arn: string
  /** STS's UserId: the principal's hidden id, with the session's name for a role. */
  userId: string
  /** Present when the call is made with the credentials of a function's role. */
  roleName?: string
}

export interface CallRecord {
  /** IAM's prefix, as in `cognito-idp`. */
  service: string
  /** Empty when a path is none of the service's. */
  operation: string
  caller: Caller
  /** Epoch milliseconds by the sandbox's clock. */
  at: number
  /** False when AWS's answer was an error, injected ones included. */
  ok: boolean
  /** The error's code when the call failed. */
  code?: string
  /** Where the sandbox itself failed. */
  defect?: string
}
