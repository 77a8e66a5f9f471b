// One WhatsApp template message through SendZen, and what its answer means for the person who waits.
import type { WhatsAppConfig } from './config.ts'
import { type Http, type HttpAnswer, HttpFailure } from './http.ts'

/**
 * - `sent`: accepted.
 * - `unknown`: it may have gone out; never repeated, so that nobody gets two messages.
 * - `retry`: it certainly did not, and trying again at once may help.
 * - `failed`: it certainly did not, and trying again at once will not help.
 */
export interface SendResult {
  outcome: 'sent' | 'unknown' | 'retry' | 'failed'
  /** Who can mend it: the operator, nobody (this number cannot get it), or the provider with time. */
  blame?: 'operator' | 'recipient' | 'provider'
  httpStatus?: number
  /** The provider's or Meta's code, or the kind of a failed connection. */
  code?: string
  messageId?: string
}

export interface WhatsAppMessage {
  to: string
  code: string
  language: string
  apiKey: string
}

/** Meta's codes for a recipient who cannot get the message: no account, not allowed, opted out. */
const recipientCodes = new Set([130472, 130497, 131021, 131026, 131030, 131049, 131050, 131062])
/** Meta's codes that pass with time: limits and overload. */
const passingCodes = new Set([1, 2, 4, 80007, 130429, 131000, 131016, 131056, 131057, 133004, 133016])
/** Answers are a few hundred bytes; anything much longer is not from the API. */
const maxAnswerBytes = 64_000

/** The user's language if the template has it (exactly, then by language alone), else the first. */
export function chooseLanguage(languages: string[], locale: string | undefined): string {
  const wanted = (locale ?? '').replace('-', '_').toLowerCase()
  const base = (code: string) => code.toLowerCase().split('_')[0]
  return (
    languages.find((language) => language.toLowerCase() === wanted) ??
    languages.find((language) => wanted !== '' && base(language) === base(wanted)) ??
    languages[0] ??
    ''
  )
}

/** An authentication template carries the code twice: in the text and behind the copy button. */
export function messageBody(config: WhatsAppConfig, message: WhatsAppMessage): string {
  const parameters = [{ type: 'text', text: message.code }]
  return JSON.stringify({
    from: config.from,
    to: message.to,
    type: 'template',
    template: {
      name: config.template,
      lang_code: message.language,
      components: [
        { type: 'body', parameters },
        { type: 'button', sub_type: 'url', index: 0, parameters },
      ],
    },
  })
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

function parse(answer: HttpAnswer): Record<string, unknown> | undefined {
  try {
    return object(JSON.parse(answer.text))
  } catch {
    return undefined
  }
}

/** Reads an answer by its status, by the status that some bodies repeat, and by Meta's code if it has one. */
export function readReply(answer: HttpAnswer): SendResult {
  const body = parse(answer)
  const error = object(body?.error)
  const data = first(body?.data)
  const code = plain(error.code)
  const messageId = plain(data.message_id) ?? plain(first(body?.messages).id)
  const inner = Number(body?.statuscode ?? answer.status)
  const status = answer.status >= 200 && answer.status < 300 && inner > 0 ? inner : answer.status
  const known = { httpStatus: answer.status, ...(code ? { code } : {}), ...(messageId ? { messageId } : {}) }

  const metaCode = code && /^\d+$/.test(code) ? Number(code) : undefined
  if (metaCode !== undefined && recipientCodes.has(metaCode)) {
    return { ...known, outcome: 'failed', blame: 'recipient' }
  }
  if (status < 500 && metaCode !== undefined && passingCodes.has(metaCode)) {
    return { ...known, outcome: 'failed', blame: 'provider' }
  }
  if (status >= 200 && status < 300) {
    if (Object.keys(error).length > 0 || data.status === 'failed') {
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

function readFailure(failure: HttpFailure): SendResult {
  if (failure.status !== undefined && (failure.status < 200 || failure.status >= 300)) {
    return readReply({ status: failure.status, headers: {}, text: '', truncated: true })
  }
  return { outcome: failure.written ? 'unknown' : 'retry', blame: 'provider', code: failure.kind }
}

/** Sends one message, once, within `totalMs`. Never throws for what the network or the provider does. */
export async function sendOnce(
  http: Http,
  config: WhatsAppConfig,
  message: WhatsAppMessage,
  totalMs: number,
): Promise<SendResult> {
  try {
    const answer = await http({
      url: config.url,
      method: 'POST',
      headers: { authorization: `Bearer ${message.apiKey}`, 'content-type': 'application/json' },
      body: messageBody(config, message),
      connectMs: Math.min(1200, totalMs),
      totalMs,
      maxBytes: maxAnswerBytes,
    })
    return readReply(answer)
  } catch (error) {
    if (error instanceof HttpFailure) return readFailure(error)
    throw error
  }
}
