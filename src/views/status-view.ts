// A stage's status as lines for people: what is well in few lines, what is not in full.

import type { ProviderDescription } from '../core/messaging/provider.ts'
import { providerOf } from '../core/messaging/providers.ts'
import { pauseWords } from '../core/parameters/brake.ts'
import { isConsequence, type Plan, type Step } from '../engine/plan.ts'
import type { Activity } from '../insight/activity.ts'
import { tellsOfFailedSend, wordsOf } from '../insight/event-words.ts'
import { problemsOf, type StageStatus } from '../insight/status.ts'
import { verdictOf } from '../insight/verdict.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import type { Outputs } from '../stage/outputs.ts'
import { isBroken } from '../stage/verify.ts'
import { age, count, duration, wrap } from '../terminal/layout.ts'
import type { Output } from '../terminal/output.ts'
import { alarmLines } from './alarm-view.ts'
import { guessLines, spendingLines } from './exposure-view.ts'
import { dangerLines, kindWords, pluralOf, stepLines } from './plan-view.ts'
import { testNumberLines } from './test-number-view.ts'
import { sendingLines, verdictLines } from './verdict-view.ts'

type View = Pick<Output, 'theme' | 'dataWidth'>

/** What each action of the plan says about the resource as it is. */
const conditions = {
  keep: 'as wanted',
  create: 'missing',
  update: 'differs',
  delete: 'left over',
  'replace-refused': 'cannot be changed',
} as const

const conditionOf = ({ action, by }: Step) => (by === 'move' ? 'not moved yet' : conditions[action])

export interface ShownStatus {
  record: StageRecord
  status: StageStatus
}

/** The whole of it, line by line. `ageMs` is the time since the first deploy. */
export function statusLines(
  { record, status, ageMs }: ShownStatus & { ageMs: number },
  view: View,
  verbose: boolean,
): string[] {
  const { plan, pause, testNumbers, users, odds, spending, activity, activityWhy } = status
  const resume = `no message and no sign-up until whatsapp-otp resume --stage ${record.stage}`
  return [
    `Stage ${record.stage}, version ${record.toolVersion}, ${age(ageMs)} old`,
    ...(pause ? wrap(`${view.theme.warning} ${pauseWords(pause)}; ${resume}`, view.dataWidth, '  ') : []),
    ...verdictLines(status, view),
    ...resourceLines(plan, view, verbose),
    ...signInLines(status, view, verbose),
    ...sendingLines(status, view, verbose),
    ...testNumberLines(testNumbers, record.stage, view),
    ...(users === undefined ? [] : [`Users      about ${users} (Cognito's own estimate)`]),
    ...(activity
      ? activityLines(activity, view, providerOf(record.settings))
      : [`Last 24 h  not known: ${activityWhy}`]),
    ...guessLines(odds, view),
    ...spendingLines(spending, view),
    ...alarmLines(status.alarms, view),
  ]
}

/** The same for programs. */
export function statusDocument({ record, status, outputs }: ShownStatus & { outputs: Outputs }) {
  const { plan, wiring, checks, pause, sending, problems, testNumbers, users, odds, spending } = status
  const { activity, activityWhy } = status
  return {
    stage: record.stage,
    region: outputs.region,
    account: outputs.account,
    version: record.toolVersion,
    createdAt: record.createdAt,
    healthy: verdictOf(status).isWell,
    problems: problemsOf(status),
    judgement: problems,
    resources: plan.map((step) => ({
      kind: step.kind,
      name: step.name,
      condition: conditionOf(step),
      fields: step.fields,
      ...(step.dangers ? { dangers: step.dangers } : {}),
    })),
    triggers: wiring,
    checks,
    sending: sending.map(({ ms: _, ...finding }) => finding),
    ...(pause ? { paused: pause } : {}),
    testNumbers,
    users,
    guessing: odds,
    spending,
    lastDay: activity ?? { unknown: activityWhy },
    ...(status.alarms ? { alarms: status.alarms } : {}),
    outputs,
  }
}

/** Kinds whose resources are all well get one line; `verbose` gives every resource its own. */
export function resourceLines(plan: Plan, view: View, verbose = false): string[] {
  const { done, failed, warning } = view.theme
  const line = (step: Step) => {
    const isMild = ['update', 'delete'].includes(step.action) || step.by === 'move'
    const mark = step.action === 'keep' ? done : isMild ? warning : failed
    const title = `${kindWords(step.kind)} ${step.name}: ${conditionOf(step)}`
    const [, ...fields] = stepLines(step, view.theme, view.dataWidth)
    return [...wrap(`${mark} ${title}`, view.dataWidth, '  '), ...fields, ...dangersOf(step)]
  }
  const dangersOf = (step: Step) => dangerLines(step, view.theme, view.dataWidth)
  return [...new Set(plan.map(({ kind }) => kind))].flatMap((kind) => {
    const steps = plan.filter((step) => step.kind === kind)
    const well = steps.filter(({ action, dangers }) => action === 'keep' && !dangers)
    if (verbose) return steps.flatMap(line)
    const words = kindWords(kind)
    const follow = steps.filter(isConsequence)
    const ill = [
      ...steps.filter((step) => step.action === 'keep').flatMap(dangersOf),
      ...steps.filter((step) => step.action !== 'keep' && !isConsequence(step)).flatMap(line),
      ...(follow.length > 0
        ? [`${warning} ${count(follow.length, words, pluralOf(words))}: refers to what is missing`]
        : []),
    ]
    const one = steps.length === 1 ? words : count(well.length, words, pluralOf(words))
    return well.length > 0 ? [`${done} ${one}`, ...ill] : ill
  })
}

