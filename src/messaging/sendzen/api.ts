// An account at SendZen, by its API: key, senders, templates, one message, the log.
import { fetchByEnv } from '../../aws/fetch.ts'
import { systemClock } from '../../clock.ts'
import { acceptanceOf, sendzen } from '../../core/messaging/sendzen.ts'
import type { AccountOptions, ProviderAccount, Sender, Template } from '../provider.ts'
import { baseOf } from './address.ts'
import { logsShape, readAs, sendersShape, templatePage, templateShape } from './answers.ts'
import { type Call, type Connection, callSendzen } from './http.ts'
import type { Said, Telling } from './refusals.ts'
import { type LogPage, type LogQuery, parseReports, readReports } from './reports.ts'
import { fromTicks, toTicks } from './ticks.ts'

/** The account, and the log that its delivery reports are read from. */
export interface SendzenApi extends ProviderAccount {
  /** One page of the log of message statuses between two times. */
  readLogs(query: LogQuery): Promise<LogPage>
}

/** At most this many pages of templates, 100 each: an account may hold 6,000 (Meta), languages included. */
const maxPages = 60

export function createSendzenApi(options: AccountOptions): SendzenApi {
  const base = baseOf(options.url)
  const connection: Connection = {
    key: options.key,
    fetch: options.fetch ?? fetchByEnv(process.env),
    clock: options.clock ?? systemClock,
    timeoutMs: options.timeoutMs ?? 10_000,
    signal: options.signal,
    bounds: options.bounds,
  }
  const get = (path: string, doing: string, query: Record<string, string | undefined> = {}) => {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
    const search = given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
    return callSendzen(connection, { method: 'GET', url: `${base}${path}${search && `?${search}`}`, doing })
  }
  const post = (call: Omit<Call, 'method'>) => callSendzen(connection, { method: 'POST', ...call })

  const readLogs = async ({ from, to, page }: LogQuery): Promise<LogPage> => {
    const doing = 'read the message log'
    const answer = await get('/v1/logs', doing, {
      eventTypes: 'Message Status',
      fromDate: toTicks(from),
      toDate: toTicks(to),
      pageSize: '20',
      nextPageToken: page,
    })
    const { data } = readAs(logsShape, answer, doing)
    const entries = data.logs.map(({ payload, created_at }) => ({
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload ?? null),
      createdAt: created_at === undefined ? undefined : fromTicks(created_at),
    }))
    return { entries, nextPage: data.next_page_token }
  }

  return {
    provider: sendzen,
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
    async createTemplate(wabaId, { name, language, expiryMinutes, lifeSeconds }) {
      const body = await post({
        url: `${base}/v1/${encodeURIComponent(wabaId)}/message_templates`,
        doing: `create the template ${name}`,
        ifLost: 'the template may have been created nevertheless',
        explain: (said) => whyNotCreated(said, name, language),
        body: JSON.stringify({
          name,
          language,
          category: 'AUTHENTICATION',
          message_send_ttl_seconds: lifeSeconds ?? expiryMinutes * 60,
          components: [
            { type: 'BODY', add_security_recommendation: true },
            { type: 'FOOTER', code_expiration_minutes: expiryMinutes },
            { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
          ],
        }),
      })
      const { status, data } = body as { status?: unknown; data?: { status?: unknown } }
      return { status: String(data?.status ?? status ?? 'PENDING').toUpperCase() }
    },
    async sendTemplate(message) {
      const { url, body } = sendzen.request({ url: options.url, key: options.key }, message)
      const answer = await post({
        url,
        body,
        doing: 'send the message',
        ifLost: 'the message may have been sent nevertheless',
        isDone: (answer) => sendzen.readReply(answer).outcome === 'sent',
      })
      return acceptanceOf(answer)
    },
    readLogs,
    readReports: (query) => readReports(readLogs, query),
    parseReports,
  }
}

/** Meta says both with its general code 100, in the account's language; the words of English ones are the same. */
function whyNotCreated({ text, subcode }: Said, name: string, language: string): Telling | undefined {
  if (subcode === 2388023 || /being deleted/i.test(text)) {
    return {
      why: `Meta is still removing a template ${name} that was being deleted`,
      next: ['choose another name; this one is free again after some weeks'],
    }
  }
  if (subcode !== 2388024 && !/already (exists|content)/i.test(text)) return undefined
  return {
    why: `there is already a template ${name} in ${language}`,
    next: [`set --template ${name} (WHATSAPP_TEMPLATE_NAME) to use it`, 'or choose another name'],
  }
}
