// What a «no» of SendZen means: Meta's code speaks first, then SendZen's own status, then its words.
import { sendzen } from '../../core/messaging/sendzen.ts'
import { redact } from '../../redact.ts'
import { explainMetaError } from '../meta-errors.ts'
import { ProviderError, type Refusal } from '../provider.ts'

/** What stands in the body of a refusal. */
export interface Said {
  /** Unredacted. */
  text: string
  /** Meta's, where there is one. */
  code?: number
  subcode?: number
}

export interface Telling {
  why: string
  next: string[]
}

interface Refused {
  /** Completes «Could not …». */
  doing: string
  url: string
  explain?: (said: Said) => Telling | undefined
}

/** A status that is SendZen's own matter, whatever it says. */
const kindOf = (status: number): Refusal => (status === 429 ? 'busy' : status >= 500 ? 'broken' : 'refused')
const codeOf = { busy: 'SENDZEN_BUSY', broken: 'SENDZEN_FAILED', refused: 'SENDZEN_REFUSED' } as const

/** An answer that is no success. `key` never stands in the words. */
export function refused(
  key: string,
  { doing, url, explain }: Refused,
  { status, body }: { status: number; body: unknown },
): ProviderError {
  const failed = `Could not ${doing}`
  const kind = kindOf(status) as keyof typeof codeOf
  const said = saidIn(body)
  const told = explain?.(said) ?? explainedByMeta(said)
  // Meta refuses countries, templates and accounts with 403 too: that says nothing about SendZen's key.
  if (told) return new ProviderError(kind, codeOf[kind], failed, told)
  if ((status === 401 || status === 403) && !isPage(body)) {
    return new ProviderError('key', 'SENDZEN_KEY_REFUSED', 'SendZen refused the API key', {
      why: `it answered ${status}: the key is wrong, expired, or of another project`,
      next: ['create a key at https://app.sendzen.io and set SENDZEN_API_KEY', 'whatsapp-otp doctor'],
    })
  }
  return new ProviderError(
    kind,
    codeOf[kind],
    failed,
    byStatus(status, new URL(url).host, wordsOf(said, key), body),
  )
}

/** Some general codes speak of a message, which not every call is about. */
function explainedByMeta({ code }: Said): Telling | undefined {
  if (code === undefined || code === 100) return undefined
  const { known, why, next } = explainMetaError(code, sendzen)
  return known ? { why, next: [next] } : undefined
}

function byStatus(status: number, host: string, words: string, body: unknown): Telling {
  if (status === 429) {
    return {
      why: 'SendZen limits how often it may be asked (429)',
      next: ['wait a minute and run the same command again'],
    }
  }
  if (status >= 500) {
    return {
      why: `SendZen has a fault of its own (${status})`,
      next: ['run the same command again in a few minutes'],
    }
  }
  if (status >= 300 && status < 400) {
    return {
      why: `${host} answers with a redirect, which is not followed because it would take the key along`,
      next: ['correct SENDZEN_API_URL (https://api.sendzen.io/v1/messages)'],
    }
  }
  if (isPage(body)) {
    return {
      why: `${host} answered ${status} with a web page, which SendZen does not: a proxy or a firewall may stand in between`,
      next: ['check the network and SENDZEN_API_URL (https://api.sendzen.io/v1/messages)'],
    }
  }
  return {
    why: words ? `SendZen answered ${status}: ${words}` : `SendZen answered ${status}`,
    next:
      status === 404
        ? ['check SENDZEN_API_URL (https://api.sendzen.io/v1/messages)']
        : ['whatsapp-otp doctor   checks the key, the sender and the template'],
  }
}

const isPage = (body: unknown) => typeof body === 'string' && body.trimStart().startsWith('<')

const wordsOf = ({ text }: Said, key: string) => redact(text, [key]).slice(0, 300)

/** SendZen's `{ message, error: { code, details } }`, ASP.NET's `{ title, errors: { field: [..] } }`, or text. */
function saidIn(body: unknown): Said {
  if (typeof body === 'string') return { text: isPage(body) ? '' : body.trim() }
  const { message, title, error, errors } = (body ?? {}) as Record<string, unknown>
  const inner = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>
  const fields = Object.values((errors as Record<string, unknown>) ?? {}).flat()
  const texts = [inner.details ?? inner.message ?? error, ...fields, message, title]
  const numberIn = (value: unknown) => (/^\d+$/.test(String(value)) ? Number(value) : undefined)
  const [code, subcode] = [numberIn(inner.code), numberIn(inner.error_subcode)]
  return {
    text: String(texts.find((text) => typeof text === 'string' && text !== '') ?? ''),
    ...(code === undefined ? {} : { code }),
    ...(subcode === undefined ? {} : { subcode }),
  }
}
