// One real message with an invented code, sent and followed until WhatsApp says what became of it.
import { randomInt } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors.ts'
import type { Progress } from '../progress.ts'
import { type Delivery, followDelivery } from './delivery.ts'
import type { ProviderAccount } from './provider.ts'

/** What the stage sends with. */
export interface TestSettings {
  whatsappFrom: string
  whatsappTemplateName: string
  whatsappLanguages: string[]
}

export interface TestMessage {
  api: ProviderAccount
  settings: TestSettings
  /** E.164. */
  to: string
  /** The first of the stage's languages when left out. */
  language?: string | undefined
  /** How long to follow it, in milliseconds. */
  capMs: number
  /** False: only until it is accepted. */
  wait: boolean
  clock: Clock
  signal?: AbortSignal | undefined
}

/** The message as it stands; it comes again with every change. */
export interface TestNews {
  /** Undefined where the provider gave none. */
  messageId: string | undefined
  /** The provider's own word until WhatsApp has one; `timeout` when none came in time. */
  status: string | undefined
  matchedBy?: Delivery['matchedBy']
  language: string
  /** Milliseconds since it was handed over; undefined until WhatsApp has a word. */
  afterMs?: number | undefined
}

/**
 * Yields at acceptance and at each change, up to `delivered`: whether it is ever read is up to a person.
 * Throws what sending throws, and NOT_DELIVERED with Meta's reason where WhatsApp says that it failed.
 */
export async function* sendTestMessage(message: TestMessage, progress: Progress): AsyncGenerator<TestNews> {
  const { api, settings, to, capMs, wait, clock, signal } = message
  const { whatsappFrom: from, whatsappTemplateName: template, whatsappLanguages: languages } = settings
  const language = message.language ?? languages[0] ?? ''
  if (!languages.includes(language)) {
    progress.warn(`${language} is not among the stage's languages (${languages.join(', ')})`)
  }
  const code = String(randomInt(0, 1_000_000)).padStart(6, '0')
  const sentAt = clock.now()
  const { id, status } = await progress.run(`Send ${template} (${language})`, () =>
    api.sendTemplate({ from, to, template, language, code }),
  )
  yield { messageId: id, status, language }
  if (!wait) return
  for await (const news of followDelivery({ api, id, to, sentAt, clock, capMs, signal })) {
    const { matchedBy, error } = news
    yield { messageId: id, status: news.status, matchedBy, language, afterMs: Math.max(0, news.at - sentAt) }
    if (error) {
      throw new AppError('NOT_DELIVERED', `WhatsApp did not deliver the message (${error.code})`, {
        why: error.why,
        next: [error.next],
      })
    }
    if (news.status === 'delivered') return
  }
}
