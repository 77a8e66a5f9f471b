// PreSignUp: who may become a user. Being one proves nothing yet; only a code does.
import type { PreSignUpTriggerEvent } from 'aws-lambda'

/** The text reaches the app. It names no rule, so that nobody can learn the rules from it. */
export class SignUpRefused extends Error {
  /** For the log. */
  readonly reason: 'source' | 'client' | 'attributes' | 'country'
  constructor(reason: SignUpRefused['reason']) {
    super('This sign-up was not accepted.')
    this.name = 'SignUpRefused'
    this.reason = reason
  }
}

export interface SignUpRules {
  signupClient: string
  isAllowed(phone: string): boolean
}

/**
 * Fills the event's response or throws SignUpRefused. Users are confirmed at once, because sign-in must not
 * depend on how Cognito treats unconfirmed ones; their number stays unverified until the first right code.
 */
export function admitSignUp(event: PreSignUpTriggerEvent, rules: SignUpRules): PreSignUpTriggerEvent {
  const attributes = event.request.userAttributes ?? {}
  const byAdmin = event.triggerSource === 'PreSignUp_AdminCreateUser'
  if (!byAdmin && event.triggerSource !== 'PreSignUp_SignUp') throw new SignUpRefused('source')
  if (!byAdmin && event.callerContext.clientId !== rules.signupClient) throw new SignUpRefused('client')
  // The clients cannot write these; this holds even where somebody has changed that.
  const hasCustom = Object.keys(attributes).some((name) => name.startsWith('custom:'))
  if (!byAdmin && hasCustom) throw new SignUpRefused('attributes')
  const phone = attributes.phone_number ?? (event.userName.startsWith('+') ? event.userName : undefined)
  // Not every sign-up shows its number here. What is let through unseen is judged before anything is sent.
  if (phone !== undefined && !rules.isAllowed(phone)) throw new SignUpRefused('country')
  event.response.autoConfirmUser = true
  event.response.autoVerifyPhone = false
  event.response.autoVerifyEmail = false
  return event
}
