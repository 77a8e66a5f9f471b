// A whole stage judged: its resources, its wiring, a sign-in, what the provider says, its latest messages. Pure.
import { graveDangers, type Plan, type Step } from '../engine/plan.ts'
import { functionNames, names, triggerNames } from '../names.ts'
import { outOfReach } from '../stage/probe.ts'
import { type Check, isBroken } from '../stage/verify.ts'
import { type Finding, problemsIn } from './examination.ts'
import type { Wiring } from './health.ts'
import type { Latest } from './judgement/latest.ts'
import {
  dangerProblem,
  deploy,
  functionProblem,
  inOrder,
  type Judged,
  type Problem,
  type SecretState,
  secretsProblems,
  wiringProblem,
} from './judgement/problem.ts'
import { reportProblems, sendProblems } from './judgement/sends.ts'
import { troubleProblems } from './judgement/troubles.ts'

export interface Seen {
  plan: Plan
  wiring: readonly Wiring[]
  hasPool: boolean
  checks: readonly Check[]
  /** What the provider says; empty where it was not asked. */
  sending: readonly Finding[]
  /** Undefined where the logs could not be read. */
  latest: Latest | undefined
  /** Epoch milliseconds since which the provider's key is this one. */
  keyChangedAt: number
  /** The same of the secret that delivery reports are signed with; undefined where the stage takes none. */
  webhookChangedAt: number | undefined
}

/** The causes first, as far as they are known; of what follows from them only what is not said yet. */
export function judge(judged: Judged, seen: Seen): Problem[] {
  const { plan, latest } = seen
  const { stage } = judged
  const unwired = seen.wiring.filter(({ wanted, actual }) => wanted !== actual).map(({ trigger }) => trigger)
  const isOut = seen.checks.some((check) => check.why === outOfReach)
  const causes = [
    ...secretsProblems(judged, secretsOf(plan)),
    ...missingOf(plan).map((step) => missing(step, stage)),
    ...graveDangers(plan).map(({ step, danger }) => dangerProblem(step.id, wordsOf(step), danger)),
    ...inactive(judged, seen),
    ...wiringProblem(judged, unwired, seen.hasPool),
    ...(latest ? troubleProblems(judged, latest, { isOut }) : []),
    ...problemsIn(seen.sending),
    ...(latest ? sendProblems(judged, latest, seen.keyChangedAt) : []),
    ...(latest && seen.webhookChangedAt !== undefined
      ? reportProblems(judged, latest, seen.webhookChangedAt)
      : []),
  ]
  return inOrder([...causes, ...unexplained(seen, causes, stage)])
}

/** What has not moved yet is still where it was, and nobody misses what was found out about AWS. */
const missingOf = (plan: Plan) =>
  plan.filter(
    ({ action, by, kind }) =>
      action === 'create' &&
      by !== 'move' &&
      !['findings', 'brake', 'master-key', 'provider-key', 'user-pool'].includes(kind),
  )

function secretsOf(plan: Plan): { masterKey: SecretState; providerKey: SecretState } {
  const stateOf = (id: string): SecretState => {
    const step = plan.find((one) => one.id === id)
    if (step?.action === 'create' && step.by !== 'move') return 'missing'
    return step?.fields.some(({ field, blocked }) => field === 'content' && blocked)
      ? 'unreadable'
      : undefined
  }
  return { masterKey: stateOf('master-key'), providerKey: stateOf('provider-key') }
}

function missing(step: Step, stage: string): Problem {
  return {
    id: `missing.${step.id}`,
    grave: true,
    cause: `${wordsOf(step)} is missing`,
    next: [deploy(stage)],
  }
}

/** Functions that are there and do not run. */
function inactive(judged: Judged, { checks, plan }: Seen): Problem[] {
  return functionNames.flatMap((trigger): Problem[] => {
    const name = names.function(judged.stage, trigger)
    const check = checks.find((one) => one.check === `the function ${name} is active`)
    if (!check || !isBroken(check) || isMissing(plan, `function:${trigger}`)) return []
    return [functionProblem(judged, trigger, check.why ?? 'Lambda says no more')]
  })
}

const isMissing = (plan: Plan, id: string) => plan.some((step) => step.id === id && step.action === 'create')

/** Checks that do not hold for a reason that nothing else has named. */
function unexplained({ checks, plan }: Seen, causes: readonly Problem[], stage: string): Problem[] {
  const isKnown = ({ check }: Check) =>
    / is active$/.test(check) ||
    triggerNames.some(
      (trigger) =>
        check.endsWith(` ${names.function(stage, trigger)}`) && isMissing(plan, `permission:${trigger}`),
    )
  // A sign-in fails of whatever else is wrong in AWS; it says nothing about the provider.
  const explainsSignIn = causes.some(
    ({ id, grave }) =>
      grave && /^(pool|wiring|missing|danger|secrets|function|table|crash|defect)\b/.test(id),
  )
  return checks
    .filter((one) => isBroken(one) && !isKnown(one) && !(explainsSignIn && /sign-in/.test(one.check)))
    .map(({ check, why }) => ({
      id: 'check',
      grave: true,
      cause: `not so: ${check}${why ? ` (${why})` : ''}`,
      next: [deploy(stage)],
    }))
}

const wordsOf = ({ kind, name }: Step) => `${kind.replaceAll('-', ' ')} ${name}`
