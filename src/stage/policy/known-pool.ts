// What the policy of a stage has to name of a pool that is somebody else's: the functions it calls, its role for SMS.
import type { Aws } from '../../aws/clients.ts'
import { toAppError } from '../../aws/words.ts'
import { readRecordHave } from '../../resources/stage-record.ts'
import { borrowedTriggers } from '../../resources/user-pool/borrowed/triggers.ts'
import { describePool } from '../../resources/user-pool/search.ts'
import { borrowedPoolOf } from '../../settings/borrowed-pool.ts'
import type { Settings } from '../../settings/schema.ts'
import type { KnownPool } from './policies.ts'

/** Whoever may not look at the pool has a policy without those, and is told. */
export async function knownPool(
  aws: Aws,
  settings: Partial<Settings>,
  warn: (text: string) => void,
): Promise<KnownPool> {
  const { place } = aws
  const poolId = borrowedPoolOf(settings)
  if (poolId === undefined) return {}
  try {
    const [found, record] = await Promise.all([describePool(aws, poolId), readRecordHave(aws)])
    if (!found) {
      warn(`There is no user pool ${poolId} in ${place.region}: what it calls is not in the policy`)
      return {}
    }
    const { formerTriggers } = record?.isOurs ? record.record : {}
    const recorded = formerTriggers ? { recorded: { formerTriggers } } : {}
    const have = await borrowedTriggers({ place, poolId, settings }).read(aws, recorded)
    const smsRole = found.pool.SmsConfiguration?.SnsCallerArn
    const senderKey = found.pool.LambdaConfig?.KMSKeyID
    return {
      former: { ...formerTriggers, ...have?.former },
      ...(smsRole ? { smsRole } : {}),
      ...(senderKey ? { senderKey } : {}),
    }
  } catch (error) {
    const { why, message } = toAppError(error, 'look at the user pool')
    warn(`What the pool ${poolId} calls is not in the policy: ${why ?? message}`)
    return {}
  }
}
