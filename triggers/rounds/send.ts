// What a permit turns into: a real message within the stage's caps, or the look of one.

import { recordFailure, recordHeld, reserveSms } from '../../src/core/ledger/deliveries.ts'
import type { Challenge, Channel, Ledger, SendFailure } from '../../src/core/ledger/ledger.ts'
import type { Limits } from '../../src/core/ledger/limits.ts'
import type { Standing } from '../../src/core/limits.ts'
import type { SendResult } from '../../src/core/messaging/provider.ts'
import type { SmsMessage } from '../../src/core/messaging/sms.ts'
import type { Subject } from '../../src/core/subject.ts'
import type { Clock, Deadline } from '../outside/clock.ts'
import type { Counters } from '../outside/counters.ts'
import type { Log } from '../outside/log.ts'
import type { SendWhatsApp } from '../outside/provider.ts'
import type { Secrets } from '../outside/secrets.ts'
import type { Closed } from '../outside/sms-counter.ts'
import { type Beside, type Rule, type Store, StoreError } from '../outside/store.ts'
import { deliver, logDelivery } from './delivery.ts'
import type { Follow } from './follow.ts'
import type { RecentDeliveries } from './recent-deliveries.ts'

/** A round that asks for a message. */
export interface Asking {
  pool: string
  subject: Subject
  secrets: Secrets
}

/** A permitted message. */
export interface Permit extends Asking {
  challenge: Challenge
  code: string
  /** Whose language the message is to have. */
  locale: string | undefined
  /** The device that asks, by its keyed hash. */
  device: string | undefined
  /** What the stage's caps have said. */
  counted: Promise<Closed | undefined> | undefined
  /** When it was permitted, by the steady clock: what comes before takes everybody the same time. */
  permittedAt: number
}

interface Sent {
  channel: Channel
  /** Why nothing came of it. `unreachable`: the provider says that this number cannot get messages. */
  failed?: SendFailure | 'unreachable' | undefined
  /** What stands in the table since that was noted. */
  ledger?: Ledger | undefined
}

export interface Sender {
  /** Counts a message while its permit is written; where there is nobody to send to, makes the same calls. */
  count(asking: Asking, standing: Standing, channel: Channel, deadline: Deadline): Beside<Closed | undefined>
  /** Makes the calls that `count` does, and counts nothing. */
  look(pool: string, deadline: Deadline): Beside<undefined>
  /** Brings a permitted message out, or pretends to. */
  send(permit: Permit, deadline: Deadline, log: Log): Promise<Sent>
  /** Takes the time of a message that was not permitted at `refusedAt`, by the steady clock. */
  holdBack(refusedAt: number, deadline: Deadline): Promise<void>
}

export interface SendOptions {
  clock: Clock
  limits: Limits
  store: Store
  counters: Counters
  recent: RecentDeliveries
  smsAllowed: boolean
  follow: Follow
  /**
   * By the steady clock, when this container can send as one that has run for a while. Everybody waits for it: else
   * a first message would take its time longer than one that is pretended.
   */
  isReadyAt: Promise<number>
  chooseLanguage(locale: string | undefined): string
  countryOf(phone: string): string | undefined
  whatsapp: SendWhatsApp
  /** Which of the secrets is the key of the account that `whatsapp` sends from. */
  apiKeyOf(secrets: Secrets): string
  chooseSmsLanguage(locale: string | undefined): SmsMessage['language']
  sms(message: SmsMessage, deadline: Deadline): Promise<SendResult>
  /** From 0 to 1. */
  random?: () => number
}

const nothing = async () => undefined

/**
 * By up to so much, as chance will have it, every message takes longer, sent or pretended or held back. What one kind
 * of number takes more than another, such as the counting of its block, is a few milliseconds and disappears in it;
 * that cannot be made the same without a further call for everybody.
 */
const blurMs = 60

/** As the rules know it. */
const heldBy = ({ challenge: { cid, by }, device }: Permit) => ({ cid, by, device })

