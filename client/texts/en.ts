import type { Texts } from '../state.ts'

export const en: Texts = {
  sent: 'Enter the code that we have sent you on WhatsApp.',
  sent_sms: 'Enter the code that we have sent you by SMS.',
  cooldown: 'Enter the code that you already have.',
  wrong: 'This is not the code. Please try again.',
  expired: 'The code has expired. Request a new one.',
  exhausted: 'Too many tries for this code. Request a new one.',
  rate_limited: 'Too many requests. Please try again later.',
  delivery_failed: 'The message could not be delivered. Request it again.',
  unavailable: 'That did not work. Please try again in a moment.',
  taken: 'This number belongs to another account.',
  network: 'No connection. Please try again.',
  too_many_requests: 'Too many requests. Please try again later.',
  invalid_phone: 'This is not a phone number.',
  invalid_code: 'Enter all digits of the code.',
  session_expired: 'This took too long. Please start again.',
  sign_up_refused: 'You cannot sign up with this number.',
  not_signed_in: 'Please sign in.',
  misconfigured: 'Sign-in is not available.',
}
