// In a pool of somebody else's: which number of an account may get codes. Nothing is marked there: what a code has proven
// is remembered in the table.
import type { Mark } from './subject.ts'

/** What the table knows of an account. */
export interface Memory {
  /** The number that it has proven last. */
  proven: string | undefined
  /** Whether it came in by signing up with this stage's own client. */
  isOurs: boolean
}

/**
 * How the account's number stands; undefined for one that gets no codes. `memory` is undefined where neither unverified
 * numbers are trusted nor sign-ups taken: then nothing but Cognito's word counts.
 */
export function markIn(
  attributes: Record<string, string>,
  memory: Memory | undefined,
  trustsUnverified: boolean,
): Mark | undefined {
  const isRemembered = memory?.proven !== undefined && memory.proven === attributes.phone_number
  if (attributes.phone_number_verified === 'true') return isRemembered ? 'proven' : 'verified'
  if (!memory || !(trustsUnverified || memory.isOurs)) return undefined
  if (memory.proven === undefined) return 'none'
  // Whoever has got hold of an account writes his own number into it.
  return isRemembered ? 'proven' : undefined
}
