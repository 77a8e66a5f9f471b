// How checks are made, timed and told: each ends as pass, warn, fail or skip, and what went wrong has a remedy.
import type { Clock } from '../clock.ts'
import { AppError } from '../errors.ts'
import type { Problem } from './judgement/problem.ts'

export type Verdict = 'pass' | 'warn' | 'fail' | 'skip'

export interface Outcome {
  verdict: Verdict
  /** What was found, or why it was not looked for. */
  detail?: string
  /** What to do about it. */
  remedy?: string
}

export interface Finding extends Outcome {
  /** Stable, for programs: `sendzen.key`, `template.en_US`. */
  id: string
  title: string
  ms: number
}

export interface Examination {
  readonly findings: readonly Finding[]
  /** Makes a check and notes how it ended; what it throws is a failure with its own words. */
  check(id: string, title: string, look: () => Promise<Outcome> | Outcome): Promise<Verdict>
  /** Notes a check that cannot be made. */
  skip(id: string, title: string, detail: string): void
}

export const pass = (detail?: string): Outcome => ({ verdict: 'pass', ...(detail ? { detail } : {}) })
export const warn = (detail: string, remedy: string): Outcome => ({ verdict: 'warn', detail, remedy })
export const fail = (detail: string, remedy: string): Outcome => ({ verdict: 'fail', detail, remedy })

/** `tell` hears of each finding as it is made. A cancellation ends the examination. */
export function createExamination(clock: Clock, tell: (finding: Finding) => void): Examination {
  const findings: Finding[] = []
  const note = (finding: Finding) => {
    findings.push(finding)
    tell(finding)
  }
  return {
    findings,
    async check(id, title, look) {
      const started = clock.now()
      let outcome: Outcome
      try {
        outcome = await look()
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'CANCELLED') throw error
        outcome = failureOf(error)
      }
      note({ id, title, ...outcome, ms: Math.round(clock.now() - started) })
      return outcome.verdict
    },
    skip: (id, title, detail) => note({ id, title, verdict: 'skip', detail, ms: 0 }),
  }
}

export function failureOf({ message, why, next }: AppError): Outcome {
  return fail(why ? `${message}: ${why}` : message, next.join(', or '))
}

/** The findings that are no good, as problems of a stage. Missing secrets are one of their own. */
export function problemsIn(findings: readonly Finding[]): Problem[] {
  return findings
    .filter(({ verdict, detail }) => ['fail', 'warn'].includes(verdict) && !detail?.startsWith('secrets '))
    .map(({ id, title, verdict, detail = '', remedy }) => ({
      id,
      grave: verdict === 'fail',
      cause: detail.includes(title.replace(/ key$/, '')) ? detail : `${title}: ${detail}`,
      next: remedy ? [remedy] : [],
    }))
}
