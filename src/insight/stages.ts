// Every stage of an account and region, and what is wrong with each.
import type { Connection } from '../aws/account.ts'
import { paced } from '../aws/wait.ts'
import { toAppError } from '../aws/words.ts'
import type { Pause } from '../core/parameters/brake.ts'
import { pauseIn } from '../resources/brake.ts'
import { listRecords, type StageRecord } from '../resources/stage-record.ts'
import { findProblems } from './health.ts'
import { deploy, type Problem } from './judgement/problem.ts'

export interface FoundStage {
  stage: string
  /** Undefined where it cannot be read. */
  record: StageRecord | undefined
  /** The causes first; without a grave one the stage is healthy. */
  problems: Problem[]
  /** Undefined where it is not paused, or where nobody can tell. */
  pause: Pause | undefined
}

/** Seven calls each: a pool is described 15 times a second at most, a function told of 100 times (AWS's quotas). */
const pace = { perSecond: 10, burst: 5 }
/** One call each, mostly; the logs of an account may be read five times a second in the least of the regions. */
const logPace = { perSecond: 4, burst: 1 }

/** Changes nothing. Throws what listing the records ran into. */
export async function findStages(aws: Connection): Promise<FoundStage[]> {
  const records = await listRecords(aws).catch((error) => {
    throw toAppError(error, 'list the stages')
  })
  const next = paced(aws, pace)
  const readingLogs = paced(aws, logPace)
  return Promise.all(
    records.map(async ({ stage, record, why }) => {
      if (!record) {
        const cause = `its record cannot be read: ${why}`
        const problems = [{ id: 'record', grave: true, cause, next: [deploy(stage)] }]
        return { stage, record, problems, pause: undefined }
      }
      const there = { ...aws, place: { ...aws.place, stage } }
      const [problems, pause] = await next(() =>
        // Whatever keeps it from being read is among the problems as well.
        Promise.all([findProblems(there, record, { readingLogs }), pauseIn(there).catch(() => undefined)]),
      )
      return { stage, record, problems, pause }
    }),
  )
}
