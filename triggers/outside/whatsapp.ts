// Sends through any provider whose message is one HTTP request: the provider writes it and reads its answer.
import type { ProviderDescription, SendResult } from '../../src/core/messaging/provider.ts'
import type { WhatsAppConfig } from './config.ts'
import { type Http, HttpFailure } from './http.ts'
import type { SendWhatsApp } from './provider.ts'

type Wire = Pick<ProviderDescription, 'request' | 'readReply'>

/** Answers are a few hundred bytes; anything much longer is not from the API. */
const maxAnswerBytes = 64_000

function readFailure(wire: Wire, failure: HttpFailure): SendResult {
  if (failure.status !== undefined && (failure.status < 200 || failure.status >= 300)) {
    return wire.readReply({ status: failure.status, headers: {}, text: '' })
  }
  return { outcome: failure.written ? 'unknown' : 'retry', blame: 'provider', code: failure.kind }
}

export function createWhatsApp(http: Http, wire: Wire, config: WhatsAppConfig): SendWhatsApp {
  const { url, from, template } = config
  return async ({ apiKey, ...message }, deadline) => {
    const totalMs = deadline.left()
    const request = wire.request({ url, key: apiKey }, { ...message, from, template })
    try {
      const connectMs = Math.min(1200, totalMs)
      return wire.readReply(await http({ ...request, connectMs, totalMs, maxBytes: maxAnswerBytes }))
    } catch (error) {
      if (error instanceof HttpFailure) return readFailure(wire, error)
      throw error
    }
  }
}
