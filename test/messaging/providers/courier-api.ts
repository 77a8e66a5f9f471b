// The CLI's half of Courier: one look-up for each message instead of a log, and states in words of its own.
import type { WireRequest } from '../../../src/core/messaging/provider.ts'
import { cancelled } from '../../../src/errors.ts'
import {
  type AccountOptions,
  type DeliveryReport,
  type Failure,
  type ProviderAccount,
  ProviderError,
  type Template,
} from '../../../src/messaging/provider.ts'
import { courier, parse, recipientCode, signIn } from './courier.ts'

type Json = Record<string, unknown>

const next = [`look at ${courier.dashboard}`]

export function connectCourier(options: AccountOptions): ProviderAccount {
  const { url, key, fetch = globalThis.fetch, timeoutMs = 5_000, signal } = options
  const base = url.replace(/\/messages$/, '')

  async function call(request: Partial<WireRequest> & { url: string }): Promise<Json> {
    const deadline = AbortSignal.timeout(timeoutMs)
    let answer: { status: number; text: string }
    try {
      const response = await fetch(request.url, {
        method: request.method ?? 'GET',
        headers: request.headers ?? { authorization: signIn(key) },
        ...(request.body === undefined ? {} : { body: request.body }),
        redirect: 'manual',
        signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
      })
      answer = { status: response.status, text: await response.text() }
    } catch {
      if (signal?.aborted) throw cancelled('while Courier was asked')
      throw new ProviderError('unreachable', 'COURIER_UNREACHABLE', 'Courier cannot be reached', { next })
    }
    const { status } = answer
    if (status < 300) return parse(answer)
    const why = `it answered ${status}`
    if (status === 401)
      throw new ProviderError('key', 'COURIER_TOKEN_REFUSED', 'Courier refused', { why, next })
    if (status >= 500) throw new ProviderError('broken', 'COURIER_BROKEN', 'Courier failed', { why, next })
    throw new ProviderError('refused', 'COURIER_REFUSED', 'Courier said no', { why, next })
  }

  const listOf = async (name: string) => ((await call({ url: `${base}/${name}` }))[name] ?? []) as Json[]

  return {
    provider: courier,
    checkKey: async () => void (await call({ url: `${base}/account` })),
    async listSenders() {
      return (await listOf('senders')).map(({ address, account, online }) => ({
        phone: String(address).replace(/\D/g, ''),
        wabaId: String(account),
        business: '',
        project: '',
        status: online ? 'CONNECTED' : 'OFFLINE',
      }))
    },
    async listTemplates() {
      return (await listOf('templates')).map(
        ({ name, language, state, minutes }): Template => ({
          name: String(name),
          language: String(language).replace('-', '_'),
          status: state === 'live' ? 'APPROVED' : 'PENDING',
          category: 'AUTHENTICATION',
          components: [
            { type: 'FOOTER', code_expiration_minutes: minutes },
            { type: 'BUTTONS', buttons: [{ type: 'OTP' }] },
          ],
        }),
      )
    },
    async createTemplate(_wabaId, { name, language, expiryMinutes }) {
      const form = new URLSearchParams({ name, language: language.replace('_', '-') })
      form.set('minutes', String(expiryMinutes))
      const headers = { authorization: signIn(key), 'content-type': 'application/x-www-form-urlencoded' }
      await call({ url: `${base}/templates`, method: 'POST', headers, body: form.toString() })
      return { status: 'PENDING' }
    },
    async sendTemplate(message) {
      const { sid, state } = await call(courier.request({ url, key }, message))
      if (typeof sid !== 'string') {
        throw new ProviderError('unreadable', 'COURIER_UNREADABLE', 'Courier answered oddly', { next })
      }
      return { id: sid, status: String(state) }
    },
    async readReports({ id }) {
      return id === undefined ? [] : reportsOf(await call({ url: `${base}/messages/${id}` }))
    },
    parseReports: (body) => reportsOf(Object.fromEntries(new URLSearchParams(body))),
  }
}

function reportsOf({ sid, to, state, at, error }: Json): DeliveryReport[] {
  const states: Record<string, DeliveryReport['status']> = {
    sent: 'sent',
    delivered: 'delivered',
    read: 'read',
    undelivered: 'failed',
  }
  const status = states[String(state)]
  if (!status) return []
  const report = { id: String(sid), status, at: Number(at), recipient: String(to).replace(/\D/g, '') }
  return [{ ...report, ...(status === 'failed' ? { error: failureOf(Number(error)) } : {}) }]
}

function failureOf(number: number): Failure {
  return {
    code: `courier:${number}`,
    class: number === recipientCode ? 'recipient' : 'configuration',
    why: 'Courier could not deliver it',
    next: next[0]!,
  }
}
