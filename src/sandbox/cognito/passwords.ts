// The passwords of users: what a pool's policy allows.
import type { PasswordPolicyType } from '@aws-sdk/client-cognito-identity-provider'
import { AwsFault } from '../account/aws-fault.ts'

/** Refuses a password that the pool's policy does not allow. */
export function checkPassword(policy: PasswordPolicyType | undefined, password: string): void {
  const { MinimumLength = 8, ...must } = policy ?? {}
  const refuse = (why: string) => {
    const message = `Password did not conform with policy: ${why}`
    return new AwsFault('InvalidPasswordException', message)
  }
  if (password.length < MinimumLength) throw refuse('Password not long enough')
  if (password.length > 256) throw refuse('Password must not be longer than 256 characters')
  if (must.RequireUppercase && !/[A-Z]/.test(password))
    throw refuse('Password must have uppercase characters')
  if (must.RequireLowercase && !/[a-z]/.test(password))
    throw refuse('Password must have lowercase characters')
  if (must.RequireNumbers && !/\d/.test(password)) throw refuse('Password must have numeric characters')
  if (must.RequireSymbols && !/[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/.test(password)) {
    throw refuse('Password must have symbol characters')
  }
}
