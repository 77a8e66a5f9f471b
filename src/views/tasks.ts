// Shows what runs now and what is done: one line with a bar on a terminal, plain lines elsewhere, nothing in JSON mode.
import type { Later, WaitEvent } from '../aws/calls.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { ApplyEvent } from '../engine/apply.ts'
import type { Plan, Step } from '../engine/plan.ts'
import { AppError } from '../errors.ts'
import { cut, duration } from '../terminal/layout.ts'
import type { Output } from '../terminal/output.ts'
import { createSpinner } from '../terminal/spinner.ts'
import { stepTitle } from './plan-view.ts'
import { groupSteps, groupTitle, type StepGroups } from './step-groups.ts'

export interface Tasks {
  /** Runs `work` under a title, as in «Read the stage». A failure is shown and thrown on. */
  run<T>(title: string, work: () => Promise<T>): Promise<T>
  /** Shows a title on a terminal's line, and nothing else of it, until what it gives is called; that may be repeated. */
  passing(title: string): () => void
  /** Shows the steps of this plan by groups while `work` plays them. */
  steps<T>(plan: Plan, work: () => Promise<T>): Promise<T>
  /** Shows a step of a plan; made to be given to `applyPlan` as it is. */
  emit(event: ApplyEvent): void
  /** Shows what AWS is slow to answer; made to be given to a connection as it is. */
  wait(event: WaitEvent): void
}

/** Silence longer than this gets a line where there is no spinner. */
const silenceMs = 1_000

/** A timer of the real world, not of a test's clock. */
const later: Later = (ms, act) => {
  const timer = setTimeout(act, ms).unref()
  return () => clearTimeout(timer)
}

export function createTasks(output: Output, clock: Clock = systemClock, schedule: Later = later): Tasks {
  const { theme } = output
  const running = new Map<string, string>()
  const silences = new Map<string, () => void>()
  const spinner = createSpinner(output)
  /** What AWS has not answered for a while, and how many calls of it there are. */
  const silent = new Map<string, number>()
  let groups: StepGroups | undefined
  let stepsFrom: number | undefined

  const show = async () => {
    const [first, ...others] = running.values()
    const [slow] = silent.keys()
    if (first === undefined) {
      if (!groups || stepsFrom === undefined) return spinner.stop()
      return spinner.show(groups.line(output.width - 3, slow))
    }
    const more = others.length > 0 ? ` and ${others.length} more` : ''
    const text = slow === undefined ? first : `${first}: still waiting for ${slow}`
    await spinner.show(cut(text, output.width - 3 - more.length) + more)
  }
  const watchSilence = (id: string, title: string) => {
    if (output.isLive || silences.has(id)) return
    silences.set(
      id,
      schedule(silenceMs, () => output.say(`… ${title}`)),
    )
  }
  const endSilence = (id: string) => {
    silences.get(id)?.()
    silences.delete(id)
  }
  const begin = (id: string, title: string): Promise<void> => {
    running.set(id, title)
    watchSilence(id, title)
    return show()
  }
  const tell = (symbol: string, title: string, ms: number) =>
    output.say(`${symbol} ${title}  ${theme.paint.dim(duration(ms))}`)
  const end = (id: string, symbol: string, title: string, ms: number) => {
    running.delete(id)
    endSilence(id)
    tell(symbol, title, ms)
    void show()
  }
  const symbolOf = (event: Exclude<ApplyEvent, { type: 'start' }>) => {
    if (event.type === 'done') return theme.done
    return isCancelled(event.error) ? theme.warning : theme.failed
  }
  /** On a terminal the line is all that moves; elsewhere each group is a line once it is done. */
  const emitGrouped = (event: ApplyEvent, of: StepGroups) => {
    const { step } = event
    const now = clock.now()
    if (event.type === 'start') {
      stepsFrom ??= now
      const group = of.begin(step, now)
      watchSilence(silenceOf(step), `${verbs[step.action]} ${groupTitle(group)}`)
      return void show()
    }
    const group = of.end(step, event.type)
    const isOver = group.done === group.steps.length
    if (event.type === 'failed') tell(symbolOf(event), stepTitle(step), event.ms)
    else if (isOver && !output.isLive) tell(theme.done, groupTitle(group), now - group.started)
    if (isOver) endSilence(silenceOf(step))
    if (!of.isComplete) return void show()
    groups = undefined
    if (output.isLive) tell(theme.done, of.summary(), now - (stepsFrom ?? now))
    void show()
  }

  return {
    async run(title, work) {
      if (output.isJson) return work()
      const id = `task:${title}`
      const started = clock.now()
      // On the screen before the work begins, which may load megabytes of code first.
      await begin(id, title)
      let symbol = theme.failed
      try {
        const result = await work()
        symbol = theme.done
        return result
      } finally {
        end(id, symbol, title, clock.now() - started)
      }
    },
    passing(title) {
      if (!output.isLive) return () => {}
      const id = `passing:${title}`
      // What follows does not wait for what turns the line.
      void begin(id, title)
      return () => {
        if (running.delete(id)) void show()
      }
    },
    async steps(plan, work) {
      if (output.isJson) return work()
      groups = groupSteps(plan)
      stepsFrom = undefined
      try {
        return await work()
      } finally {
        const left = output.isLive ? [] : (groups?.unfinished() ?? [])
        groups = undefined
        for (const id of silences.keys()) if (id.startsWith(groupId)) endSilence(id)
        for (const group of left) tell(theme.done, groupTitle(group, group.done), clock.now() - group.started)
        void show()
      }
    },
    emit(event) {
      if (output.isJson) return
      const { id, kind, action } = event.step
      if (groups && kind !== 'wait') return emitGrouped(event, groups)
      const title = stepTitle(event.step)
      const verb = verbs[action]
      if (event.type === 'start') return void begin(id, verb ? `${verb} ${title}` : title)
      end(id, symbolOf(event), title, event.ms)
    },
    wait({ type, what }) {
      if (type === 'abandoned')
        return output.warn(`Left without an answer: ${what}. Whether AWS carried it out is not known`)
      const count = (silent.get(what) ?? 0) + (type === 'waiting' ? 1 : -1)
      if (count > 0) silent.set(what, count)
      else silent.delete(what)
      const isShown = running.size > 0 || (groups !== undefined && stepsFrom !== undefined)
      if (isShown) void show()
      if (type === 'waiting' && (!output.isLive || !isShown)) output.say(`… still waiting for ${what}`)
    },
  }
}

const groupId = 'group:'
const silenceOf = ({ kind, action }: Step) => `${groupId}${kind}:${action}`

/** Left by Ctrl-C while AWS went on: nothing went wrong. */
function isCancelled(error: unknown): boolean {
  return error instanceof AppError && error.code === 'CANCELLED'
}

const verbs = {
  create: 'create',
  update: 'update',
  delete: 'delete',
  // Waiting for another run.
  keep: '',
  'replace-refused': 'refuse',
} as const
