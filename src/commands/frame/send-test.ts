// What `test-send` and `init` share: a test message, followed in front of a person.
import { AppError } from '../../errors.ts'
import type { TestMessage, TestNews } from '../../messaging/test-message.ts'
import type { OpenStage } from '../../stage/stage.ts'
import { duration } from '../../terminal/layout.ts'
import { newsLine } from '../../views/test-message-view.ts'
import type { Context } from './command.ts'

/** Sends the message and shows what becomes of it; gives the last that was heard. */
export async function sendTest(
  { output, tasks, clock, signal }: Context,
  stage: OpenStage,
  wanted: Pick<TestMessage, 'to' | 'language' | 'capMs' | 'wait'>,
) {
  const [{ sendingOf }, { sendTestMessage }] = await Promise.all([
    import('../../stage/sending.ts'),
    import('../../messaging/test-message.ts'),
  ])
  const message = { ...(await sendingOf(stage)), ...wanted, clock, signal }
  let last: Omit<TestNews, 'afterMs'> | undefined
  for await (const { afterMs, ...news } of sendTestMessage(message, { ...tasks, warn: output.warn })) {
    last = news
    if (news.status === 'timeout') {
      output.warn(`No word on its delivery within ${duration(wanted.capMs)}; it may still arrive`)
    } else output.data(newsLine({ ...news, afterMs }))
  }
  return last
}

/** A message that fails does not undo what was deployed: it is told as a warning. */
export async function offerTest(context: Context, stage: OpenStage): Promise<void> {
  const { prompts, output } = context
  output.blank()
  const { askTestNumber } = await import('../../wizard/ask-test-number.ts')
  const to = await askTestNumber(prompts)
  if (to === undefined) return
  try {
    await sendTest(context, stage, { to, capMs: 60_000, wait: true })
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'CANCELLED') throw error
    output.warn([error.message, error.why, error.next[0]].filter(Boolean).join('. '))
  }
}
