// Phone numbers as people type them, to E.164.
import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { usageError } from '../errors.ts'

/**
 * `+49 151 123-45678` -> `+4915112345678`. A number without a plus is refused: WhatsApp may take it for a
 * local one and send the message to a stranger. Throws a usage error PHONE_NOT_E164.
 */
export function parsePhone(text: string): string {
  const number = parsePhoneNumberFromString(text.trim())
  if (text.trim().startsWith('+') && number?.isPossible()) return number.number
  throw usageError('PHONE_NOT_E164', 'That is not an international phone number', {
    why: 'it needs a plus and the country code in front, as in +49 for Germany',
    next: ['run the same command with +<country code><number>'],
  })
}
