// The report of a run as data: each matter with the way it is and the evidence, or why it is not settled.
import { assumptions } from '../assumptions.ts'
import type { Leftover } from './scene/made.ts'
import type { Finding } from './scene/probe.ts'
import { withoutIds } from './scene/said.ts'

export interface Settled extends Finding {
  matter: string
}

export interface StageFindings {
  /** What was done, in words, in order. */
  did: string[]
  /** Why the stage, or a part of its life, was left out. */
  leftOut?: string
  /** What went wrong: the sentences of an error. */
  failed?: string
}

export interface LiveReport {
  schemaVersion: 1
  /** ISO 8601. */
  at: string
  toolVersion: string
  node: string
  region: string
  /** True where some of AWS was asked at other addresses than its own: it says nothing of AWS then. */
  emulator: boolean
  /** All but its last four digits are hidden. */
  account: string
  findings: Settled[]
  stage: StageFindings
  /** What is still there. */
  leftovers: Leftover[]
  /** How removal was proven, in words. */
  proof: string[]
  ms: number
  /** Why the run ended early. */
  ended?: string
}

export const maskedAccount = (account: string) => `…${account.slice(-4)}`

/** `assumed` where it is as everybody assumes, `deviates` where not, `open` where nobody knows yet. */
export function verdictOf({ matter, way }: Settled): 'assumed' | 'deviates' | 'open' {
  const known = assumptions.find(({ id }) => id === matter)
  if (!known || way === undefined) return 'open'
  return Object.keys(known.ways)[0] === way ? 'assumed' : 'deviates'
}

/** The report as it is written: what is left is named by its kind, and on the screen by its id. */
export function forReaders(report: LiveReport): LiveReport {
  const leftovers = report.leftovers.map((one) => {
    return { ...one, id: withoutIds(one.id), command: withoutIds(one.command) }
  })
  return { ...report, leftovers }
}

export function deviationsIn({ findings }: Pick<LiveReport, 'findings'>): Settled[] {
  return findings.filter((finding) => verdictOf(finding) === 'deviates')
}
