// Follows each sign-in through app, Cognito, triggers, provider and phone, for people who watch.
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import type { AroundInvoke, LogLine } from '../account/provided.ts'
import { Recent } from '../account/recent.ts'
import type { World } from '../account/world.ts'
import type { AroundCall } from '../protocol/dispatch.ts'
import type { SendAttempt } from '../sendzen/control.ts'
import type { InboxEvent } from '../sendzen/inbox.ts'
import type { TextMessage } from '../sns/text-message.ts'
import type { Explain, Flow, FlowEvent, Flows, Place, Step } from './flow.ts'
import { aboutAnswer, aboutCall, nameIn, newNumberIn, sessionIn, signInCalls } from './shown.ts'

/** What the rest of the sandbox tells it. */
export interface FlowRecorder extends Flows {
  aroundCall: AroundCall
  aroundInvoke: AroundInvoke
  logged(lines: readonly LogLine[]): void
  attempted(attempt: SendAttempt): void
  texted(message: TextMessage): void
  inboxChanged(event: InboxEvent): void
}

/** How many sign-ins are kept, and how many steps of one. */
const most = 200
const mostSteps = 300

type Begun = Pick<Step, 'from' | 'to' | 'kind' | 'name'> & Partial<Step>

export function createFlows({ now }: Pick<World, 'now'>): FlowRecorder {
  const flows = new Recent<string, Flow>(most)
  const ofName = new Recent<string, Flow>(most)
  const ofSession = new Recent<string, Flow>(most * 10)
  const ofMessage = new Recent<string, Flow>(most * 10)
  const listeners = new Set<(event: FlowEvent) => void>()
  /** Where the code that runs now belongs: a trigger's lines and calls come out of its invocation. */
  const within = new AsyncLocalStorage<{ flow: Flow; place: Place }>()
  /** The trigger that runs for a flow: what a provider is asked meanwhile comes from it. */
  const running = new WeakMap<Flow, Place>()
  let explain: Explain = () => undefined
  /** Contexts cost each promise something, so nothing is followed before somebody wants to know. */
  let isWatched = false

  const tell = (event: FlowEvent) => {
    for (const listener of listeners) listener(event)
  }

  function add(flow: Flow, begun: Begun, outcome?: string): void {
    const step: Step = { isOk: true, about: {}, ...begun, n: flow.steps.length + 1, at: now() }
    if (flow.steps.length >= mostSteps) return
    flow.steps.push(step)
    if (outcome) flow.outcome = outcome
    const { steps: _, ...head } = flow
    tell({ type: 'step', flow: { ...head }, step: { ...step } })
  }

  function begin(name: string): Flow {
    const flow: Flow = {
      id: randomUUID().slice(0, 8),
      name,
      at: now(),
      state: 'open',
      outcome: '',
      steps: [],
    }
    flows.set(flow.id, flow)
    ofName.delete(name)
    ofName.set(name, flow)
    return flow
  }

  /** A sign-up and the sign-in that follows are one. */
  function flowFor(operation: string, input: Record<string, unknown>): Flow | undefined {
    const session = sessionIn(input)
    if (session) return ofSession.get(session)
    const name = nameIn(operation, input)
    if (!name) return undefined
    const known = ofName.get(name)
    const isJustSignedUp = known?.steps.every(({ kind, name: call }) => kind !== 'call' || call === 'SignUp')
    return operation === 'InitiateAuth' && known && isJustSignedUp ? known : begin(name)
  }

  const aroundCall: AroundCall = async ({ service, operation, input }, perform) => {
    if (!isWatched || service !== 'cognito-idp' || !signInCalls.includes(operation)) return perform()
    const given = input()
    const flow = flowFor(operation, given)
    if (!flow) return perform()
    const number = newNumberIn(given)
    if (number) ofName.set(number, flow)
    const call = { from: 'app', to: 'cognito' } as const
    add(flow, { ...call, kind: 'call', name: operation, about: aboutCall(given) })
    const back = { from: 'cognito', to: 'app', kind: 'answer', name: operation } as const
    const started = performance.now()
    try {
      const output = (await within.run({ flow, place: 'cognito' }, perform)) as Record<string, unknown>
      const session = sessionIn(output)
      if (session) ofSession.set(session, flow)
      const isSignedIn = output.AuthenticationResult !== undefined
      if (isSignedIn) flow.state = 'signed-in'
      const ms = performance.now() - started
      add(flow, { ...back, ms, about: aboutAnswer(output) }, isSignedIn ? 'signed in' : undefined)
      return output
    } catch (error) {
      const { code, message } = error instanceof AwsFault ? error : { code: 'error', message: '' }
      // Whoever has an account already is told so, and goes on.
      const isEnd = code !== 'UsernameExistsException'
      if (isEnd) flow.state = 'refused'
      const ms = performance.now() - started
      add(
        flow,
        { ...back, ms, isOk: !isEnd, about: { error: code, message } },
        isEnd && !flow.outcome ? message : undefined,
      )
      throw error
    }
  }

  const aroundInvoke: AroundInvoke = async (request, next) => {
    const flow = within.getStore()?.flow
    const source = (request.payload as { triggerSource?: unknown } | null)?.triggerSource
    if (!flow || typeof source !== 'string') return next(request)
    const place = source.split('_')[0] ?? source
    add(flow, { from: 'cognito', to: place, kind: 'invoke', name: place })
    running.set(flow, place)
    const started = performance.now()
    const result = await within.run({ flow, place }, () => next(request))
    running.delete(flow)
    const why = result.kind === 'answer' ? {} : { error: 'message' in result ? result.message : result.kind }
    const ms = performance.now() - started
    add(flow, { from: place, to: 'cognito', kind: 'return', name: place, ms, isOk: !why.error, about: why })
    return result
  }

  return {
    aroundCall,
    aroundInvoke,
    logged(lines) {
      const { flow, place } = within.getStore() ?? {}
      if (!flow || !place) return
      for (const { message } of lines) {
        const told = explain(message)
        if (!told) continue
        add(flow, { from: place, to: place, kind: 'note', name: told.text, isOk: told.isOk }, told.text)
      }
    },
    attempted({ to, id, refusal }) {
      const flow = ofName.get(to)
      if (!flow) return
      if (id) ofMessage.set(id, flow)
      const from = running.get(flow) ?? 'cognito'
      add(flow, { from, to: 'sendzen', kind: 'send', name: 'message', about: { to } })
      const said = refusal ? { error: refusal.code, message: refusal.details } : {}
      add(flow, {
        from: 'sendzen',
        to: from,
        kind: 'reply',
        name: refusal?.code ?? 'accepted',
        isOk: !refusal,
        about: said,
      })
    },
    texted({ to, message }) {
      const flow = ofName.get(to)
      if (flow) add(flow, { from: 'sns', to: 'phone', kind: 'arrival', name: 'SMS', about: { to, message } })
    },
    inboxChanged(event) {
      if (event.type === 'clear') return
      const { id, to, status, error, code } = event.message
      const flow = ofMessage.get(id) ?? ofName.get(to)
      if (!flow || event.type === 'message') return
      const step = { from: 'sendzen', to: 'phone', about: { to } } as const
      if (status === 'failed') {
        const why = error ? `${error.code}: ${error.title}` : 'failed'
        add(
          flow,
          { ...step, kind: 'status', name: 'failed', isOk: false, about: { to, why } },
          `failed: ${why}`,
        )
      } else if (status === 'delivered') {
        add(flow, { ...step, kind: 'arrival', name: 'WhatsApp', about: { to, code } })
      } else add(flow, { ...step, kind: 'status', name: status })
    },
    list: () => structuredClone([...flows.values()]),
    listen(listener) {
      isWatched = true
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    setExplain(given) {
      isWatched = true
      explain = given
    },
    clear() {
      for (const map of [flows, ofName, ofSession, ofMessage]) map.clear()
      tell({ type: 'clear' })
    },
  }
}
