// Where a sign-in stands, and what the app does next.
import type { OtpError, OtpErrorCode } from './errors.ts'

/** What a challenge says of itself; see docs/challenge.md. */
export type Status =
  | 'sent'
  | 'cooldown'
  | 'wrong'
  | 'expired'
  | 'exhausted'
  | 'rate_limited'
  | 'delivery_failed'
  | 'unavailable'
  | 'taken'

/**
 * `restoring`: what was kept is being read; show neither a form nor content. `idle`: nobody is signed in. `sending`: a
 * message is asked for. `code`: the user has, or can ask for, a code. `verifying`: an answer is on its way. `failed`: the
 * call came to nothing; `next` says what goes on from there.
 */
export type Step = 'restoring' | 'idle' | 'sending' | 'code' | 'verifying' | 'signedIn' | 'failed'

export type Next =
  /** Ask for the number. */
  | 'phone'
  /** Ask for the code. */
  | 'code'
  /** The code is of no use any more: offer another message, once `resendAt` has come. */
  | 'resend'
  /** Offer the same once more: nothing is lost. */
  | 'retry'
  /** Only in a change of number: ask for another one. */
  | 'other_number'
  /** Wait for what is under way. */
  | 'wait'
  /** Nothing: the user is signed in. */
  | 'done'

export interface Challenge {
  status: Status
  channel: 'whatsapp' | 'sms'
  /** Digits of the code: 6 to 15, another number each time. */
  codeLength: number
  /** Answers that this sign-in still has. */
  attemptsLeft: number
  /** Epoch milliseconds by this device's clock; 0 where there is no code that lives. */
  expiresAt: number
  /** From when on another message may be asked for. */
  resendAt: number
  /** From when on it may be asked for by SMS; undefined where the app has not said that the stage sends any. */
  smsAt: number | undefined
  /** The code is for the number that is to become the user's. */
  isChange: boolean
}

export interface User {
  /** Cognito's id of the account. */
  id: string
  phone: string | undefined
  /** Both claims: the number is proven, and by a code. In an existing pool: that Cognito calls it verified. */
  isVerified: boolean
  /** Everything that the id token says. Not proven here: a backend checks the signature. */
  claims: Readonly<Record<string, unknown>>
}

export interface State {
  step: Step
  next: Next
  /** One sentence for the user; empty where there is nothing to say, or the client was given no texts. */
  text: string
  /** Which sentence that is, for texts of your own. */
  says?: Sentence | undefined
  /** The number that signs in, in E.164 form; in an existing pool maybe a name. */
  phone?: string | undefined
  /** Undefined where no sign-in is under way. */
  challenge?: Challenge | undefined
  /** Undefined where nobody is signed in. */
  user?: User | undefined
  /** Why the last call came to nothing. */
  error?: OtpError | undefined
}

/** A sentence each, and the words of a form; `{seconds}` in `wait`. */
export type Texts = Record<Sentence | Word, string>
export type Sentence = Status | 'sent_sms' | OtpErrorCode
export type Word =
  | `${'phone' | 'code'}_${'label' | 'button'}`
  | `${'resend' | 'sms' | 'other' | 'unlock'}_button`
  | 'wait'

const nexts: Partial<Record<Status, Next>> = {
  sent: 'code',
  wrong: 'code',
  unavailable: 'retry',
  taken: 'other_number',
}

/** What the app does at each status. */
export function nextOf({ status, expiresAt, isChange }: Challenge, now: number): Next {
  if (status === 'cooldown' && expiresAt > now) return 'code'
  if (status === 'delivery_failed' && isChange) return 'other_number'
  return nexts[status] ?? 'resend'
}

/** A message that WhatsApp has accepted gets so long to arrive. */
const smsAfterMs = 30_000

/** Reads the public parameters of a challenge at `now` (epoch milliseconds). `isChange`: the answer asked for one. */
export function challengeOf(
  parameters: Record<string, string>,
  now: number,
  {
    before,
    isChange,
    hasSms,
  }: { before: Challenge | undefined; isChange: boolean; hasSms: boolean | undefined },
): Challenge {
  const ms = (name: string) => Number(parameters[name]) * 1000
  const status = parameters.status as Status
  const life = ms('expiresIn')
  const resendAt = now + ms('resendIn')
  const sent = Math.max(resendAt, now + smsAfterMs)
  return {
    status,
    channel: parameters.channel as Challenge['channel'],
    codeLength: Number(parameters.codeLength),
    attemptsLeft: Number(parameters.attemptsLeft),
    expiresAt: life && now + life,
    resendAt,
    smsAt: hasSms
      ? status === 'delivery_failed'
        ? resendAt
        : status === 'sent'
          ? sent
          : (before?.smsAt ?? sent)
      : undefined,
    // A wrong answer to the code of the old number changes nothing yet.
    isChange: isChange && (before?.isChange || !/^(wrong|ex)/.test(status)),
  }
}
