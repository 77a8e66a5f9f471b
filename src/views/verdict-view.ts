// What stands above everything else about a stage: whether users can sign in, why not, and what ends that.
import type { Problem } from '../insight/judgement/problem.ts'
import type { StageStatus } from '../insight/status.ts'
import { verdictOf } from '../insight/verdict.ts'
import { count, wrap } from '../terminal/layout.ts'
import type { Output } from '../terminal/output.ts'

type View = Pick<Output, 'theme' | 'dataWidth'>

/** More would push what else there is off the screen; `judgement` of `--json` has all. */
const mostShown = 3

/** The answer, and below it the causes with what ends each, the gravest first. */
export function verdictLines(status: StageStatus, view: View): string[] {
  const { done, failed } = view.theme
  const { isWell, words } = verdictOf(status)
  const fold = (text: string) => wrap(text, view.dataWidth, '  ')
  // The brake has a line of its own: nobody gets a code while it is pulled.
  if (isWell && status.pause) return problemLines(status.problems, view)
  const head = isWell
    ? fold(`${done} sign-in works: ${words}`)
    : [`${failed} sign-in does not work as it should`]
  return [...head, ...problemLines(status.problems, view)]
}

/** `most` of them in full. */
export function problemLines(
  problems: readonly Problem[],
  { theme, dataWidth: width }: View,
  most = mostShown,
): string[] {
  const shown = problems.slice(0, most)
  const more = problems.length - shown.length
  return [
    ...shown.flatMap(({ grave, cause, next }) => [
      ...wrap(`  ${grave ? theme.failed : theme.warning} ${cause}`, width, '    '),
      ...(next[0] ? wrap(`→ ${next[0]}`, width - 4, '  ').map((line) => `    ${line}`) : []),
    ]),
    ...(more > 0 ? [`  and ${count(more, 'more problem')}`] : []),
  ]
}

/** What the provider says of key, sender and template: in one line where all is well. */
export function sendingLines(
  { sending }: StageStatus,
  { theme, dataWidth }: View,
  verbose: boolean,
): string[] {
  const { done, failed, warning, paint } = theme
  const marks = { pass: done, fail: failed, warn: warning, skip: paint.dim('-') }
  const [key] = sending
  if (!key) return []
  if (!verbose && sending.every(({ verdict }) => verdict === 'pass')) {
    return wrap(`${done} ${key.title} ${key.detail}; sender and template as wanted`, dataWidth, '  ')
  }
  const shown = sending.filter(({ verdict }) => verbose || verdict !== 'skip')
  return shown.flatMap(({ verdict, title, detail }) =>
    wrap(`${marks[verdict]} ${title}${detail ? `: ${detail}` : ''}`, dataWidth, '  '),
  )
}
