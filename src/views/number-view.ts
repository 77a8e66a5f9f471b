// Why a number gets no code, as text: what is known of it, what happened to it lately, and what to do.
import type { Course, History } from '../insight/number-history.ts'
import { age, wrap } from '../terminal/layout.ts'
import type { Output } from '../terminal/output.ts'
import { oneLine } from '../terminal/text.ts'
import type { Looked } from '../users/number.ts'
import { clockTime, decoyWords, nobodyRows, state, userRows } from './user-view.ts'

/** What matters most comes first: how it stands now, and what became of the last message. */
export function numberRows(
  { found, ...looked }: Looked,
  course: Course | undefined,
  now: number,
): [string, string][] {
  const [user = ['User', ''], state = ['Now', ''], ...rest] = found
    ? userRows(found.user, looked.phone, now)
    : nobodyRows(looked)
  const last = course?.latest
  const { heldUntil } = looked.facts
  return [
    user,
    state,
    ...(heldUntil === null
      ? []
      : [
          ['Held back', `by a cap of the stage until ${clockTime(Date.parse(heldUntil))}`] as [
            string,
            string,
          ],
        ]),
    ...(last ? [['Last', `${last.says}, ${age(now - Date.parse(last.time))} ago`] as [string, string]] : []),
    ...rest,
  ]
}

/** The events, newest last. What cannot be found under a number is said. */
export function historyLines(
  { events, earlier, partial, unknown }: History,
  { found, facts }: Looked,
  { theme, dataWidth }: Pick<Output, 'theme' | 'dataWidth'>,
): string[] {
  const indent = ' '.repeat(23)
  const line = ({ time, level, says }: History['events'][number]) => {
    const mark = level === 'ERROR' ? theme.failed : level === 'WARN' ? theme.warning : ' '
    const at = theme.paint.dim(time.slice(0, 19).replace('T', ' '))
    return wrap(`${at} ${mark} ${oneLine(says)}`, dataWidth, dataWidth < 70 ? '    ' : indent)
  }
  const none = unknown ? `not known: ${unknown}` : 'none; --since 7d looks further back'
  const head = `Events (UTC)${events.length === 0 ? `: ${none}` : ''}`
  return [
    head,
    ...(earlier > 0 ? [`and ${earlier} before these: whatsapp-otp logs --filter <phone>`] : []),
    ...events.flatMap(line),
    ...(partial && !unknown
      ? wrap(`${theme.warning} there is more; a shorter --since reads to its end`, dataWidth, '  ')
      : []),
    ...(found ? [] : wrap(facts.allowed ? strangers : refusals, dataWidth)),
  ]
}

const strangers =
  'Sign-ins without an account may be in the logs under a name that Cognito gives, not under the number.'
const refusals = 'Refused sign-ups are in the logs without a number: whatsapp-otp logs preSignUp --since 1d'

/** What to do, one a line. */
export function adviceLines(next: readonly string[], { dataWidth }: Pick<Output, 'dataWidth'>): string[] {
  return next.flatMap((line, at) => wrap(`${at === 0 ? 'Next' : '    '}  ${line}`, dataWidth, '        '))
}

/** Why no message comes to a user who asks for one at `now`; undefined where one may. */
export function standingLine({ found, facts }: Looked, now: number): string | undefined {
  const { enabled, decoy, blocked } = found?.user ?? {}
  if (enabled === false) return 'No message comes: the account is disabled'
  if (decoy) return `No message comes: it ${decoyWords(decoy)}`
  if (facts.testNumber) return 'A test number: nothing is sent, its fixed code counts'
  if (blocked) return `${capital(state(blocked, now))}; a code that was sent before still counts`
  if (facts.heldUntil === null) return undefined
  return `A cap of the stage holds messages back until ${clockTime(Date.parse(facts.heldUntil))}`
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
