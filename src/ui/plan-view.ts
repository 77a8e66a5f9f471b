// A plan as lines for people. Pure; fits into narrow terminals.
import type { Action, Plan, Step } from '../stack/plan.ts'
import type { Change } from '../stack/resource.ts'
import { widthOf, wrap } from './layout.ts'
import type { Theme } from './theme.ts'

const words: Record<Action, 'create' | 'update' | 'delete' | 'keep' | 'refused'> = {
  create: 'create',
  update: 'update',
  delete: 'delete',
  keep: 'keep',
  'replace-refused': 'refused',
}

/** Every step that changes something, is refused or is kept for a reason, then the counts. */
export function planLines(plan: Plan, { theme, width = 80 }: { theme: Theme; width?: number }): string[] {
  const told = plan.filter((step) => step.action !== 'keep' || step.why)
  const lines = told.flatMap((step) => stepLines(step, theme, width))
  return [...lines, ...(lines.length > 0 ? [''] : []), ...wrap(planSummary(plan), width, '      ')]
}

/** `Plan: 3 to create, 1 to update, 0 to delete, 24 unchanged`; refused steps are added where there are any. */
export function planSummary(plan: Plan): string {
  const number = (action: Action) => plan.filter((step) => step.action === action).length
  const refused = number('replace-refused')
  return (
    `Plan: ${number('create')} to create, ${number('update')} to update, ${number('delete')} to delete, ` +
    `${number('keep')} unchanged${refused > 0 ? `, ${refused} refused` : ''}`
  )
}

/** The step, why it is refused, and each field that differs. */
export function stepLines(step: Step, theme: Theme, width: number): string[] {
  const word = words[step.action]
  const title = stepTitle(step)
  const head = `${theme[word]} ${word.padEnd(7)} ${title}`
  const room = widthOf(head) + 2 + widthOf(step.name) <= width
  const lines = [room ? `${head}  ${theme.paint.dim(step.name)}` : head]
  if (step.why) lines.push(...wrap(`    why: ${step.why}`, width, '      '))
  return [...lines, ...step.fields.flatMap((field) => changeLines(field, width))]
}

function changeLines({ field, from, to }: Change, width: number): string[] {
  const before = from ?? '(none)'
  const after = to ?? '(none)'
  const line = `    ${field}: ${before} → ${after}`
  if (widthOf(line) <= width) return [line]
  return [
    ...wrap(`    ${field}:`, width, '      '),
    ...wrap(`      ${before}`, width, '        '),
    ...wrap(`    → ${after}`, width, '        '),
  ]
}

/** `function:preSignUp` -> `function preSignUp`. */
export function stepTitle(step: { id: string }): string {
  return step.id.replace(':', ' ')
}
