// A test message as its caller hears of it, against an account that is played.
import { describe, expect, it } from 'vitest'
import { sendzen } from '../../src/core/messaging/sendzen.ts'
import { explainMetaError } from '../../src/messaging/meta-errors.ts'
import type { DeliveryReport, ProviderAccount } from '../../src/messaging/provider.ts'
import { sendTestMessage, type TestMessage, type TestNews } from '../../src/messaging/test-message.ts'
import { jumpClock } from './sendzen/server.ts'

const sentAt = 1_700_000_000_000
const settings = {
  whatsappFrom: '15550100900',
  whatsappTemplateName: 'otp_login',
  whatsappLanguages: ['en', 'de'],
}

/** Sends one of which WhatsApp says these words in turn, three seconds later, and gives what was heard. */
async function send(words: Pick<DeliveryReport, 'status' | 'error'>[], options: Partial<TestMessage> = {}) {
  const asked: { language: string; code: string }[] = []
  const titles: string[] = []
  const warnings: string[] = []
  const news: TestNews[] = []
  const api = {
    async sendTemplate(message: { language: string; code: string }) {
      asked.push(message)
      return { id: 'msg_1', status: 'queued' }
    },
    async readReports(): Promise<DeliveryReport[]> {
      return words.map((word) => ({ id: 'msg_1', at: sentAt + 3_000, recipient: '15550100001', ...word }))
    },
  } as unknown as ProviderAccount
  const base = { api, settings, to: '+15550100001', capMs: 60_000, wait: true, clock: jumpClock(sentAt) }
  const progress = {
    async run<T>(title: string, work: () => Promise<T>) {
      titles.push(title)
      return work()
    },
    warn: (text: string) => void warnings.push(text),
  }
  let thrown: unknown
  try {
    for await (const one of sendTestMessage({ ...base, ...options }, progress)) news.push(one)
  } catch (error) {
    thrown = error
  }
  return { asked, titles, warnings, news, thrown, words: news.map(({ status }) => status) }
}

describe('a test message', () => {
  it('goes out in the first language with an invented code, and is followed until it arrives', async () => {
    const { asked, titles, news, words } = await send([
      { status: 'sent' },
      { status: 'delivered' },
      { status: 'read' },
    ])
    expect(asked).toMatchObject([{ language: 'en', code: expect.stringMatching(/^\d{6}$/) }])
    expect(titles).toEqual(['Send otp_login (en)'])
    expect(words).toEqual(['queued', 'sent', 'delivered'])
    expect(news.at(-1)).toEqual({
      messageId: 'msg_1',
      status: 'delivered',
      matchedBy: 'id',
      language: 'en',
      afterMs: 3_000,
    })
  })

  it('is not followed where nobody waits', async () => {
    expect((await send([{ status: 'delivered' }], { wait: false })).words).toEqual(['queued'])
  })

  it('that fails ends with Meta’s reason, after it was told', async () => {
    const { words, thrown } = await send([{ status: 'failed', error: explainMetaError(131026, sendzen) }])
    expect(words).toEqual(['queued', 'failed'])
    expect(thrown).toMatchObject({ code: 'NOT_DELIVERED', message: expect.stringContaining('131026') })
  })

  it('without a word in time says so', async () => {
    expect((await send([])).words).toEqual(['queued', 'timeout'])
  })

  it('in a language that the stage does not have warns, and goes out', async () => {
    const { asked, warnings } = await send([{ status: 'delivered' }], { language: 'fr' })
    expect(asked).toMatchObject([{ language: 'fr' }])
    expect(warnings).toEqual(["fr is not among the stage's languages (en, de)"])
  })
})
