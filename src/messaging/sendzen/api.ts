// The SendZen API as the CLI needs it: key, senders, templates, one message, logs.
import { type Clock, systemClock } from '../../clock.ts'
import { baseOf } from './address.ts'
import {
  acceptedMessage,
  logsShape,
  readAs,
  sendersShape,
  type Template,
  templatePage,
  templateShape,
} from './answers.ts'
import { type Call, type Connection, callSendzen } from './http.ts'
import { componentsFor } from './templates.ts'
import { fromTicks, toTicks } from './ticks.ts'

export interface Sender {
  /** Digits, as `from` of a message wants them. */
  phone: string
  wabaId: string
  phoneNumberId: string | undefined
  business: string
  project: string
  /** `CONNECTED` is the one that is known to send. */
  status: string | undefined
}

export interface NewTemplate {
  name: string
  language: string
  /** Printed below the code, and the time after which WhatsApp stops trying. */
  expiryMinutes: number
}

export interface LogEntry {
  /** The JSON text of Meta's webhook body. */
  payload: string
  /** Epoch milliseconds; undefined where the entry does not say. */
  createdAt: number | undefined
}

export interface SendzenApi {
  /** The API's address, without path. */
  readonly base: string
  /** Resolves when the key is good. */
  checkKey(): Promise<void>
  /** Every sender of every project that the key sees. */
  listSenders(): Promise<Sender[]>
  listTemplates(wabaId: string): Promise<Template[]>
  /** Asks Meta for an authentication template with a copy-code button; it is usable once `APPROVED`. */
  createTemplate(wabaId: string, template: NewTemplate): Promise<{ status: string }>
  /** Resolves when SendZen has accepted the message; that is not delivery. */
  sendTemplate(message: {
    from: string
    to: string
    template: string
    language: string
    code: string
  }): Promise<{ id: string | undefined; status: string }>
  /** One page of the log of message statuses between two times (epoch milliseconds). */
  readLogs(range: {
    from: number
    to: number
    phoneNumberId?: string | undefined
    page?: string | undefined
  }): Promise<{ entries: LogEntry[]; nextPage: string | undefined }>
}

export interface ApiOptions {
  /** SENDZEN_API_URL, the address that messages are posted to. */
  url: string
  key: string
  fetch?: typeof globalThis.fetch
  clock?: Clock
  timeoutMs?: number
  signal?: AbortSignal | undefined
}

/** At most this many pages of templates, 100 each: an account may hold 6,000 (Meta), languages included. */
const maxPages = 60

export function createSendzenApi(options: ApiOptions): SendzenApi {
  const base = baseOf(options.url)
  const connection: Connection = {
    key: options.key,
    fetch: options.fetch ?? globalThis.fetch,
    clock: options.clock ?? systemClock,
    timeoutMs: options.timeoutMs ?? 10_000,
    signal: options.signal,
  }
  const get = (path: string, doing: string, query: Record<string, string | undefined> = {}) => {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
    const search = given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
    return callSendzen(connection, { method: 'GET', url: `${base}${path}${search && `?${search}`}`, doing })
  }
  const post = (call: Omit<Call, 'method'>) => callSendzen(connection, { method: 'POST', ...call })

  return {
    base,
    async checkKey() {
      await get('/v1/auth/api_key', 'check the SendZen API key')
    },
    async listSenders() {
      const doing = 'list the senders of the SendZen account'
      const { data } = readAs(sendersShape, await get('/v1/waba', doing), doing)
      return data.projects.flatMap((project) =>
        project.wabas.flatMap((waba): Sender[] => {
          const phone = waba.phone_number?.replace(/\D/g, '')
          if (!phone || !waba.waba_id) return []
          return [
            {
              phone,
              wabaId: waba.waba_id,
              phoneNumberId: waba.phone_number_id,
              business: waba.waba_business_name ?? '',
              project: project.project_name ?? '',
              status: waba.number_status,
            },
          ]
        }),
      )
    },
    async listTemplates(wabaId) {
      const doing = 'list the templates of the SendZen account'
      const path = `/v1/${encodeURIComponent(wabaId)}/message_templates`
      const found = new Map<string, Template>()
      let after: string | undefined
      for (let page = 0; page < maxPages; page++) {
        const { items, next } = templatePage(await get(path, doing, { limit: '100', after }))
        const before = found.size
        for (const item of items) {
          const template = templateShape.safeParse(item)
          if (template.success) found.set(`${template.data.name} ${template.data.language}`, template.data)
        }
        // An API that ignores the cursor would give the same page for ever.
        if (!next || next === after || found.size === before) break
        after = next
      }
      return [...found.values()]
    },
    async createTemplate(wabaId, { name, language, expiryMinutes }) {
      const body = await post({
        url: `${base}/v1/${encodeURIComponent(wabaId)}/message_templates`,
        doing: `create the template ${name}`,
        ifLost: 'the template may have been created nevertheless',
        body: {
          name,
          language,
          category: 'AUTHENTICATION',
          message_send_ttl_seconds: expiryMinutes * 60,
          components: [
            { type: 'BODY', add_security_recommendation: true },
            { type: 'FOOTER', code_expiration_minutes: expiryMinutes },
            { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
          ],
        },
      })
      const { status, data } = body as { status?: unknown; data?: { status?: unknown } }
      return { status: String(data?.status ?? status ?? 'PENDING').toUpperCase() }
    },
    async sendTemplate({ from, to, template, language, code }) {
      const body = await post({
        url: options.url,
        doing: 'send the message',
        ifLost: 'the message may have been sent nevertheless',
        body: {
          from: from.replace(/\D/g, ''),
          // Without the plus, Meta may read it as a number of the sender's own country.
          to: `+${to.replace(/\D/g, '')}`,
          type: 'template',
          template: { name: template, lang_code: language, components: componentsFor(code) },
        },
      })
      return acceptedMessage(body)
    },
    async readLogs({ from, to, phoneNumberId, page }) {
      const doing = 'read the message log'
      const answer = await get('/v1/logs', doing, {
        eventTypes: 'Message Status',
        fromDate: toTicks(from),
        toDate: toTicks(to),
        phoneNumberId,
        pageSize: '20',
        nextPageToken: page,
      })
      const { data } = readAs(logsShape, answer, doing)
      const entries = data.logs.map(({ payload, created_at }) => ({
        payload: typeof payload === 'string' ? payload : JSON.stringify(payload ?? null),
        createdAt: created_at === undefined ? undefined : fromTicks(created_at),
      }))
      return { entries, nextPage: data.next_page_token }
    },
  }
}
