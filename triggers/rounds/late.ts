// Brings the same code by SMS where its message has failed, or is not there in time: at most once for each message.
import { unsealCode } from '../../src/core/keys.ts'
import { reserveLate } from '../../src/core/ledger/late.ts'
import type { Limits } from '../../src/core/ledger/limits.ts'
import type { SendResult } from '../../src/core/messaging/provider.ts'
import type { SmsMessage } from '../../src/core/messaging/sms.ts'
import { openRecipient, parseLateWish } from '../../src/core/reports/late-sms.ts'
import { numberIdOf } from '../../src/core/table-items.ts'
import type { Clock, Deadline } from '../outside/clock.ts'
import type { Log } from '../outside/log.ts'
import type { Messages } from '../outside/messages.ts'
import type { SecretsSource } from '../outside/secrets.ts'
import type { SmsCounter } from '../outside/sms-counter.ts'
import type { Store } from '../outside/store.ts'

export interface LateOptions {
  clock: Clock
  limits: Pick<Limits, 'smsPerDay'>
  secrets: Pick<SecretsSource, 'get' | 'isPaused' | 'keysFor'>
  messages: Pick<Messages, 'find' | 'claim'>
  store: Pick<Store, 'update'>
  counter: SmsCounter
  sms(message: SmsMessage, deadline: Deadline): Promise<SendResult>
  newId(): string
}

/** Before the only other attempt, where SNS has certainly sent nothing. */
const pauseMs = 500

/**
 * Carries out what a message of the queue asks for. Throws where that cannot be done now but may be later; up to the
 * claim everything can be done again, and after it nothing is, so that nobody gets two.
 */
export function sendLate(options: LateOptions) {
  const { clock, limits, messages, store, counter } = options

  async function send(message: SmsMessage, deadline: Deadline): Promise<SendResult> {
    const first = await options.sms(message, deadline)
    if (first.outcome !== 'failed' || deadline.left() < pauseMs + 1000) return first
    await clock.sleep(pauseMs)
    return options.sms(message, deadline)
  }

  return async function late(body: string, deadline: Deadline, log: Log): Promise<void> {
    const wish = parseLateWish(body)
    const found = wish && (await messages.find(wish.message, deadline))
    if (!wish || !found?.successor || found.isClaimed || found.seen.has('delivered')) return
    const { ledger, cid, n, successor } = found
    const about = { number: numberIdOf(ledger), cid, n, channel: 'sms' }
    const skip = (reason: string) => log('fallback_skipped', { ...about, reason })
    const secrets = await options.secrets.get(deadline.within(1500))
    if (options.secrets.isPaused()) return skip('paused')
    const { pool, phone, language } = openRecipient(secrets.numberKey, wish.message, successor.recipient)

    const countedAt = clock.now()
    if (await counter.take(pool, deadline)) return skip('sms')
    const giveBack = () => counter.giveBack(pool, countedAt, deadline)
    const permit = { cid, by: successor.by, device: successor.device }
    const { outcome } = await store.update(
      ledger,
      (before, now) => reserveLate(before, now, limits, permit),
      deadline,
    )
    if (outcome.kind === 'refused') {
      await giveBack()
      return skip(outcome.reason)
    }
    const { kid, user, client, sealed } = outcome.challenge
    const keys = await options.secrets.keysFor(kid, deadline.within(1500))
    if (!keys) {
      await giveBack()
      return log('otp_secrets_error', { ...about, reason: 'unknown_key' })
    }
    const code = unsealCode(keys, { pool, client, user, cid }, sealed)
    if (!(await messages.claim(wish.message, options.newId(), deadline))) return giveBack()

    const since = clock.ticks()
    const result = await send({ to: phone, code, language }, deadline)
    log(result.outcome === 'sent' || result.outcome === 'unknown' ? 'fallback_sent' : 'fallback_failed', {
      ...about,
      language,
      latencyMs: Math.round(clock.ticks() - since),
      reason: wish.reason,
      status: result.outcome,
      providerCode: result.code,
      messageId: result.messageId,
    })
  }
}
