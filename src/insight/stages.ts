// Every stage of an account and region, and what is wrong with each.
import type { Connection } from '../aws/account.ts'
import { paced } from '../aws/wait.ts'
import { toAppError } from '../aws/words.ts'
import type { Pause } from '../core/parameters/brake.ts'
import { pauseIn } from '../resources/brake.ts'
import { listRecords, type StageRecord } from '../resources/stage-record.ts'
import { findProblems } from './health.ts'

export interface FoundStage {
  stage: string
  /** Undefined where it cannot be read. */
  record: StageRecord | undefined
  /** In a few words each; empty for a healthy stage. */
  problems: string[]
  /** Undefined where it is not paused, or where nobody can tell. */
  pause: Pause | undefined
}

/** Seven calls each: a pool is described 15 times a second at most, a function told of 100 times (AWS's quotas). */
const pace = { perSecond: 10, burst: 5 }

/** Changes nothing. Throws what listing the records ran into. */
export async function findStages(aws: Connection): Promise<FoundStage[]> {
  const records = await listRecords(aws).catch((error) => {
    throw toAppError(error, 'list the stages')
  })
  const next = paced(aws, pace)
  return Promise.all(
    records.map(async ({ stage, record, why }) => {
      if (!record) return { stage, record, problems: [`its record cannot be read: ${why}`], pause: undefined }
      const there = { ...aws, place: { ...aws.place, stage } }
      const [problems, pause] = await next(() =>
        // Whatever keeps it from being read is among the problems as well.
        Promise.all([findProblems(there, record.userPoolId), pauseIn(there).catch(() => undefined)]),
      )
      return { stage, record, problems, pause }
    }),
  )
}
