// What a permit turns into: a real message within the pool's caps, or for a decoy the look of one.

import type { Challenge, Channel, SendFailure } from '../../src/core/ledger.ts'
import { reserveSms } from '../../src/core/ledger-sends.ts'
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

/** A permitted message. */
interface Permit {
  pool: string
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
}

/** Brings a permitted message out, or pretends to. */
export type Send = (permit: Permit, deadline: Deadline, log: Log) => Promise<Sent>

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

export function createSend(options: SendOptions): Send {
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
    return (await counters.takeFromPool(pool, subject.verified, deadline)) ? undefined : 'pool'
  }

  async function sendReal(permit: Permit, phone: string, deadline: Deadline, log: Log): Promise<Sent> {
    const { subject, challenge, code, secrets } = permit
    const started = clock.ticks()
    const sent = { cid: challenge.cid, n: challenge.sends, country: options.countryOf(phone) }
    const cap = await overCap(permit, phone, deadline.within(1500))
    if (cap) {
      log('otp_suppressed', { ...sent, reason: cap, status: 'rate_limited' })
      return { channel: challenge.channel, failed: 'rate_limited' }
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
    report(delivery, { ...sent, language }, log, clock.ticks() - started)
    const { channel } = delivery
    return delivery.outcome === 'failed' ? { channel, failed: 'delivery_failed' } : { channel }
  }

  function report(
    delivery: Delivery,
    sent: Record<string, string | number | undefined>,
    log: Log,
    tookMs: number,
  ) {
    const { outcome, blame, latencyMs, channel, code, httpStatus, messageId } = delivery
    // One number that cannot be reached says nothing about how deliveries go.
    if (blame !== 'recipient') recent.record({ tookMs, failed: outcome === 'failed' })
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

  /** Takes the time and shows the result that a real message would at this moment. */
  async function pretend(permit: Permit, deadline: Deadline, log: Log): Promise<Sent> {
    const { challenge, subject } = permit
    const started = clock.ticks()
    const room = await counters.poolHasRoom(permit.pool, true, deadline.within(1500))
    const { tookMs, failed } = recent.draw()
    const restMs = Math.max(0, tookMs - (clock.ticks() - started))
    if (room) await clock.sleep(Math.min(restMs, Math.max(0, deadline.left() - 250)))
    const failure: SendFailure | undefined = !room ? 'rate_limited' : failed ? 'delivery_failed' : undefined
    const { cid, sends: n, channel } = challenge
    log('otp_decoy', { cid, n, reason: subject.decoy, status: failure ?? 'sent' })
    return failure ? { channel, failed: failure } : { channel }
  }

  return async (permit, deadline, log) => {
    const { phone } = permit.subject
    try {
      return phone ? await sendReal(permit, phone, deadline, log) : await pretend(permit, deadline, log)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      log('otp_store_error', { cid: permit.challenge.cid, reason: error.code })
      return { channel: permit.challenge.channel, failed: 'unavailable' }
    }
  }
}
