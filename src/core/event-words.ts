// What each event says to people: one sentence, and what its reasons mean. Kept apart from the events, so that the
// functions do not carry it.
import type { AuditEvent, EventName } from './events.ts'

export interface EventWords {
  /** One sentence, without a full stop. */
  says: string
  /** Instead of it where the `status` of the line is `unknown`. */
  saysUnknown?: string
  /** What each `reason` of the line means. A code of the provider is explained elsewhere. */
  reasons?: Readonly<Record<string, string>>
}

/** The limits that hold a message back, by the reason in the log, and the setting of each. */
export const limitWords = {
  cooldown: 'the pause between two messages (RESEND_COOLDOWN_SECONDS)',
  hour: 'the messages of an hour (MAX_SENDS_PER_HOUR)',
  day: 'the messages of a day (MAX_SENDS_PER_DAY)',
  checks: 'the answers of an hour or a day (MAX_CHECKS_PER_HOUR, MAX_CHECKS_PER_DAY)',
  sms: 'the SMS of a day (MAX_SMS_PER_DAY, POOL_SMS_PER_HOUR, POOL_SMS_PER_DAY)',
  locked: 'too many wrong answers (LOCK_AFTER_FAILURES)',
  block: 'the messages to numbers like it (BLOCK_SENDS_PER_HOUR, BLOCK_SENDS_PER_DAY)',
  pool: 'the messages of the whole stage (POOL_SENDS_PER_HOUR, POOL_SENDS_PER_DAY)',
} as const

const paused = 'the stage is paused (whatsapp-otp resume)'
const otherClient = 'another app client asked'
const otherCountry = 'the country is not among ALLOWED_COUNTRIES'

/** How it is known that a message did not arrive. */
const lateWords = {
  failed: 'the message was reported as failed',
  silence: 'nobody had reported the message as delivered by the end of its life',
}

/** Typed by the events, so that none goes without words. */
export const eventWords: Readonly<Record<EventName | AuditEvent, EventWords>> = {
  otp_sent: { says: 'a message with a code was accepted by the provider' },
  otp_unknown: { says: 'the answer to a message with a code was lost: it may arrive' },
  otp_failed: {
    says: 'the message failed',
    reasons: {
      operator: 'key, sender or template have to be put right',
      recipient: 'this number cannot get it',
      provider: 'it may pass by itself',
    },
  },
  otp_suppressed: {
    says: 'the message was held back by a limit',
    reasons: { ...limitWords, paused },
  },
  otp_adopted: { says: 'no new message was sent: the code that was sent before still counts' },
  otp_decoy: {
    says: 'no message was sent',
    reasons: {
      unknown: 'no account has the number; the checks of deploy, status and doctor look like this too',
      client: otherClient,
      no_number: 'the account has no number',
      country: otherCountry,
      unverified:
        'in a pool of your own, Cognito does not call the number verified, and nothing else vouches for it',
    },
  },
  otp_verified: { says: 'right code: signed in' },
  otp_rejected: {
    says: 'answer not accepted',
    reasons: {
      wrong: 'not the code',
      malformed: 'no code has that form',
      expired: 'the code has expired, or is not of this sign-in',
      replayed: 'the code was used before',
      exhausted: 'no tries are left for this code',
      outgrown: 'codes of this number have become longer meanwhile',
      rate_limited: 'too many answers to codes of this number',
      locked: 'too many wrong answers (LOCK_AFTER_FAILURES)',
      not_theirs: 'the number is another account’s',
    },
  },
  otp_locked: { says: 'the number is locked after too many wrong answers' },
  otp_dormant_signin: { says: 'first sign-in for 90 days: the number may have another owner by now' },
  otp_store_error: { says: 'the table did not do what was asked, so nothing was sent or let in' },
  otp_secrets_error: {
    says: 'the secrets, or an answer of AWS, could not be had, so nothing was sent or let in',
    reasons: { unknown_key: 'the code was made with a key that is gone' },
  },
  otp_internal_error: { says: 'a defect of whatsapp-otp stopped the function' },
  number_verified: { says: 'the number is proven from now on' },
  number_not_marked: {
    says: 'right code, but Cognito did not take the proof: the same code can be tried again',
  },
  otp_test_number: { says: 'no message was sent: a test number has a fixed code' },
  otp_unlocked: { says: 'a known device lifted what strangers had used up' },
  number_changed: { says: 'the account has another number from now on' },
  number_taken: { says: 'right code, but the new number is another account’s' },
  number_put_back: { says: 'an account that had taken the number without proof has its own again' },
  account_disabled: { says: 'an account that was left without a number was disabled' },
  signup_accepted: { says: 'signed up' },
  signup_refused: {
    says: 'sign-up refused',
    reasons: {
      source: 'it did not come from an app’s sign-up',
      client: otherClient,
      no_number: 'it gave no number',
      number: 'an account has verified the number already',
      attributes: 'it gave an attribute that is not among SIGNUP_ATTRIBUTES',
      country: otherCountry,
      paused,
      cap: 'the sign-ups of the whole stage (POOL_SIGNUPS_PER_HOUR, POOL_SIGNUPS_PER_DAY)',
    },
  },
  former_failed: {
    says: 'another app client’s request could not be passed on to the function that Cognito called before',
    reasons: {
      AccessDeniedException: 'this function’s role may not invoke it',
      ResourceNotFoundException: 'it is gone, or its version or alias is',
      TooManyRequestsException: 'it runs as often as it may already',
      timeout: 'it did not answer in time',
      unreadable: 'its answer is no JSON, or too long',
    },
  },
  report_sent: { says: 'reported: WhatsApp has taken the message' },
  report_delivered: { says: 'reported: the message is on the phone' },
  report_read: { says: 'reported: the message was read' },
  report_failed: { says: 'reported: the message did not arrive' },
  fallback_sent: {
    says: 'the same code was sent by SMS',
    saysUnknown: 'the same code may have been sent by SMS, but no answer came',
    reasons: lateWords,
  },
  fallback_failed: { says: 'the same code could not be sent by SMS either' },
  fallback_skipped: {
    says: 'the message has not arrived, but no SMS was sent in its place',
    reasons: {
      expired: 'its code lives less than 30 seconds more, or has expired',
      used: 'its code was used',
      superseded: 'another message has followed it',
      sms: limitWords.sms,
      paused,
    },
  },
  report_refused: {
    says: 'a request to the address of the delivery reports was refused',
    reasons: {
      no_signature: 'it carried no signature: no secret is set at the provider, or somebody else called',
      signature: 'its signature was made with another secret',
      size: 'it was larger than any report',
      body: 'it was signed, but no JSON',
    },
  },
  counters_reset: { says: 'by hand: what was counted for the number was forgotten' },
  devices_forgotten: { says: 'by hand: the known devices of the number were forgotten' },
  number_taken_back: { says: 'by hand: an account lost a number that it had not proven' },
  user_deleted: { says: 'by hand: the account, and what was kept about it and its number, were deleted' },
  test_number_added: { says: 'by hand: the number became a test number' },
  test_number_removed: { says: 'by hand: the number is no test number any more' },
  stage_paused: { says: 'by hand: all messages and sign-ups were stopped' },
  stage_resumed: { says: 'by hand: messages and sign-ups go on' },
}
