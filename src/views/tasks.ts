// Shows what runs now and what is done: a spinner on a terminal, plain lines elsewhere, nothing in JSON mode.
import type { Later, WaitEvent } from '../aws/calls.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { ApplyEvent } from '../engine/apply.ts'
import { AppError } from '../errors.ts'
import { cut, duration } from '../terminal/layout.ts'
import type { Output } from '../terminal/output.ts'
import { createSpinner } from '../terminal/spinner.ts'
import { stepTitle } from './plan-view.ts'

export interface Tasks {
  /** Runs `work` under a title, as in «Read the stage». A failure is shown and thrown on. */
  run<T>(title: string, work: () => Promise<T>): Promise<T>
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

  const show = async () => {
    const [first, ...others] = running.values()
    if (first === undefined) return spinner.stop()
    const [slow] = silent.keys()
    const more = others.length > 0 ? ` and ${others.length} more` : ''
    const text = slow === undefined ? first : `${first}: still waiting for ${slow}`
    await spinner.show(cut(text, output.width - 3 - more.length) + more)
  }
  const begin = (id: string, title: string): Promise<void> => {
    running.set(id, title)
    if (!output.isLive)
      silences.set(
        id,
        schedule(silenceMs, () => output.say(`… ${title}`)),
      )
    return show()
  }
  const end = (id: string, symbol: string, title: string, ms: number) => {
    running.delete(id)
    silences.get(id)?.()
    output.say(`${symbol} ${title}  ${theme.paint.dim(duration(ms))}`)
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
    emit(event) {
      if (output.isJson) return
      const title = stepTitle(event.step)
      const verb = verbs[event.step.action]
      if (event.type === 'start') return void begin(event.step.id, verb ? `${verb} ${title}` : title)
      const { done, failed, warning } = theme
      const symbol = event.type === 'done' ? done : isCancelled(event.error) ? warning : failed
      end(event.step.id, symbol, title, event.ms)
    },
    wait({ type, what }) {
      if (type === 'abandoned')
        return output.warn(`Left without an answer: ${what}. Whether AWS carried it out is not known`)
      const count = (silent.get(what) ?? 0) + (type === 'waiting' ? 1 : -1)
      if (count > 0) silent.set(what, count)
      else silent.delete(what)
      if (running.size > 0) void show()
      if (type === 'waiting' && (!output.isLive || running.size === 0))
        output.say(`… still waiting for ${what}`)
    },
  }
}

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
