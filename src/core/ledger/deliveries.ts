// What became of a message that was permitted: it failed, a cap of the stage held it back, or it goes out by SMS. Pure.

import { windowWait } from './allowance.ts'
import {
  type Decision,
  dayMs,
  deviceOf,
  findChallenge,
  type Ledger,
  prune,
  type SendFailure,
  smsOf,
  withAllowance,
  withChallenge,
  withSms,
} from './ledger.ts'
import type { Limits } from './limits.ts'

/** The pause after a message that certainly did not go out. */
const pauseAfterFailureMs = 5_000

/** The message that was permitted, and the device that it was for. */
export interface Permit {
  cid: string
  by: string
  device?: string | undefined
}

/**
 * Notes that the permitted message certainly did not go out. The send stays counted; after a failed delivery
 * the next one may follow after 5 s instead of the whole cooldown.
 */
export function recordFailure(
  before: Ledger,
  now: number,
  permit: Permit,
  failed: SendFailure,
): Decision<void> {
  const ledger = prune(before, now)
  const challenge = findChallenge(ledger, permit.cid)
  if (challenge?.by !== permit.by || challenge.failed === failed) return { outcome: undefined }
  const device = deviceOf(ledger, permit.device)
  const { nextSend } = device ?? ledger
  const sooner = failed === 'delivery_failed' ? Math.min(nextSend, now + pauseAfterFailureMs) : nextSend
  const noted = withChallenge(ledger, { ...challenge, failed })
  return { outcome: undefined, next: withAllowance(noted, device, { nextSend: sooner }) }
}

/**
 * Notes that a cap of the stage, which opens again at `until`, held the permitted message back: it costs the number
 * nothing but the pause. Strangers see no difference while the cap is closed.
 */
export function recordHeld(before: Ledger, now: number, permit: Permit, until: number): Decision<void> {
  const ledger = prune(before, now)
  const challenge = findChallenge(ledger, permit.cid)
  if (challenge?.by !== permit.by || challenge.failed === 'held') return { outcome: undefined }
  const at = challenge.sentAt
  const device = deviceOf(ledger, permit.device)
  const sends = (device ?? ledger).sends.filter((time) => time !== at)
  const noted = withAllowance(withChallenge(ledger, { ...challenge, failed: 'held' }), device, { sends })
  const sms = smsOf(ledger, device).filter((time) => challenge.channel !== 'sms' || time !== at)
  const held = device ? ledger.held : [...ledger.held, { at, until }]
  return { outcome: undefined, next: { ...withSms(noted, device, sms), held } }
}

/** Moves the permitted message to SMS, if whoever asks has not had his SMS of the day. */
export function reserveSms(
  before: Ledger,
  now: number,
  limits: Pick<Limits, 'smsPerDay'>,
  permit: Permit,
): Decision<boolean> {
  const ledger = prune(before, now)
  const challenge = findChallenge(ledger, permit.cid)
  if (challenge?.by !== permit.by) return { outcome: false }
  if (challenge.channel === 'sms') return { outcome: true }
  const device = deviceOf(ledger, permit.device)
  const earlier = smsOf(ledger, device)
  if (windowWait(earlier, now, dayMs, limits.smsPerDay) > 0) return { outcome: false }
  // Counted at the moment of the message that it takes the place of: by that it is found where it is held back.
  const counted = withSms(ledger, device, [...earlier, challenge.sentAt])
  return { outcome: true, next: withChallenge(counted, { ...challenge, channel: 'sms' }) }
}
