// What can go wrong between an app and Cognito, by what the app can do about it.

export type OtpErrorCode =
  /** No answer came: offline, or cut off. The same call may be made again. */
  | 'network'
  /** Cognito, or a function behind it, did not do its work. The same call may be made again. */
  | 'unavailable'
  /** Cognito takes no more calls for now, or a firewall has stopped this one. */
  | 'too_many_requests'
  /** The number was typed in a form that can be none. */
  | 'invalid_phone'
  /** There is no code of the length that is asked for in what was typed. */
  | 'invalid_code'
  /** The sign-in took too long, or was used up: it begins anew. */
  | 'session_expired'
  /** The sign-up was refused. Nobody is told why. */
  | 'sign_up_refused'
  /** Nobody is signed in, or no longer. */
  | 'not_signed_in'
  /** The client id, the region or the setting of the app client is wrong: nothing that a user can mend. */
  | 'misconfigured'

export class OtpError extends Error {
  override name = 'OtpError'
  declare readonly code: OtpErrorCode
  /** Cognito's own name for it, as `NotAuthorizedException`; absent where it does not come from there. */
  declare readonly cognito: string | undefined
  constructor(code: OtpErrorCode, cognito?: string, cause?: unknown) {
    super(cognito ? `${code} (${cognito})` : code, { cause })
    Object.assign(this, { code, cognito })
  }
}