export function createSender(options: SendOptions): Sender {
  const { clock, limits, store, counters, recent, random = Math.random } = options

  async function sendReal(permit: Permit, phone: string, deadline: Deadline, log: Log): Promise<Sent> {
    const { challenge, code, secrets, pool } = permit
    const begunAt = await beginning(permit.permittedAt)
    const sent = { cid: challenge.cid, n: challenge.sends, country: options.countryOf(phone) }
    const closed = await permit.counted
    if (closed) {
      log('otp_suppressed', { ...sent, reason: closed.cap, status: 'rate_limited' })
      const { until } = closed
      const rule: Rule<void> = (before, now) => recordHeld(before, now, heldBy(permit), until)
      const ledger = await note(permit, rule, deadline, log)
      await rest(begunAt, recent.draw().tookMs, deadline)
      return { channel: challenge.channel, failed: 'held', ledger }
    }
    if (challenge.test) {
      log('otp_test_number', { cid: challenge.cid, n: challenge.sends, test: true })
      await rest(begunAt, recent.draw().tookMs, deadline)
      return { channel: challenge.channel }
    }
    const language = options.chooseLanguage(permit.locale)
    const smsLanguage = options.chooseSmsLanguage(permit.locale)
    const delivery = await deliver(
      {
        clock,
        whatsapp: (within) =>
          options.whatsapp({ to: phone, code, language, apiKey: options.apiKeyOf(secrets) }, within),
        sms: (within) => options.sms({ to: phone, code, language: smsLanguage }, within),
        mayUseSms: options.smsAllowed ? () => mayUseSms(permit, deadline.within(600)) : undefined,
      },
      challenge.channel,
      deadline,
    )
    logDelivery(delivery, { ...sent, language: delivery.channel === 'sms' ? smsLanguage : language }, log)
    if (delivery.outcome !== 'failed') {
      // Counted into what sending takes: one that is pretended takes as long.
      await options.follow(delivery, permit, smsLanguage, deadline.within(500), log)
      await remember(pool, begunAt, false, deadline)
      return { channel: delivery.channel }
    }
    // Of this number alone: to note it would take time in which a stranger could see that there was somebody.
    if (delivery.blame === 'recipient') return { channel: delivery.channel, failed: 'unreachable' }
    const ledger = await noteFailure(permit, 'delivery_failed', deadline, log)
    await remember(pool, begunAt, true, deadline)
    return { channel: delivery.channel, failed: 'delivery_failed', ledger }
  }

  /** The cap of the stage first: what the number is charged for is not given back. */
  async function mayUseSms(permit: Permit, deadline: Deadline) {
    if (await counters.takeSms(permit.pool, deadline)) return false
    const rule: Rule<boolean> = (ledger, now) => reserveSms(ledger, now, limits, heldBy(permit))
    return (await store.update(permit.subject.pk, rule, deadline)).outcome
  }

  /** Other containers learn at once when deliveries begin to fail, or to work again. */
  async function remember(pool: string, since: number, failed: boolean, deadline: Deadline): Promise<void> {
    const turned = recent.record({ at: clock.now(), tookMs: clock.ticks() - since, failed })
    const text = turned ? recent.give() : undefined
    if (text !== undefined) await counters.note(pool, text, deadline).catch(nothing)
  }

  /** Best effort: when it cannot be written, the pause stays whole and nothing else is lost. */
  async function note(
    { subject }: Permit,
    rule: Rule<void>,
    deadline: Deadline,
    log: Log,
  ): Promise<Ledger | undefined> {
    try {
      return (await store.update(subject.pk, rule, deadline)).ledger
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      log('otp_store_error', { reason: error.code })
      return undefined
    }
  }

  const noteFailure = (permit: Permit, failed: SendFailure, deadline: Deadline, log: Log) =>
    note(permit, (before, now) => recordFailure(before, now, heldBy(permit), failed), deadline, log)

  const beginning = async (permittedAt: number) => Math.max(permittedAt, await options.isReadyAt)

  /** Waits until a message that was begun at `since` would be done, if it took so long. */
  async function rest(since: number, tookMs: number, deadline: Deadline): Promise<void> {
    await pause(Math.max(0, tookMs - (clock.ticks() - since)), deadline)
  }

  const pause = (ms: number, deadline: Deadline) =>
    clock.sleep(Math.min(ms, Math.max(0, deadline.left() - 250)))

  const blur = (deadline: Deadline) => pause(random() * blurMs, deadline)

  /** Takes the time and shows the result that a real message would at this moment. */
  async function pretend(permit: Permit, deadline: Deadline, log: Log): Promise<Sent> {
    const { challenge, subject } = permit
    const begunAt = await beginning(permit.permittedAt)
    await permit.counted
    const { tookMs, failed } = recent.draw()
    const failure: SendFailure | undefined = failed ? 'delivery_failed' : undefined
    const { cid, sends: n, channel } = challenge
    log('otp_decoy', { cid, n, reason: subject.decoy, status: failure ?? 'sent' })
    const ledger = failure && (await noteFailure(permit, failure, deadline, log))
    await rest(begunAt, tookMs, deadline)
    return { channel, failed: failure, ledger }
  }

  return {
    count({ pool, subject, secrets }, standing, channel, deadline) {
      const { phone } = subject
      if (!phone) return this.look(pool, deadline)
      const message = { pool, phone, standing, idKey: secrets.idKey }
      const then = clock.now()
      const take = async () => {
        const closed = await counters.take(message, recent, deadline)
        if (closed || channel !== 'sms') return closed
        const noSms = await counters.takeSms(pool, deadline)
        if (noSms) await counters.giveBack(message, then, deadline)
        return noSms
      }
      const done = take()
      const undo = async () => {
        const closed = await done.catch(() => ({ cap: 'pool' }))
        if (!closed) await counters.giveBack(message, then, deadline)
      }
      return { done, undo }
    },

    look: (pool, deadline) => ({
      done: counters.look(pool, recent, deadline).then(nothing),
      undo: nothing,
    }),

    async send(permit, deadline, log) {
      const { phone } = permit.subject
      try {
        return phone ? await sendReal(permit, phone, deadline, log) : await pretend(permit, deadline, log)
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        const { challenge } = permit
        log('otp_store_error', { cid: challenge.cid, reason: error.code })
        const ledger = await noteFailure(permit, 'unavailable', deadline, log)
        return { channel: challenge.channel, failed: 'unavailable', ledger }
      } finally {
        await blur(deadline)
      }
    },

    async holdBack(refusedAt, deadline) {
      await rest(await beginning(refusedAt), recent.draw().tookMs, deadline)
      await blur(deadline)
    },
  }
}