/** What the pool calls, and the checks of `verify`: those that hold in few lines, the others with their why. */
export function signInLines({ wiring, checks }: StageStatus, view: View, verbose = false): string[] {
  const { done, failed, warning } = view.theme
  const off = wiring.filter(({ wanted, actual }) => wanted !== actual)
  const open = checks.filter(({ isOpen }) => isOpen)
  const fold = (text: string) => wrap(text, view.dataWidth, '    ')
  const detail = (verbose ? wiring : off).flatMap(({ trigger, actual }) =>
    fold(`    ${trigger} → ${actual ?? 'nothing'}`),
  )
  const wired =
    off.length === 0 && wiring.length > 0
      ? `${done} the pool calls its ${wiring.length} triggers`
      : `${failed} the pool calls ${wiring.length - off.length} of ${wiring.length || 5} triggers`
  const held = checks.filter(({ ok }) => ok)
  const groups: [RegExp, (number: number) => string][] = [
    [/is active$/, (number) => `${count(number, 'function')} active`],
    [/^Cognito may invoke/, (number) => `Cognito may invoke ${count(number, 'function')}`],
    [/./, () => 'a sign-in gets its challenge'],
  ]
  const folded: string[] = []
  let rest = held
  for (const [pattern, words] of verbose ? [] : groups) {
    const members = rest.filter(({ check }) => pattern.test(check))
    rest = rest.filter(({ check }) => !pattern.test(check))
    if (members.length > 0) folded.push(`${done} ${words(members.length)}`)
  }
  return [
    wired,
    ...detail,
    ...folded,
    ...rest.map(({ check }) => `${done} ${check}`),
    ...open.flatMap(({ check, why }) => fold(`${warning} ${check}: ${why}`)),
    ...checks
      .filter(isBroken)
      .flatMap(({ check, why }) => fold(`${failed} ${check}${why ? `: ${why}` : ''}`)),
  ]
}

/** The day in numbers, and below them why things went wrong. */
export function activityLines(activity: Activity, view: View, provider: ProviderDescription): string[] {
  const { sent, unknown, failed, suppressed, verified, rejected, signUpsRefused, errors } = activity
  const { locked, unlocked, putBack, delivered, read, undelivered, followed } = activity
  const parts = [
    `${sent + unknown} sent`,
    ...(unknown > 0 ? [`${unknown} of them perhaps`] : []),
    `${failed} failed`,
    ...(delivered + undelivered > 0
      ? [`${delivered} delivered`, `${read} read`, `${undelivered} did not arrive`]
      : []),
    ...(followed > 0 ? [`${followed} followed by an SMS`] : []),
    ...(suppressed > 0 ? [`${suppressed} held back`] : []),
    `${verified} verified`,
    `${rejected} wrong`,
    ...(locked > 0 ? [`${locked} locked`] : []),
    ...(unlocked > 0 ? [`${unlocked} unlocked`] : []),
    ...(putBack > 0 ? [`${count(putBack, 'number')} taken back`] : []),
    ...(signUpsRefused > 0 ? [`${count(signUpsRefused, 'sign-up')} refused`] : []),
    ...(errors > 0 ? [count(errors, 'error')] : []),
  ]
  const head = `Last 24 h  ${activity.partial ? 'at least ' : ''}${parts.join(', ')}`
  const told = activity.reasons.filter(({ event }) => event !== 'otp_rejected')
  const more = told.slice(mostReasons).length
  return [
    ...wrap(head, view.dataWidth, '           '),
    ...deliveryLines(activity),
    ...told
      .slice(0, mostReasons)
      .flatMap((one) =>
        wrap(`           ${one.count}× ${meaning(one, provider)}`, view.dataWidth, '             '),
      ),
    ...(more > 0 ? [`           and ${count(more, 'more reason')}`] : []),
  ]
}

function deliveryLines({ deliveryMs }: Activity): string[] {
  if (!deliveryMs) return []
  const { p50, p95 } = deliveryMs
  return [`           on the phone after ${duration(p50)} (half of them), ${duration(p95)} (95 %)`]
}

/** The others stand in `logs`, and in `--json`. */
const mostReasons = 5

function meaning(one: Activity['reasons'][number], provider: ProviderDescription): string {
  const { event, reason, httpStatus, channel } = one
  const isBlame = ['operator', 'recipient', 'provider'].includes(reason)
  const fields = tellsOfFailedSend(event) && !isBlame ? { providerCode: reason } : { reason }
  const words = wordsOf({ event, fields: { ...fields, httpStatus, channel } }, provider)?.words
  return words ?? `an invocation ended by ${reason}`
}
