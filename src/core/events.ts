// What is logged: the events, how loud each is, its metric, and the fields that a line may carry.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/**
 * What the functions log, how loud each event is, and the CloudWatch metric it counts towards. What each says to
 * people stands in event-words.ts.
 */
export const events = {
  otp_sent: { level: 'info', metric: 'otp_sent' },
  /** Cut off after the request was written: it may arrive. */
  otp_unknown: { level: 'warn', metric: 'otp_unknown' },
  otp_failed: { level: 'error', metric: 'otp_failed' },
  /** A limit held a message back; `reason` says which. */
  otp_suppressed: { level: 'warn', metric: 'otp_suppressed' },
  /** Cognito invoked again for a message that was already permitted. */
  otp_adopted: { level: 'info', metric: 'otp_adopted' },
  /** Nothing was sent because there is nobody to send to. */
  otp_decoy: { level: 'info', metric: undefined },
  otp_verified: { level: 'info', metric: 'otp_verified' },
  otp_rejected: { level: 'info', metric: 'otp_rejected' },
  otp_locked: { level: 'error', metric: 'otp_locked' },
  otp_dormant_signin: { level: 'warn', metric: undefined },
  otp_store_error: { level: 'error', metric: 'otp_store_error' },
  otp_secrets_error: { level: 'error', metric: 'otp_store_error' },
  /** A defect of this code, whatever it was. */
  otp_internal_error: { level: 'error', metric: 'otp_store_error' },
  number_verified: { level: 'info', metric: undefined },
  number_not_marked: { level: 'error', metric: undefined },
  /** The fixed code of a test number stands; nothing was sent. */
  otp_test_number: { level: 'info', metric: undefined },
  /** A known device has lifted what strangers had used up. */
  otp_unlocked: { level: 'warn', metric: undefined },
  number_changed: { level: 'warn', metric: undefined },
  /** The new number that was proven is another account's. */
  number_taken: { level: 'warn', metric: undefined },
  /** An account that had taken a number without proof has its own again. */
  number_put_back: { level: 'warn', metric: undefined },
  /** Its own was gone as well: it has a number that nobody can have. */
  account_disabled: { level: 'error', metric: undefined },
  signup_accepted: { level: 'info', metric: undefined },
  signup_refused: { level: 'warn', metric: 'signup_refused' },
  /** In a pool of somebody else's: what another app client asked for could not be passed on. */
  former_failed: { level: 'error', metric: undefined },
  /** What the provider reports of a message afterwards. */
  report_sent: { level: 'info', metric: undefined },
  report_delivered: { level: 'info', metric: 'otp_delivered' },
  report_read: { level: 'info', metric: 'otp_read' },
  report_failed: { level: 'error', metric: 'otp_undelivered' },
  /** An SMS in place of a message that did not arrive; `reason` says how that is known, `status` how it went. */
  fallback_sent: { level: 'info', metric: 'otp_fallback' },
  fallback_failed: { level: 'error', metric: 'fallback_failed' },
  /** There was nothing to send any more, or it may not be sent. */
  fallback_skipped: { level: 'info', metric: undefined },
  /** A request to the public address that is no report; told once a minute at most. */
  report_refused: { level: 'warn', metric: undefined },
} as const satisfies Record<string, { level: LogLevel; metric: string | undefined }>

export type EventName = keyof typeof events

/** What some lines of an event count towards besides, so that an alarm can be about them alone. */
export const narrowerMetrics = {
  /** The provider does not take the key: nothing is sent until somebody acts. */
  provider_refused: {
    of: 'otp_failed',
    when: ({ channel, reason, httpStatus }) =>
      channel !== 'sms' && reason === 'operator' && (httpStatus === 401 || httpStatus === 403),
  },
  /** A cap of the whole stage held a message back. */
  otp_capped: { of: 'otp_suppressed', when: ({ reason }) => reason === 'pool' },
} as const satisfies Record<string, { of: EventName; when(fields: Fields): boolean }>

export function isEventName(name: string): name is EventName {
  return Object.hasOwn(events, name)
}

/** The name of the error with which PreSignUp refuses: Lambda writes it beside the line that says why. */
export const refusedSignUp = 'SignUpRefused'

/** What a line of the functions may carry beside its event; anything else cannot be logged. */
export const allowed = [
  'requestId',
  'trigger',
  'userPoolId',
  'client',
  'cid',
  'n',
  'number',
  'phone',
  'country',
  'channel',
  'language',
  'status',
  'reason',
  'attemptsLeft',
  'sendsToday',
  'latencyMs',
  'httpStatus',
  'providerCode',
  'messageId',
  'coldStart',
  'decoy',
  /** `known`, or `new` where it is remembered from now on. */
  'device',
  /** Of a test number. */
  'test',
] as const

export type Fields = { [name in (typeof allowed)[number]]?: string | number | boolean | undefined }

/** What people do by hand, which the deployer writes beside the functions' lines, and how loud it is. */
export const auditEvents = {
  counters_reset: 'warn',
  devices_forgotten: 'warn',
  number_changed: 'warn',
  /** An account lost a number that it had not proven. */
  number_taken_back: 'warn',
  user_deleted: 'warn',
  test_number_added: 'warn',
  test_number_removed: 'warn',
  /** All messages and sign-ups of the stage were stopped. */
  stage_paused: 'warn',
  stage_resumed: 'warn',
} as const satisfies Record<string, LogLevel>

export type AuditEvent = keyof typeof auditEvents

/** What such a line carries beside its event: who, whose, and what was so until then, or is so from now on. */
export const auditFields = [
  'by',
  'user',
  'number',
  'phone',
  'sendsLastHour',
  'sendsLastDay',
  'checksLastHour',
  'checksLastDay',
  'failures',
  'deviceFailures',
  'devices',
  'toNumber',
  'toPhone',
  'until',
  'since',
  'reason',
] as const

export type AuditFields = { by: string } & { [name in (typeof auditFields)[number]]?: string | number }

/** Every field that some line may carry. */
export type FieldName = keyof Fields | keyof AuditFields
