// The table's items of accepted messages: written by who sends, added to by who takes reports.

import {
  claimInput,
  getMessageInput,
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

/** By the hashes of the provider's ids. */
export interface Messages {
  /** Throws StoreError. */
  remember(hash: string, message: SentMessage, deadline: Deadline): Promise<void>
  /** Undefined for one that is not ours, or is forgotten. Throws StoreError. */
  find(hash: string, deadline: Deadline): Promise<KnownMessage | undefined>
  /** Whether the SMS in place of the message is this claim's to send, and nobody else's. Throws StoreError. */
  claim(hash: string, claim: string, deadline: Deadline): Promise<boolean>
  /** Notes what was reported and gives the message as it was before; undefined for one that is not ours. Throws StoreError. */
  report(
    hash: string,
    statuses: readonly ReportStatus[],
    deadline: Deadline,
  ): Promise<KnownMessage | undefined>
}

const isRefused = (error: unknown) =>
  error instanceof AwsError && error.code === 'ConditionalCheckFailedException'

export function createMessages(aws: Aws, table: string): Messages {
  return {
    async remember(hash, message, deadline) {
      try {
        await aws.json('dynamodb', 'PutItem', putMessageInput(table, hash, message), deadline)
      } catch (error) {
        // Written by an attempt whose answer was lost.
        if (!isRefused(error)) failStore(error)
      }
    },

    async find(hash, deadline) {
      const input = getMessageInput(table, hash)
      const { Item } = await aws.json('dynamodb', 'GetItem', input, deadline).catch(failStore)
      return Item ? messageOf(Item as NonNullable<ReadItem>) : undefined
    },

    async claim(hash, claim, deadline) {
      try {
        await aws.json('dynamodb', 'UpdateItem', claimInput(table, hash, claim), deadline)
        return true
      } catch (error) {
        return isRefused(error) ? false : failStore(error)
      }
    },

    async report(hash, statuses, deadline) {
      try {
        const input = reportInput(table, hash, statuses)
        const { Attributes } = await aws.json('dynamodb', 'UpdateItem', input, deadline)
        return messageOf(Attributes as NonNullable<ReadItem>)
      } catch (error) {
        return isRefused(error) ? undefined : failStore(error)
      }
    },
  }
}
