// What tests may see and do of pools from inside.

export interface PoolsInside {
  /** The code that ConfirmSignUp or ConfirmForgotPassword expects: nothing in the sandbox delivers it. */
  confirmationCode(poolId: string, username: string): string | undefined
  /** Gives a pool tags that only AWS itself gives, as CloudFormation does. */
  tagAsAws(poolId: string, tags: Record<string, string>): void
}
