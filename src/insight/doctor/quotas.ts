// The stage's own caps on messages: how much of this hour and of today is used up.

import { toAppError } from '../../aws/words.ts'
import { shares, stageCapsOf } from '../../core/limits.ts'
import type { StageRecord } from '../../resources/stage-record.ts'
import type { Settings } from '../../settings/schema.ts'
import { numbersIn } from '../../settings/variables.ts'
import type { OpenStage } from '../../stage/stage.ts'
import { type Examination, fail, pass, warn } from '../examination.ts'
import { readPoolSends } from '../pool-sends.ts'

export async function examineQuotas(
  exam: Examination,
  { aws }: OpenStage,
  record: StageRecord,
): Promise<void> {
  const { sends: caps } = stageCapsOf(numbersIn(record.settings as Partial<Settings>))
  await exam.check('quotas', 'messages of the stage', async () => {
    const sends = await readPoolSends(aws, record.userPoolId).catch((error) => {
      throw toAppError(error, 'read the counters')
    })
    const words = `${sends.hour} of ${caps.perHour} in this hour, ${sends.day} of ${caps.perDay} today (UTC)`
    const used = Math.max(sends.hour / caps.perHour, sends.day / caps.perDay)
    const remedy =
      'raise POOL_SENDS_PER_HOUR or POOL_SENDS_PER_DAY if this is real traffic; whatsapp-otp logs tells'
    if (used >= 1) return fail(`${words}: nothing more is sent`, remedy)
    if (used >= shares.proven) return warn(`${words}: only known devices still get messages`, remedy)
    if (used >= shares.unproven) return warn(`${words}: new users get no message any more`, remedy)
    return pass(words)
  })
}
