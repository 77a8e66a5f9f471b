// The steps of a plan by what they have in common, as they are played: how far each group is, and one line of all.
import type { Plan, Step } from '../engine/plan.ts'
import { count, cut, widthOf } from '../terminal/layout.ts'
import { kindWords, pluralOf, stepTitle } from './plan-view.ts'

export interface Group {
  steps: Step[]
  done: number
  /** Epoch milliseconds of its first step. */
  started: number
}

export interface StepGroups {
  readonly isComplete: boolean
  begin(step: Step, now: number): Group
  /** Gives its group, which may be complete now. */
  end(step: Step, outcome: 'done' | 'failed'): Group
  /** Those that something of was done, though not all. */
  unfinished(): Group[]
  /** `████░░░░ 17/34  roles 5/5 · functions 3/5`, as much of it as fits. `waiting`: what AWS does not answer. */
  line(width: number, waiting?: string): string
  /** `3 created, 1 updated`. */
  summary(): string
}

const pastWords = { create: 'created', update: 'updated', delete: 'deleted' } as const

/** Steps that change nothing are not counted. One that the plan did not have is added when it begins. */
export function groupSteps(plan: Plan): StepGroups {
  const groups = new Map<string, Group>()
  const groupOf = (step: Step): Group => {
    const key = `${step.kind} ${step.action}`
    const group = groups.get(key) ?? { steps: [], done: 0, started: 0 }
    groups.set(key, group)
    if (!group.steps.some(({ id }) => id === step.id)) group.steps.push(step)
    return group
  }
  for (const step of plan) if (step.action in pastWords) groupOf(step)
  const all = () => [...groups.values()]
  const total = () => all().reduce((sum, { steps }) => sum + steps.length, 0)
  const done = () => all().reduce((sum, group) => sum + group.done, 0)
  let begun: Group[] = []

  return {
    get isComplete() {
      return done() === total()
    },
    begin(step, now) {
      const group = groupOf(step)
      group.started ||= now
      if (!begun.includes(group)) begun = [...begun, group]
      return group
    },
    end(step, outcome) {
      const group = groupOf(step)
      if (outcome === 'done') group.done++
      return group
    },
    unfinished: () => all().filter((group) => group.done > 0 && group.done < group.steps.length),
    line(width, waiting) {
      const cells = width < 80 ? 10 : 20
      const full = Math.floor((done() / total()) * cells)
      const head = `${'█'.repeat(full)}${'░'.repeat(cells - full)} ${done()}/${total()}`
      if (waiting) return cut(`${head}  still waiting for ${waiting}`, width)
      const isOver = ({ done, steps }: Group) => done === steps.length
      const parts = [...begun.filter(isOver), ...begun.filter((one) => !isOver(one))].map(partOf)
      const text = () => `${head}  ${parts.join(' · ')}`
      // What is over goes first, as on a ticker.
      while (parts.length > 1 && widthOf(text()) > width) parts.shift()
      return cut(text(), width)
    },
    summary() {
      const numbers = Object.entries(pastWords).map(([action, word]) => {
        const alike = all().filter(({ steps }) => steps[0]?.action === action)
        return [alike.reduce((sum, group) => sum + group.done, 0), word] as const
      })
      return numbers
        .filter(([number]) => number > 0)
        .map((part) => part.join(' '))
        .join(', ')
    },
  }
}

/** `roles 3/5`; one alone by its name. */
function partOf({ steps, done }: Group): string {
  const [first] = steps
  if (steps.length === 1) return stepTitle(first!)
  return `${pluralOf(kindWords(first!.kind))} ${done}/${steps.length}`
}

/** `5 roles`, or `table`: `number` of the group, all of it unless given. */
export function groupTitle({ steps }: Group, number: number = steps.length): string {
  const words = kindWords(steps[0]!.kind)
  return steps.length === 1 ? stepTitle(steps[0]!) : count(number, words, pluralOf(words))
}
