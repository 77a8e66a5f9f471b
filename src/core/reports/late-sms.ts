// The SMS in place of a message that did not arrive: when to look for it, what is asked for then, and whom it goes to.
import { sealNumber, unsealNumber } from '../keys.ts'
import { leastLateLifeMs } from '../ledger/late.ts'
import { type SmsLanguage, smsLanguages } from '../messaging/sms-texts.ts'

/** After the end of the template's life: what was delivered in its last moment is still to be reported. */
const marginMs = 15_000

/** Meta's, for a template that names none of its own. */
const usualLifeMs = 600_000

/** The most that a message waits in SQS. */
const mostMs = 900_000

/**
 * Milliseconds after which a message that nobody has reported as delivered never will be; undefined where its code has
 * too little life left then. `templateLifeSeconds` is how long WhatsApp tries to deliver, where that is known.
 */
export function lookAfterMs(templateLifeSeconds: number | undefined, codeLifeMs: number): number | undefined {
  const lifeMs = templateLifeSeconds === undefined ? usualLifeMs : templateLifeSeconds * 1000
  const afterMs = lifeMs + marginMs
  return lifeMs > 0 && afterMs <= Math.min(mostMs, codeLifeMs - leastLateLifeMs) ? afterMs : undefined
}

/** The longest life of a template, in seconds, that leaves an SMS its time in a code's life of so many seconds. */
export const mostLifeSeconds = (codeLifeSeconds: number): number =>
  codeLifeSeconds - (marginMs + leastLateLifeMs) / 1000

/**
 * The life of a new template, in seconds. As long as the code's, so that none arrives that is dead; a third of it where
 * an SMS may follow, so that whoever gets that has most of the life left. Meta takes no less than 30.
 */
export const newTemplateLife = (codeLifeSeconds: number, smsFallback: boolean): number =>
  smsFallback ? Math.max(30, Math.floor(codeLifeSeconds / 3)) : codeLifeSeconds

/** Why it is looked at a message: it was reported as failed, or nothing of it was reported in time. */
export const lateReasons = ['failed', 'silence'] as const
export type LateReason = (typeof lateReasons)[number]

/** What waits in the queue: a message by the hash of its id. Neither a number nor a code. */
export interface LateWish {
  message: string
  reason: LateReason
}

export const lateWishText = ({ message, reason }: LateWish): string => JSON.stringify({ message, reason })

/** Undefined for what is not in our form. */
export function parseLateWish(text: string): LateWish | undefined {
  try {
    const { message, reason: word } = JSON.parse(text) as Record<string, unknown>
    const reason = lateReasons.find((one) => one === word)
    const isHash = typeof message === 'string' && /^[0-9a-f]{32}$/.test(message)
    return reason && isHash ? { message, reason } : undefined
  } catch {
    return undefined
  }
}

export interface Recipient {
  pool: string
  phone: string
  language: SmsLanguage
}

const purposeOf = (hash: string) => `sms|${hash}`

/** Bound to the message, by the hash of its id. */
export function sealRecipient(numberKey: Buffer, hash: string, { pool, phone, language }: Recipient): string {
  return sealNumber(numberKey, purposeOf(hash), [pool, phone, language].join('|'))
}

/** Throws when the seal was made with another key or for another message. */
export function openRecipient(numberKey: Buffer, hash: string, sealed: string): Recipient {
  const [pool = '', phone = '', word] = unsealNumber(numberKey, purposeOf(hash), sealed).split('|')
  const language = smsLanguages.find((one) => one === word) ?? 'en'
  return { pool, phone, language }
}
