// The SendZen API as far as sending codes needs it: messages, key check, senders, templates and logs.
import { randomUUID } from 'node:crypto'
import { remember } from '../account/recent.ts'
import type { World } from '../account/world.ts'
import { account, projects } from './account.ts'
import type { SendAttempt, SendZenControl, SendZenOptions } from './control.ts'
import { type Fate, fateOfNumber, fates } from './fates.ts'
import type { Message, WritableInbox } from './inbox.ts'
import { createLogs } from './logs.ts'
import { codeOf, faultOf, messageShape, senderOf } from './messages.ts'
import { json, problem, type Reply, refusal, success } from './reply.ts'
import { createTemplates } from './templates.ts'
import { createWebhook } from './webhook.ts'

export interface HttpCall {
  method: string
  path: string
  query: URLSearchParams
  authorization: string | undefined
  body: string
}

export interface SendZen extends SendZenControl {
  /** `hangs`: never answer; `cut`: end the connection without an answer. */
  handle(call: HttpCall): Promise<Reply | 'hangs' | 'cut'>
}

export function createSendZen(world: World, inbox: WritableInbox, options: SendZenOptions = {}): SendZen {
  const { apiKey = account.apiKey, stepMs = 0, told = () => {} } = options
  const templates = createTemplates(world.pageSize)
  const logs = createLogs(world)
  const decided: Fate[] = []
  const hook = createWebhook(world)

  const state: SendZen = {
    outage: false,
    revoked: false,
    setTemplate: templates.setStatus,
    slowMs: 0,
    attempts: 0,
    refused: [],
    failNext(fate, times = 1) {
      const next = typeof fate === 'string' ? fates[fate] : fate
      for (let i = 0; i < times; i++) decided.push(next)
    },
    setWebhook: hook.set,
    read: (id) => move(id, 'read'),
    async handle(call) {
      if (state.slowMs) await world.sleep(state.slowMs)
      const outcome = await answer(call)
      if (call.path === '/v1/messages' && call.method === 'POST') noteRefusal(call.body, outcome)
      return outcome
    },
  }

  function answer(call: HttpCall): Promise<Reply | 'hangs' | 'cut'> | Reply {
    if (state.outage) return refusal(503, 'SERVICE_UNAVAILABLE', 'SendZen is down for the moment.')
    if (state.revoked || call.authorization !== `Bearer ${apiKey}`) {
      return refusal(401, 'UNAUTHORIZED', 'The API key is missing or invalid.')
    }
    return route(call)
  }

  /** Accepted messages are told where they are: before they are delivered. */
  function noteRefusal(body: string, outcome: Reply | 'hangs' | 'cut'): void {
    const refusal = refusalIn(outcome)
    if (!refusal) return
    const { to } = (parsed(body) ?? {}) as { to?: unknown }
    const attempt: SendAttempt = {
      at: world.now(),
      to: typeof to === 'string' ? to.slice(0, 20) : '',
      refusal,
    }
    remember(state.refused, attempt, 1_000)
    told({ ...attempt })
  }

  function move(id: string, status: Message['status'], error?: Message['error']): boolean {
    if (!inbox.move(id, status, error)) return false
    const message = inbox.get(id)
    const sender = message && senderOf(message.from)
    if (message && sender) {
      logs.record(message, sender.phoneNumberId)
      hook.post(message, sender.phoneNumberId)
    }
    return true
  }

  async function deliver(id: string, fate: Fate, fault: Message['error']): Promise<void> {
    const failure = fault ?? fate.fails
    const path = (['sent', 'delivered', 'read'] as const).slice(
      0,
      ['queued', 'sent', 'delivered', 'read'].indexOf(fate.ends ?? 'delivered'),
    )
    for (const status of failure ? ['failed' as const] : path) {
      if (stepMs) await world.sleep(stepMs)
      move(id, status, status === 'failed' ? failure : undefined)
    }
  }

  function route({ method, path, query, body }: HttpCall): Promise<Reply | 'hangs' | 'cut'> | Reply {
    if (path === '/v1/messages' && method === 'POST') return send(body)
    if (path === '/v1/auth/api_key' && method === 'GET') {
      return success('API key is valid', { project_id: account.projectId })
    }
    if (path === '/v1/waba' && method === 'GET') return json(200, projects())
    if (path === '/v1/logs' && method === 'GET') return logs.read(query)
    const waba = /^\/v1\/(\w+)\/message_templates$/.exec(path)?.[1]
    if (waba && method === 'GET') return templates.list(waba, query)
    if (waba && method === 'POST') return templates.create(waba, parsed(body))
    if (waba && method === 'DELETE') return templates.remove(waba, query)
    return refusal(404, 'NOT_FOUND', `There is no ${method} ${path}.`)
  }

  async function send(body: string): Promise<Reply | 'hangs' | 'cut'> {
    state.attempts++
    const checked = messageShape.safeParse(parsed(body))
    if (!checked.success) return problem(checked.error)
    const wanted = checked.data
    const sender = senderOf(wanted.from)
    if (!sender)
      return refusal(400, 'INVALID_FROM', "Invalid 'From' Phone Number: not a sender of this project.")
    const fate = decided.shift() ?? fateOfNumber(wanted.to)
    if (fate.refusal) {
      if (fate.slowMs) await world.sleep(fate.slowMs)
      return refusal(fate.refusal.status, fate.refusal.code, fate.refusal.details, fate.refusal.headers)
    }
    const at = new Date(world.now()).toISOString()
    const id = `msg_${randomUUID()}`
    if (fate.accepted !== false) {
      const message: Message = {
        id,
        to: wanted.to,
        from: sender.phone,
        template: wanted.type === 'template' ? wanted.template.name : '',
        language: wanted.type === 'template' ? wanted.template.lang_code : '',
        code: codeOf(wanted),
        status: 'queued',
        at,
      }
      told({ at: world.now(), to: wanted.to, id })
      inbox.add(message)
      logs.record(message, sender.phoneNumberId)
      void deliver(id, fate, faultOf(wanted, templates))
    }
    if (fate.slowMs) await world.sleep(fate.slowMs)
    if (fate.connection) return fate.connection
    if (fate.body) {
      return { status: fate.body.status, headers: { 'content-type': fate.body.type }, body: fate.body.text }
    }
    const { sendzenStatus, sendzenRecipient } = world.unsettled
    const to = sendzenRecipient === 'digits' ? wanted.to.slice(1) : wanted.to
    const data = [{ message_id: id, status: 'queued', timestamp: at, to }]
    return json(
      Number(sendzenStatus),
      { message: 'Message queued successfully', data },
      { 'x-ratelimit-remaining': '79' },
    )
  }

  return state
}

/** What an answer says in the place of «accepted»; undefined where it says that, or nothing that can be read. */
function refusalIn(outcome: Reply | 'hangs' | 'cut'): SendAttempt['refusal'] {
  if (outcome === 'hangs') return { status: 0, code: 'no answer', details: 'The connection stays open.' }
  if (outcome === 'cut') return { status: 0, code: 'no answer', details: 'The connection was cut.' }
  const { status, body } = outcome
  const content = (parsed(body) ?? {}) as {
    statuscode?: number
    response?: string
    title?: string
    error?: { code: string; details: string }
  }
  if (status < 400 && !content.statuscode) return undefined
  const { code = String(content.statuscode ?? status), details = content.response ?? content.title ?? '' } =
    content.error ?? {}
  return { status, code, details }
}

// What is not JSON has no shape either: undefined fails every check with the same kind of answer.
function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
