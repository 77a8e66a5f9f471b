// Remembers a message that was accepted, so that what is reported of it later finds whose it is; and lets somebody look
// after it where an SMS may have to take its place.
import type { Challenge } from '../../src/core/ledger/ledger.ts'
import type { SmsLanguage } from '../../src/core/messaging/sms-texts.ts'
import { lookAfterMs, sealRecipient } from '../../src/core/reports/late-sms.ts'
import { messageHashOf, type SentMessage, type Successor } from '../../src/core/reports/table-messages.ts'
import type { Subject } from '../../src/core/subject.ts'
import { AwsError } from '../outside/aws-call.ts'
import type { Clock, Deadline } from '../outside/clock.ts'
import type { Log } from '../outside/log.ts'
import type { Messages } from '../outside/messages.ts'
import type { Queue } from '../outside/queue.ts'
import type { Secrets } from '../outside/secrets.ts'
import { StoreError } from '../outside/store.ts'
import type { Delivery } from './delivery.ts'

/** What was permitted, and to whom. */
interface Sent {
  pool: string
  subject: Pick<Subject, 'pk' | 'phone'>
  secrets: Pick<Secrets, 'numberKey' | 'findings'>
  challenge: Pick<Challenge, 'cid' | 'by' | 'sends' | 'expiresAt'>
  device: string | undefined
}

/** Never throws: without it, nobody learns what becomes of the message, and nothing else is lost. */
export type Follow = (
  delivery: Delivery,
  sent: Sent,
  language: SmsLanguage,
  deadline: Deadline,
  log: Log,
) => Promise<void>

export interface FollowOptions {
  clock: Clock
  /** Without them no reports are taken, and nothing is remembered for them. */
  messages: Pick<Messages, 'remember'> | undefined
  /** Without it no SMS takes the place of a message that was accepted. */
  queue: Pick<Queue, 'put'> | undefined
}

export function createFollow({ clock, messages, queue }: FollowOptions): Follow {
  function successorOf(hash: string, sent: Sent, language: SmsLanguage): Successor | undefined {
    const { pool, subject, secrets, challenge, device } = sent
    if (!queue || !subject.phone) return undefined
    const recipient = { pool, phone: subject.phone, language }
    return { recipient: sealRecipient(secrets.numberKey, hash, recipient), by: challenge.by, device }
  }

  return async ({ messageId, channel }, sent, language, deadline, log) => {
    if (!messages || !messageId || channel !== 'whatsapp') return
    const { challenge, subject, secrets } = sent
    const { cid, sends, expiresAt } = challenge
    const hash = messageHashOf(messageId)
    const at = clock.now()
    const message: SentMessage = {
      ...{ ledger: subject.pk, cid, n: sends, at },
      successor: successorOf(hash, sent, language),
    }
    const afterMs = lookAfterMs(secrets.findings.templateLifeSeconds, expiresAt - at)
    const looks = queue && afterMs !== undefined
    const done = await Promise.allSettled([
      messages.remember(hash, message, deadline),
      looks && queue.put({ message: hash, reason: 'silence' }, afterMs, deadline),
    ])
    for (const one of done) {
      if (one.status === 'fulfilled') continue
      if (!(one.reason instanceof StoreError || one.reason instanceof AwsError)) throw one.reason
      log('otp_store_error', { cid, reason: one.reason.code })
    }
  }
}
