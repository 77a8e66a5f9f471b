// What people do to users by hand, written where the triggers write: beside the events that it explains.
import { CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import type { Connection } from '../aws/account.ts'
import { isAlreadyThere } from '../aws/errors.ts'
import { ungated } from '../aws/gate.ts'
import { toAppError } from '../aws/words.ts'
import type { AuditEvent, AuditFields } from '../core/events.ts'
import { auditLine } from '../core/log-line.ts'
import { names } from '../names.ts'

const stream = 'whatsapp-otp-by-hand'

/**
 * Writes one event into the group of verifyAuthChallenge, with who did it. To be called before the deed, which
 * must not happen when this throws. Nothing secret and no full number may be in `fields`.
 */
export async function writeAudit(
  { logs, place, clock, who }: Connection,
  event: AuditEvent,
  fields: Omit<AuditFields, 'by'>,
): Promise<void> {
  const logGroupName = names.logGroup(place.stage, 'verifyAuthChallenge')
  const at = clock.now()
  const message = auditLine({ stage: place.stage, at }, event, { by: who, ...fields })
  try {
    await logs
      .send(ungated(new CreateLogStreamCommand({ logGroupName, logStreamName: stream })))
      .catch((error) => {
        if (!isAlreadyThere(error)) throw error
      })
    const logEvents = [{ timestamp: Math.floor(at), message }]
    await logs.send(ungated(new PutLogEventsCommand({ logGroupName, logStreamName: stream, logEvents })))
  } catch (error) {
    throw toAppError(error, 'note who did this, so nothing was changed')
  }
}
