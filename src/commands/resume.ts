// `resume`: lets a paused stage send messages and take sign-ups again.
import type { CommandSpec } from './frame/command.ts'
import { pullBrake } from './frame/pull-brake.ts'

export const command: CommandSpec = {
  description:
    'Ends what pause began: messages and sign-ups go on within a minute, without a deploy. Asks first; who did it is noted in the log of verifyAuthChallenge. Beyond what policy prints it needs logs:CreateLogStream and logs:PutLogEvents.',
  examples: [
    ['whatsapp-otp resume --stage prod', 'the cause is mended'],
    ['whatsapp-otp resume --stage prod --yes', 'without a question'],
    ['whatsapp-otp status --stage prod', 'is it paused, since when, by whom?'],
  ],
  async run(context) {
    const { resuming } = await import('../users/pause.ts')
    await pullBrake(context, 'resume', resuming)
  },
}
