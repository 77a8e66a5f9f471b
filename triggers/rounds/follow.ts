// Remembers a message that was accepted, so that what is reported of it later finds whose it is.
import type { SentMessage } from '../../src/core/reports/table-messages.ts'
import type { Clock, Deadline } from '../outside/clock.ts'
import type { Log } from '../outside/log.ts'
import type { Messages } from '../outside/messages.ts'
import { StoreError } from '../outside/store.ts'
import type { Delivery } from './delivery.ts'

/** Never throws: without it, nobody learns what becomes of the message, and nothing else is lost. */
export type Follow = (
  delivery: Delivery,
  message: Omit<SentMessage, 'at'>,
  deadline: Deadline,
  log: Log,
) => Promise<void>

/** Without `messages` no reports are taken, and nothing is remembered for them. */
export function createFollow(clock: Clock, messages: Pick<Messages, 'remember'> | undefined): Follow {
  return async ({ messageId, channel }, { ledger, cid, n }, deadline, log) => {
    if (!messages || !messageId || channel !== 'whatsapp') return
    try {
      await messages.remember(messageId, { ledger, cid, n, at: clock.now() }, deadline)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      log('otp_store_error', { cid, reason: error.code })
    }
  }
}
