// A text message that SNS was asked to send.

export interface TextMessage {
  /** What SNS answered as MessageId. */
  id: string
  /** E.164 with its plus. */
  to: string
  message: string
  /** The message attributes, name to string value, as `AWS.SNS.SMS.SMSType`. */
  attributes: Record<string, string>
  /** Epoch milliseconds by the sandbox's clock. */
  at: number
}
