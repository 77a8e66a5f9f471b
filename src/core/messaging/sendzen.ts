// SendZen: what it is called and set with, the request of one message, and what its answers mean.
import { faultOf } from './meta-codes.ts'
import type { ProviderDescription, SendResult, WireAnswer, WireRequest } from './provider.ts'
import { componentsFor, type TemplateMessage } from './template-message.ts'

export const sendzen = {
  name: 'sendzen',
  title: 'SendZen',
  dashboard: 'https://app.sendzen.io',
  address: {
    setting: 'sendzenApiUrl',
    variable: 'SENDZEN_API_URL',
    flag: '--sendzen-url <url>',
    default: 'https://api.sendzen.io/v1/messages',
  },
  key: { setting: 'sendzenApiKey', variable: 'SENDZEN_API_KEY' },
  request,
  readReply,
} as const satisfies ProviderDescription

export const authorizationOf = (key: string) => `Bearer ${key}`

function request(account: { url: string; key: string }, message: TemplateMessage): WireRequest {
  const digits = (number: string) => number.replace(/\D/g, '')
  return {
    url: account.url,
    method: 'POST',
    headers: { authorization: authorizationOf(account.key), 'content-type': 'application/json' },
    body: JSON.stringify({
      from: digits(message.from),
      // Without the plus, Meta may read it as a number of the sender's own country.
      to: `+${digits(message.to)}`,
      type: 'template',
      template: {
        name: message.template,
        lang_code: message.language,
        components: componentsFor(message.code),
      },
    }),
  }
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

function first(value: unknown): Record<string, unknown> {
  return object(Array.isArray(value) ? value[0] : value)
}

/** Short and free of anything but code characters, whatever the provider sends; it goes to the log. */
function plain(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && /^[\w.:=-]{1,100}$/.test(text) ? text : undefined
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return object(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** `data[0].message_id`, `data.message_id` or `messages[0].id`; an acceptance without id cannot be followed. */
export function acceptanceOf(body: unknown): { id: string | undefined; status: string } {
  const { data, messages } = object(body)
  const one = first(data)
  return {
    id: plain(one.message_id) ?? plain(first(messages).id),
    status: plain(one.status) ?? 'queued',
  }
}

/** Reads an answer by its status, by the status that some bodies repeat, and by Meta's code if it has one. */
function readReply(answer: WireAnswer): SendResult {
  const body = parse(answer.text)
  const error = object(body?.error)
  const code = plain(error.code)
  const { id: messageId, status: word } = acceptanceOf(body)
  const inner = Number(plain(body?.statuscode) ?? answer.status)
  const status = answer.status >= 200 && answer.status < 300 && inner > 0 ? inner : answer.status
  const known = { httpStatus: answer.status, ...(code ? { code } : {}), ...(messageId ? { messageId } : {}) }

  const fault = code && /^\d+$/.test(code) ? faultOf(Number(code)) : undefined
  if (fault === 'recipient') return { ...known, outcome: 'failed', blame: 'recipient' }
  if (status < 500 && fault === 'transient') return { ...known, outcome: 'failed', blame: 'provider' }
  if (status >= 200 && status < 300) {
    if (Object.keys(error).length > 0 || word === 'failed') {
      return { ...known, outcome: 'failed', blame: 'operator' }
    }
    // Accepted, but not in words we know: the message may well be on its way.
    return { ...known, outcome: body ? 'sent' : 'unknown' }
  }
  const retryAfter = answer.headers['retry-after']
  if (status === 429 || (status === 503 && retryAfter !== undefined)) {
    const soon = retryAfter === undefined || Number(retryAfter) <= 0.5
    return { ...known, outcome: soon ? 'retry' : 'failed', blame: 'provider' }
  }
  // A gateway that gave up waiting does not know whether the message went out.
  if (status === 408 || status >= 500) return { ...known, outcome: 'unknown', blame: 'provider' }
  return { ...known, outcome: 'failed', blame: 'operator' }
}
