// What the sandbox knows, kept as it is now: read once, then told step by step.
import { useSyncExternalStore } from 'preact/compat'
import type { Flow, Step } from '../src/sandbox/door/flow.ts'
import type { Message } from '../src/sandbox/sendzen/inbox.ts'
import { readSnapshot, type Snapshot } from './api.ts'
import { setNow } from './clock.ts'

export interface Live extends Snapshot {
  isLive: boolean
  /** How many calls of sign-ins have been answered while the page was open. */
  answers: number
  /** What has just happened, for a screen reader. */
  said: string
}

const nothing: Live = {
  ...{ isLive: false, said: '', answers: 0, now: 0, region: '', stage: {} },
  ...{ flows: [], messages: [], textMessages: [], refused: [], numbers: [], fates: [], switches: [] },
}

let state = nothing
const listeners = new Set<() => void>()

/** Draws anew. */
export function change(changes: Partial<Live>): void {
  state = { ...state, ...changes }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useLive = (): Live => useSyncExternalStore(subscribe, () => state)

let news = 0

async function load(): Promise<void> {
  const before = news
  const snapshot = await readSnapshot()
  // Something came while the answer was under way: it may be too old.
  if (news !== before) return load()
  setNow(snapshot.now)
  change({ ...snapshot, isLive: true })
}

/** With one of the list in the place of that with the same id, or behind it. */
function withOne<T extends { id: string }>(list: T[], one: T): T[] {
  return list.some(({ id }) => id === one.id)
    ? list.map((known) => (known.id === one.id ? one : known))
    : [...list, one]
}

/** Steps that tell of what the snapshot lists besides. */
const beside: readonly string[] = ['reply', 'arrival']

function onStep({ flow, step }: { flow: Omit<Flow, 'steps'>; step: Step }): void {
  const steps = state.flows.find(({ id }) => id === flow.id)?.steps ?? []
  change({ flows: withOne(state.flows, { ...flow, steps: [...steps, step] }) })
  if (step.kind === 'answer') change({ answers: state.answers + 1 })
  if (beside.includes(step.kind) && (step.name === 'SMS' || !step.isOk)) void load()
}

function onMessage(message: Message): void {
  const isNew = !state.messages.some(({ id }) => id === message.id)
  const said = isNew ? { said: `New message to ${message.to}` } : {}
  change({ messages: withOne(state.messages, message), ...said })
}

/** Listens for as long as the page is open; reads everything again after a break. */
export function connect(): void {
  const events = new EventSource('/_sandbox/events')
  const on = (name: string, handle: (data: never) => void) =>
    events.addEventListener(name, ({ data }) => {
      news++
      handle(JSON.parse(data) as never)
    })
  events.onopen = () => void load()
  events.onerror = () => change({ isLive: false })
  on('step', onStep)
  on('message', onMessage)
  on('status', onMessage)
  on('clear', () => void load())
}
