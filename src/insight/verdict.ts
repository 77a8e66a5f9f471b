// The answer in one line: whether users can sign in, as far as was seen.
import { count } from '../terminal/layout.ts'
import type { StageStatus } from './status.ts'

export interface Verdict {
  isWell: boolean
  /** What was seen that speaks for it; empty where it is not well. */
  words: string
}

/** What was not seen is not claimed: a stage that has sent nothing has proven nothing. */
export function verdictOf({
  problems,
  checks,
  sending,
  latest,
}: Pick<StageStatus, 'problems' | 'checks' | 'sending' | 'latest'>): Verdict {
  if (problems.some(({ grave }) => grave)) return { isWell: false, words: '' }
  const held = checks.filter(({ ok }) => ok).length
  const asked = sending.some(({ verdict }) => verdict === 'pass')
  const last = latest?.sends.at(-1)
  const seen = [
    `${count(held, 'check')} hold${held === 1 ? 's' : ''}`,
    ...(asked ? ['the provider accepts key, sender and template'] : []),
    ...(sending.length > 0 && !asked ? ['the provider was not asked'] : []),
    latest === undefined
      ? 'the logs may not be read'
      : last === undefined
        ? 'nothing was sent in the last day'
        : lately(latest.sends.filter(({ failed }) => !failed).length, latest.sends.length),
  ]
  return { isWell: true, words: seen.join(', ') }
}

function lately(well: number, all: number): string {
  if (well === all) return `${count(all, 'message')} went out in the last day`
  return all === 1
    ? 'the one message of the last day did not arrive'
    : `${well} of ${all} messages went out in the last day`
}
