// Brings one permitted code to its number: WhatsApp, one safe retry, SMS where that is on. At most one message.

import type { Channel } from '../../src/core/ledger/ledger.ts'
import type { SendResult } from '../../src/core/messaging/provider.ts'
import type { Clock, Deadline } from '../outside/clock.ts'
import type { Log } from '../outside/log.ts'

export interface Delivery extends SendResult {
  outcome: 'sent' | 'unknown' | 'failed'
  channel: Channel
  latencyMs: number
}

export interface Carriers {
  clock: Clock
  whatsapp(deadline: Deadline): Promise<SendResult>
  sms(deadline: Deadline): Promise<SendResult>
  /** Whether this number may have an SMS; counts it. Undefined when SMS is off. */
  mayUseSms: (() => Promise<boolean>) | undefined
}

/** Kept for writing the outcome down after the last attempt. */
const reserveMs = 250
/** A shorter attempt would be cut off half-way and so leave the outcome unknown. */
const leastAttemptMs = 400
const leastSmsMs = 900

const withoutReserve = (deadline: Deadline) => deadline.within(deadline.left() - reserveMs)

async function byWhatsApp(carriers: Carriers, deadline: Deadline): Promise<SendResult> {
  const hasTime = (pause = 0) => deadline.left() - reserveMs >= pause + leastAttemptMs
  if (!hasTime()) return { outcome: 'failed', blame: 'provider', code: 'no_time' }
  const attempt = () => carriers.whatsapp(withoutReserve(deadline))
  const first = await attempt()
  if (first.outcome !== 'retry') return first
  const pause = 50 + Math.random() * 150
  if (!hasTime(pause)) return first
  await carriers.clock.sleep(pause)
  return attempt()
}

/** After the only retry, "may be tried again" is a plain failure for this invocation. */
function settle({ outcome, ...rest }: SendResult): Omit<Delivery, 'channel' | 'latencyMs'> {
  return { ...rest, outcome: outcome === 'retry' ? 'failed' : outcome }
}

/** Delivers by the wanted channel within the deadline. Never throws for what carriers answer. */
export async function deliver(carriers: Carriers, wanted: Channel, deadline: Deadline): Promise<Delivery> {
  const start = carriers.clock.ticks()
  const done = (result: SendResult, channel: Channel): Delivery => ({
    ...settle(result),
    channel,
    latencyMs: Math.round(carriers.clock.ticks() - start),
  })
  if (wanted === 'sms') return done(await carriers.sms(withoutReserve(deadline)), 'sms')

  const result = settle(await byWhatsApp(carriers, deadline))
  const fallsBack = result.outcome === 'failed' && carriers.mayUseSms && deadline.left() >= leastSmsMs
  if (fallsBack && (await carriers.mayUseSms?.())) {
    return done(await carriers.sms(withoutReserve(deadline)), 'sms')
  }
  return done(result, 'whatsapp')
}

/** Says how it went; `sent` is what else is known of the message. */
export function logDelivery(delivery: Delivery, sent: Record<string, string | number | undefined>, log: Log) {
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
