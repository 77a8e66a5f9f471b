// `test-send`: one real message with the stage's settings, followed until WhatsApp says what became of it.
import { randomInt } from 'node:crypto'
import { AppError, usageError } from '../errors.ts'
import type { Delivery } from '../messaging/delivery.ts'
import type { OpenStage } from '../stage/stage.ts'
import { duration } from '../terminal/layout.ts'
import type { CommandSpec, Context } from './command.ts'
import { open } from './open.ts'

export const command: CommandSpec = {
  args: '<phone>',
  description:
    'Sends one real message with an invented code through the stage’s sender and template, and follows it to delivered, read or failed. Costs what a message costs.',
  options: [
    ['--lang <code>', 'template language (default: the first of WHATSAPP_LANG_CODE)'],
    ['--timeout <seconds>', 'how long to follow the message (default 60)'],
    ['--no-wait', 'return as soon as SendZen has accepted it'],
  ],
  examples: [
    ['whatsapp-otp test-send +4915112345678', 'send and follow'],
    ['whatsapp-otp test-send +4915112345678 --lang de', 'in another language of the template'],
    ['whatsapp-otp test-send +4915112345678 --no-wait', 'only see that it is accepted'],
  ],
  async run(context, phone) {
    const { output, flags } = context
    const { parsePhone } = await import('../settings/phone.ts')
    const to = parsePhone(phone ?? '')
    const capMs = secondsOf(flags.timeout) * 1000
    const stage = await open(context)
    const language = flags.lang === undefined ? undefined : String(flags.lang)
    const sent = await sendTest(context, stage, { to, language, capMs, wait: flags.wait !== false })
    output.json({ command: 'test-send', ...sent })
  },
}

export interface TestMessage {
  to: string
  language?: string | undefined
  /** How long to follow it. */
  capMs: number
  /** False: only until it is accepted. */
  wait: boolean
}

/** Sends one message with an invented code. Throws NOT_DELIVERED when WhatsApp says that it failed. */
export async function sendTest(
  context: Context,
  stage: OpenStage,
  { to, capMs, wait, ...wanted }: TestMessage,
) {
  const { output, tasks, clock, signal } = context
  const [{ sendingOf }, { followDelivery }] = await Promise.all([
    import('../stage/sending.ts'),
    import('../messaging/delivery.ts'),
  ])
  const { api, settings } = await sendingOf(stage)
  const { whatsappFrom: from, whatsappTemplateName: template, whatsappLanguages: languages } = settings
  const language = wanted.language ?? languages[0] ?? ''
  if (!languages.includes(language)) {
    output.warn(`${language} is not among the stage's languages (${languages.join(', ')})`)
  }
  const code = String(randomInt(0, 1_000_000)).padStart(6, '0')
  const sentAt = clock.now()
  const accepted = await tasks.run(`Send ${template} (${language})`, () =>
    api.sendTemplate({ from, to, template, language, code }),
  )
  output.data(`accepted   ${accepted.id ?? '(SendZen gave no message id)'}`)
  if (!wait) return { messageId: accepted.id, status: accepted.status, language }
  let last: Delivery | undefined
  for await (const news of followDelivery({ api, id: accepted.id, to, sentAt, clock, capMs, signal })) {
    last = news
    if (news.status === 'timeout') break
    const how = news.matchedBy === 'recipient and time' ? ' (found by recipient and time)' : ''
    output.data(`${news.status.padEnd(9)}  after ${duration(Math.max(0, news.at - sentAt))}${how}`)
    // Whether it is ever read is up to a person.
    if (news.status === 'delivered') break
  }
  if (last?.error) {
    throw new AppError('NOT_DELIVERED', `WhatsApp did not deliver the message (${last.error.code})`, {
      why: last.error.why,
      next: [last.error.next],
    })
  }
  if (last?.status === 'timeout') {
    output.warn(`No word on its delivery within ${duration(capMs)}; it may still arrive`)
  }
  return {
    messageId: accepted.id,
    status: last?.status ?? accepted.status,
    matchedBy: last?.matchedBy,
    language,
  }
}

function secondsOf(flag: unknown): number {
  const seconds = Number(flag ?? 60)
  if (Number.isFinite(seconds) && seconds > 0) return seconds
  throw usageError('TIMEOUT_INVALID', `«${String(flag)}» is not a number of seconds`, {
    next: ['whatsapp-otp test-send <phone> --timeout 60'],
  })
}
