// `test-send`: one real message with the stage's settings, followed until WhatsApp says what became of it.

import { timeoutOf } from '../settings/flag-values.ts'
import type { CommandSpec } from './frame/command.ts'
import { open } from './frame/open.ts'
import { sendTest } from './frame/send-test.ts'

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
    const capMs = timeoutOf(flags.timeout)
    const stage = await open(context)
    const [{ pauseIn }, { pauseWords }] = await Promise.all([
      import('../resources/brake.ts'),
      import('../core/parameters/brake.ts'),
    ])
    const pause = await pauseIn(stage.aws)
    if (pause) output.warn(`the stage is ${pauseWords(pause)}; this one message goes out as you ask for it`)
    const language = flags.lang === undefined ? undefined : String(flags.lang)
    const sent = await sendTest(context, stage, { to, language, capMs, wait: flags.wait !== false })
    output.json({ command: 'test-send', ...sent })
  },
}
