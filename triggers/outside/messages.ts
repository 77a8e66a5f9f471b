// The table's items of accepted messages: written by who sends, added to by who takes reports.

import {
  type KnownMessage,
  messageOf,
  putMessageInput,
  type ReportStatus,
  reportInput,
  type SentMessage,
} from '../../src/core/reports/table-messages.ts'
import type { ReadItem } from '../../src/core/table-items.ts'
import { type Aws, AwsError } from './aws-call.ts'
import type { Deadline } from './clock.ts'
import { failStore } from './store.ts'

export interface Messages {
  /** Throws StoreError. */
  remember(messageId: string, message: SentMessage, deadline: Deadline): Promise<void>
  /** Notes what was reported and gives the message as it was before; undefined for one that is not ours. Throws StoreError. */
  report(
    messageId: string,
    statuses: readonly ReportStatus[],
    deadline: Deadline,
  ): Promise<KnownMessage | undefined>
}

const isRefused = (error: unknown) =>
  error instanceof AwsError && error.code === 'ConditionalCheckFailedException'

export function createMessages(aws: Aws, table: string): Messages {
  return {
    async remember(messageId, message, deadline) {
      try {
        await aws.json('dynamodb', 'PutItem', putMessageInput(table, messageId, message), deadline)
      } catch (error) {
        // Written by an attempt whose answer was lost.
        if (!isRefused(error)) failStore(error)
      }
    },

    async report(messageId, statuses, deadline) {
      try {
        const input = reportInput(table, messageId, statuses)
        const { Attributes } = await aws.json('dynamodb', 'UpdateItem', input, deadline)
        return messageOf(Attributes as NonNullable<ReadItem>)
      } catch (error) {
        return isRefused(error) ? undefined : failStore(error)
      }
    },
  }
}
