// A provider that nothing but tests knows: forms instead of JSON, another way to sign in, codes of its own.
import type { ProviderDescription, SendResult, WireAnswer } from '../../../src/core/messaging/provider.ts'

export const courier: ProviderDescription = {
  name: 'courier',
  title: 'Courier',
  dashboard: 'https://console.courier.example',
  address: {
    setting: 'courierUrl',
    variable: 'COURIER_URL',
    flag: '--courier-url <url>',
    default: 'https://courier.example/messages',
  },
  key: { setting: 'courierToken', variable: 'COURIER_TOKEN' },

  request({ url, key }, { from, to, template, language, code }) {
    const address = (number: string) => `whatsapp:+${number.replace(/\D/g, '')}`
    const form = new URLSearchParams({ From: address(from), To: address(to), Template: template })
    form.set('Language', language.replace('_', '-'))
    form.set('Variables', JSON.stringify({ 1: code }))
    return {
      url,
      method: 'POST',
      headers: { authorization: signIn(key), 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    }
  },

  readReply(answer): SendResult {
    const { sid, code: number } = parse(answer)
    const known = {
      httpStatus: answer.status,
      ...(typeof number === 'number' ? { code: `courier:${number}` } : {}),
    }
    if (answer.status < 300) {
      if (typeof sid !== 'string') return { ...known, outcome: 'unknown', blame: 'provider' }
      return { ...known, outcome: 'sent', messageId: sid }
    }
    if (number === recipientCode) return { ...known, outcome: 'failed', blame: 'recipient' }
    if (answer.status === 429) return { ...known, outcome: 'retry', blame: 'provider' }
    if (answer.status >= 500) return { ...known, outcome: 'unknown', blame: 'provider' }
    return { ...known, outcome: 'failed', blame: 'operator' }
  },
}

/** The code of Courier's own for a number that is not on WhatsApp. */
export const recipientCode = 63024

export const signIn = (key: string) => `Basic ${Buffer.from(`api:${key}`).toString('base64')}`

export function parse({ text }: Pick<WireAnswer, 'text'>): Record<string, unknown> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
