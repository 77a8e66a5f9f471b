// The numbers that the rules of one phone number go by.

/** The rules that hold for one number, in milliseconds and counts. */
export interface Limits {
  codeLength: number
  /**
   * Nothing about a number may show to strangers: their codes do not grow with its failures, but are longer from the
   * start.
   */
  quiet: boolean
  codeLifeMs: number
  attemptsPerCode: number
  cooldownMs: number
  sendsPerHour: number
  sendsPerDay: number
  checksPerHour: number
  checksPerDay: number
  smsPerDay: number
  /** Wrong answers in the window after which the number is locked; 0 never locks it. */
  lockAfter: number
}
