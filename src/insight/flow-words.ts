// What a line of the functions' log means for somebody who watches a sign-in.
import type { EventName } from '../core/events.ts'
import { eventOf, parseLine } from '../core/log-line.ts'
import type { ProviderDescription } from '../core/messaging/provider.ts'
import { wordsOf } from './event-words.ts'

/** Said at level INFO, and yet why nothing goes on. */
const inVain: readonly string[] = ['otp_decoy', 'otp_rejected'] satisfies EventName[]

/** Undefined for a line that is none of our events. `isOk` is false where the sign-in does not go on by it. */
export function explainLine(
  line: string,
  provider: ProviderDescription,
): { text: string; isOk: boolean } | undefined {
  const parsed = parseLine(line)
  const logged = parsed && eventOf(parsed)
  const told = logged && wordsOf(logged, provider)
  if (!told) return undefined
  return { text: told.words, isOk: logged.level === 'INFO' && !inVain.includes(logged.event) }
}
