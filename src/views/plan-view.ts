// A plan as lines for people. Pure; fits into narrow terminals.
import type { Action, Plan, Step } from '../engine/plan.ts'
import type { Change } from '../engine/resource.ts'
import { count, widthOf, wrap } from '../terminal/layout.ts'
import { oneLine } from '../terminal/text.ts'
import type { Theme } from '../terminal/theme.ts'

const words: Record<Action, 'create' | 'update' | 'delete' | 'keep' | 'refused'> = {
  create: 'create',
  update: 'update',
  delete: 'delete',
  keep: 'keep',
  'replace-refused': 'refused',
}

/**
 * Every step that changes something, is refused or is kept for a reason, what of others is there, then the counts.
 * Steps that say the same of one kind share a line: a whole stage is made of dozens.
 */
export function planLines(plan: Plan, { theme, width = 80 }: { theme: Theme; width?: number }): string[] {
  const told = plan.filter((step) => step.action !== 'keep' || step.why)
  const steps = told.flatMap((step) => {
    const alike = told.filter((other) => isAlike(step, other))
    if (alike.length < 2) return stepLines(step, theme, width)
    return alike[0] === step ? groupLines(alike, theme, width) : []
  })
  const lines = [...steps, ...plan.flatMap((step) => dangerLines(step, theme, width))]
  return [...lines, ...(lines.length > 0 ? [''] : []), ...wrap(planSummary(plan), width, '      ')]
}

/** `Plan: 3 to create, 1 to update, 0 to delete, 24 unchanged`; refused steps are added where there are any. */
function planSummary(plan: Plan): string {
  const number = (action: Action) => plan.filter((step) => step.action === action).length
  const refused = number('replace-refused')
  const dangers = plan.flatMap((step) => step.dangers ?? []).length
  return (
    `Plan: ${number('create')} to create, ${number('update')} to update, ${number('delete')} to delete, ` +
    `${number('keep')} unchanged${refused > 0 ? `, ${refused} refused` : ''}` +
    (dangers > 0 ? `, ${dangers} not ours to change` : '')
  )
}

/** What of others is there, what that means, and the command that ends it. */
export function dangerLines({ kind, name, dangers = [] }: Step, theme: Theme, width: number): string[] {
  return dangers.flatMap(({ what, why, next, isGrave }) => {
    const mark = isGrave ? theme.failed : theme.warning
    return [
      ...wrap(`${mark} ${kindWords(kind)} ${name}: ${oneLine(what)}`, width, '  '),
      ...wrap(`    ${oneLine(why)}`, width, '    '),
      ...wrap(`    next: ${oneLine(next)}`, width, '      '),
    ]
  })
}

/** The step, why it is refused and what to do about that, and each field that differs. */
export function stepLines(step: Step, theme: Theme, width: number): string[] {
  const word = words[step.action]
  const title = stepTitle(step)
  const head = `${theme[word]} ${word.padEnd(7)} ${title}`
  const room = widthOf(head) + 2 + widthOf(step.name) <= width
  const lines = [room ? `${head}  ${theme.paint.dim(step.name)}` : head]
  if (step.why) lines.push(...wrap(`    why: ${step.why}`, width, '      '))
  for (const next of step.fields.flatMap((field) => field.next ?? [])) {
    lines.push(...wrap(`    next: ${next}`, width, '      '))
  }
  return [...lines, ...step.fields.flatMap((field) => changeLines(field, width))]
}

/** Plain steps only: what has fields or a reason is told by itself. */
function isAlike(step: Step, other: Step): boolean {
  const isPlain = ({ fields, why }: Step) => fields.length === 0 && !why
  return isPlain(step) && isPlain(other) && step.kind === other.kind && step.action === other.action
}

/** `+ create  5 functions  whatsapp-otp-dev-*`. */
function groupLines(steps: Step[], theme: Theme, width: number): string[] {
  const { kind, action } = steps[0]!
  const word = words[action]
  const head = `${theme[word]} ${word.padEnd(7)} ${count(steps.length, kindWords(kind), pluralOf(kindWords(kind)))}`
  const names = `${commonStart(steps.map(({ name }) => name))}*`
  return widthOf(head) + 2 + widthOf(names) <= width ? [`${head}  ${theme.paint.dim(names)}`] : [head]
}

/** Ends where a word of the name ends. */
function commonStart(names: string[]): string {
  let length = 0
  while (names.every((name) => name[length] !== undefined && name[length] === names[0]![length])) length++
  return names[0]!.slice(0, length).replace(/[^-/]*$/, '')
}

/** `user-pool-client` -> `user pool client`. */
export function kindWords(kind: string): string {
  return kind.replaceAll('-', ' ')
}

/** `policy` -> `policies`; words that are plural already stay. */
export function pluralOf(words: string): string {
  return words.endsWith('y') ? `${words.slice(0, -1)}ies` : words.endsWith('s') ? words : `${words}s`
}

function changeLines({ field, from, to }: Change, width: number): string[] {
  const [before, after] = [from ?? '(none)', to ?? '(none)'].map(oneLine)
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
  const [kind = '', which] = step.id.split(':')
  return [kindWords(kind), which].filter(Boolean).join(' ')
}
