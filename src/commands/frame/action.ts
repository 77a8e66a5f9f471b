// The first word of a command that does several things to what it is about.
import { usageError } from '../../errors.ts'

/** Throws UNKNOWN_ACTION. `about` as in «a user», `next` a command line that works. */
export function checkAction(
  action: string | undefined,
  actions: readonly string[],
  about: string,
  next: string,
): void {
  if (action !== undefined && actions.includes(action)) return
  throw usageError('UNKNOWN_ACTION', `«${action}» is not something to do with ${about}`, {
    why: `it must be ${actions.slice(0, -1).join(', ')} or ${actions.at(-1)}`,
    next: [next],
  })
}

/** Throws NUMBERS_INVALID: one action of `users` is about two numbers, the others about one. */
export function checkNumbers(action: string, other: string | undefined): void {
  if ((action === 'change-number') === (other !== undefined)) return
  throw usageError('NUMBERS_INVALID', `${action} is about ${other ? 'one number' : 'two numbers'}`, {
    why: other ? 'nothing is done to the second one' : 'the new one is missing',
    next: [`whatsapp-otp users ${action} ${other ? '<phone>' : '<old> <new>'}`],
  })
}
