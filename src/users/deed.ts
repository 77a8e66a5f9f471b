// Something that support does to a user: said beforehand, asked about, noted with who did it, and then done.
import type { Connection } from '../aws/account.ts'
import { doing, toAppError } from '../aws/words.ts'
import type { AuditEvent, AuditFields } from '../core/events.ts'
import { writeAudit } from './audit.ts'

export interface Deed {
  /** What else comes of it. */
  warnings: string[]
  /** Absent where there is nothing to do. */
  question?: string
  /** As in «Reset the counters». */
  title: string
  notes: [event: AuditEvent, fields: Omit<AuditFields, 'by'>][]
  play(): Promise<void>
  /** For the words after it, and for programs. */
  done: string
  result: Record<string, unknown>
}

/** Notes who does it, then does it. Throws with nothing changed where it cannot be noted. */
export async function doIt(aws: Connection, { title, notes, play }: Deed): Promise<void> {
  for (const [event, fields] of notes) await writeAudit(aws, event, fields)
  try {
    await play()
  } catch (error) {
    throw toAppError(error, doing(title))
  }
}
