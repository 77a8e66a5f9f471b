// What happens to sign-ins in the sandbox, a line each: codes, what goes wrong and why, who is in.
import type { FlowEvent, Step } from '../sandbox/door/flow.ts'
import type { Theme } from '../terminal/theme.ts'

/** As in `12:04:31  +15550100001  code 123456`; undefined for steps that only the page shows. */
export function flowLine(event: FlowEvent, { paint }: Theme): string | undefined {
  if (event.type !== 'step') return undefined
  const { flow, step } = event
  const words = wordsOf(step)
  if (!words) return undefined
  const time = paint.dim(new Date(step.at).toTimeString().slice(0, 8))
  return `${time}  ${step.about.to || flow.name}  ${step.isOk ? words : paint.yellow(words)}`
}

function wordsOf({ kind, name, isOk, about }: Step): string | undefined {
  switch (kind) {
    case 'arrival':
      return about.code ? `code ${about.code}` : `SMS: ${about.message}`
    case 'answer':
      if (about.tokens) return 'signed in'
      return isOk ? undefined : about.message || about.error
    case 'status':
      return isOk ? undefined : `the message failed: ${about.why}`
    case 'return':
      return isOk ? undefined : `${name} failed: ${about.error}`
    case 'note':
      return isOk ? undefined : name
    default:
      return undefined
  }
}
