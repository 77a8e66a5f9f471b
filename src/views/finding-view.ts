// One finding of `doctor` as lines: how it ended, what was found, and below it what to do.
import type { Finding, Verdict } from '../insight/examination.ts'
import { duration, widthOf, wrap } from '../terminal/layout.ts'
import type { Output } from '../terminal/output.ts'

export function findingLines(
  { verdict, title, detail, remedy, ms }: Finding,
  { theme, dataWidth: width }: Pick<Output, 'theme' | 'dataWidth'>,
): string[] {
  const marks: Record<Verdict, string> = {
    pass: theme.done,
    warn: theme.warning,
    fail: theme.failed,
    skip: theme.paint.dim('-'),
  }
  const time = ms >= 1_000 ? `  ${theme.paint.dim(duration(ms))}` : ''
  const room = width - 2 - widthOf(time)
  const [first = '', ...rest] = wrap(`${title}${detail ? `: ${detail}` : ''}`, room, '  ')
  const fix = remedy ? wrap(`→ ${remedy}`, width - 4, '  ').map((line) => `    ${line}`) : []
  return [`${marks[verdict]} ${first}${time}`, ...rest.map((line) => `  ${line}`), ...fix]
}
