// The queue of messages that may have to be followed by an SMS.
import { type LateWish, lateWishText } from '../../src/core/reports/late-sms.ts'
import type { Aws } from './aws-call.ts'
import type { Deadline } from './clock.ts'

export interface Queue {
  /** Opens the connection: the first message must not take longer than one that is pretended. Never throws. */
  warm(deadline: Deadline): Promise<void>
  /** Lets somebody look after so many milliseconds, rounded up to seconds; at most 15 minutes. Throws AwsError. */
  put(wish: LateWish, afterMs: number, deadline: Deadline): Promise<void>
}

/** `url` is the queue's address, which SQS gave it. */
export function createQueue(aws: Aws, url: string): Queue {
  const send = (MessageBody: string, DelaySeconds: number, deadline: Deadline) =>
    aws.json('sqs', 'SendMessage', { QueueUrl: url, MessageBody, DelaySeconds }, deadline)
  return {
    async warm(deadline) {
      // SQS refuses a message of nothing.
      await send('', 0, deadline).catch(() => undefined)
    },
    async put(wish, afterMs, deadline) {
      await send(lateWishText(wish), Math.ceil(afterMs / 1000), deadline)
    },
  }
}
