// What a stage has done in a day, as the programmatic API counts it.

/** Counted from the functions' logs of the last 24 hours. */
export interface LastDay {
  sent: number
  /** Messages that were cut off and may have arrived. */
  unknown: number
  failed: number
  /** Messages that a limit held back. */
  suppressed: number
  verified: number
  /** Answers that were not accepted. */
  rejected: number
  /** Numbers that were locked for too many wrong answers. */
  locked: number
  /** Times that a known device lifted what strangers had used up. */
  unlocked: number
  /** Accounts that had taken a number without proof, and lost it to whoever proved it. */
  putBack: number
  signUpsRefused: number
  /** Of the provider's delivery reports: messages that WhatsApp has taken, that are on the phone, read, or failed. */
  reportedSent: number
  delivered: number
  read: number
  undelivered: number
  /** SMS in place of messages that did not arrive. */
  followed: number
  /** Requests to the address of the reports that were none; each container tells one a minute at most. */
  reportsRefused: number
  /** Milliseconds until a message is on the phone, for half and for 95 % of them; undefined without a report. */
  deliveryMs: { p50: number; p95: number } | undefined
  errors: number
  /** Most frequent first. */
  reasons: {
    event: string
    reason: string
    count: number
    /** Of a send that got an answer. */
    httpStatus?: number
    channel?: 'sms'
  }[]
  /** True when the counts are at least what they say. */
  partial: boolean
}
