// What a permit turns into: a real message within the pool's caps, or for a decoy the look of one.

import type { Challenge, Channel, Ledger, SendFailure } from '../../src/core/ledger.ts'
import { recordFailure, reserveSms } from '../../src/core/ledger-sends.ts'
import type { SendResult } from '../../src/core/messaging/provider.ts'
import type { Subject } from '../../src/core/subject.ts'
import type { Clock, Deadline } from '../outside/clock.ts'
import type { Counters } from '../outside/counters.ts'
import type { Log } from '../outside/log.ts'
import type { SendWhatsApp } from '../outside/provider.ts'
import type { Secrets } from '../outside/secrets.ts'
import { type Store, StoreError } from '../outside/store.ts'
import { type Delivery, deliver } from './delivery.ts'
import type { RecentDeliveries } from './recent-deliveries.ts'

/** A round that asks for a message. */
interface Asking {
  pool: string
  /** When it began to ask, by the steady clock. */
  started: number
  /** Nothing of what becomes of it may be told, nor be seen by the time it takes. */
  quiet: boolean
}

/** A permitted message. */
interface Permit extends Asking {
  subject: Subject
  challenge: Challenge
  code: string
  secrets: Secrets
  /** Whose language the message is to have. */
  locale: string | undefined
}

interface Sent {
  channel: Channel
  /** Why nothing came of it. */
  failed?: SendFailure
  /** What stands in the table since that was noted. */
  ledger?: Ledger | undefined
}

export interface Sender {
  /** Brings a permitted message out, or pretends to. */
  send(permit: Permit, deadline: Deadline, log: Log): Promise<Sent>
  /** Takes the time of a message that was not permitted, and makes the calls of one that is pretended. */
  holdBack(asking: Asking, deadline: Deadline, log: Log): Promise<void>
}

export interface SendOptions {
  clock: Clock
  store: Store
  counters: Counters
  recent: RecentDeliveries
  smsAllowed: boolean
  chooseLanguage(locale: string | undefined): string
  countryOf(phone: string): string | undefined
  whatsapp: SendWhatsApp
  /** Which of the secrets is the key of the account that `whatsapp` sends from. */
  apiKeyOf(secrets: Secrets): string
  sms(to: string, code: string, deadline: Deadline): Promise<SendResult>
}

export function createSender(options: SendOptions): Sender {
  const { clock, store, counters, recent } = options

  /** Which cap holds the message back, if any. Only numbers that may be sent to are counted. */
  async function overCap(
    permit: Permit,
    phone: string,
    deadline: Deadline,
  ): Promise<'block' | 'pool' | undefined> {
    const { pool, subject, secrets } = permit
    if (!subject.verified && !(await counters.takeFromBlock(pool, phone, secrets.idKey, deadline)))
      return 'block'
    return (await counters.takeFromPool(pool, subject.verified ? 'proven' : 'unproven', deadline))
      ? undefined
      : 'pool'
  }

  async function sendReal(permit: Permit, phone: string, deadline: Deadline, log: Log): Promise<Sent> {
    const { subject, challenge, code, secrets } = permit
    const sent = { cid: challenge.cid, n: challenge.sends, country: options.countryOf(phone) }
    const cap = await overCap(permit, phone, deadline.within(1500))
    if (cap) {
      log('otp_suppressed', { ...sent, reason: cap, status: 'rate_limited' })
      const ledger = await note(permit, 'rate_limited', deadline, log)
      if (permit.quiet) await rest(permit, recent.draw().tookMs, deadline)
      return { channel: challenge.channel, failed: 'rate_limited', ledger }
    }
    const language = options.chooseLanguage(permit.locale)
    const mayUseSms = () =>
      store
        .update(subject.pk, (ledger, now) => reserveSms(ledger, now, challenge), deadline.within(600))
        .then(({ outcome }) => outcome)
    const delivery = await deliver(
      {
        clock,
        whatsapp: (within) =>
          options.whatsapp({ to: phone, code, language, apiKey: options.apiKeyOf(secrets) }, within),
        sms: (within) => options.sms(phone, code, within),
        mayUseSms: options.smsAllowed ? mayUseSms : undefined,
      },
      challenge.channel,
      deadline,
    )
    report(delivery, { ...sent, language }, log)
    const { channel, blame } = delivery
    const failed = delivery.outcome === 'failed'
    const ledger = failed ? await note(permit, 'delivery_failed', deadline, log) : undefined
    // One number that cannot be reached says nothing about how deliveries go.
    if (blame !== 'recipient') recent.record({ tookMs: clock.ticks() - permit.started, failed })
    return failed ? { channel, failed: 'delivery_failed', ledger } : { channel }
  }

  /** Best effort: when it cannot be written, the cooldown stays whole and nothing else is lost. */
  async function note(
    { subject, challenge }: Permit,
    failed: SendFailure,
    deadline: Deadline,
    log: Log,
  ): Promise<Ledger | undefined> {
    try {
      const rule = (before: Ledger, now: number) => recordFailure(before, now, challenge, failed)
      return (await store.update(subject.pk, rule, deadline)).ledger
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      log('otp_store_error', { reason: error.code })
      return undefined
    }
  }

  function report(delivery: Delivery, sent: Record<string, string | number | undefined>, log: Log) {
    const { outcome, blame, latencyMs, channel, code, httpStatus, messageId } = delivery
    log(outcome === 'sent' ? 'otp_sent' : outcome === 'unknown' ? 'otp_unknown' : 'otp_failed', {
      ...sent,
      channel,
      latencyMs,
      reason: blame,
      httpStatus,
      providerCode: code,
      messageId,
    })
  }

  /** Waits until a message that was asked for then would be done, if it took so long. */
  async function rest({ started }: Asking, tookMs: number, deadline: Deadline): Promise<void> {
    const restMs = Math.max(0, tookMs - (clock.ticks() - started))
    await clock.sleep(Math.min(restMs, Math.max(0, deadline.left() - 250)))
  }

  /** Takes the time and shows the result that a real message would at this moment. */
  async function pretend(permit: Permit, deadline: Deadline, log: Log): Promise<Sent> {
    const { challenge, subject, quiet } = permit
    const room = await counters.poolHasRoom(permit.pool, 'proven', deadline.within(1500))
    const { tookMs, failed } = recent.draw()
    const failure: SendFailure | undefined = !room ? 'rate_limited' : failed ? 'delivery_failed' : undefined
    const { cid, sends: n, channel } = challenge
    log('otp_decoy', { cid, n, reason: subject.decoy, status: failure ?? 'sent' })
    const ledger = failure && (await note(permit, failure, deadline, log))
    if (room || quiet) await rest(permit, tookMs, deadline)
    return failure ? { channel, failed: failure, ledger } : { channel }
  }

  return {
    async send(permit, deadline, log) {
      const { phone } = permit.subject
      try {
        return phone ? await sendReal(permit, phone, deadline, log) : await pretend(permit, deadline, log)
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        log('otp_store_error', { cid: permit.challenge.cid, reason: error.code })
        const { channel } = permit.challenge
        return { channel, failed: 'unavailable', ledger: await note(permit, 'unavailable', deadline, log) }
      }
    },

    async holdBack(asking, deadline, log) {
      try {
        await counters.poolHasRoom(asking.pool, 'proven', deadline.within(1500))
        await rest(asking, recent.draw().tookMs, deadline)
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        log('otp_store_error', { reason: error.code })
      }
    },
  }
}
