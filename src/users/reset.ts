// Lifts the limits that a user has run into; who did it is noted first.
import type { Connection } from '../aws/account.ts'
import { maskPhone } from '../core/mask.ts'
import { writeAudit } from './audit.ts'
import { type Found, resetCounters } from './one-user.ts'

/** Throws as `writeAudit`, with nothing changed, and as `resetCounters`. */
export async function resetUser(aws: Connection, found: Found, phone: string): Promise<void> {
  const { number, counters } = found.user
  await writeAudit(aws, 'counters_reset', { number, phone: maskPhone(phone), ...counters })
  await resetCounters(aws, found)
}
