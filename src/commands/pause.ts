// `pause`: stops all messages and sign-ups of a stage at once, without a deploy.
import type { CommandSpec } from './frame/command.ts'
import { pullBrake } from './frame/pull-brake.ts'

export const command: CommandSpec = {
  description:
    'Stops all messages and all sign-ups of the stage: the functions obey within a minute, without a deploy. Whoever asks for a code is told «unavailable», known or not; codes that were sent may still be answered, and sessions go on. A deploy keeps the stage paused. Asks first; who did it, and why, is kept in the stage and noted in the log of verifyAuthChallenge. Beyond what policy prints it needs logs:CreateLogStream and logs:PutLogEvents.',
  options: [['--reason <text>', 'why, for whoever looks at the stage; up to 200 characters']],
  examples: [
    ['whatsapp-otp pause --stage prod', 'stop what is going on, now'],
    ['whatsapp-otp pause --stage prod --reason "bill grows"', 'and say why'],
    ['whatsapp-otp pause --stage prod --yes --json', 'from an alarm'],
  ],
  async run(context) {
    const { checkReason, pausing } = await import('../users/pause.ts')
    const reason = checkReason(context.flags.reason)
    await pullBrake(context, 'pause', (stage) => pausing(stage, reason))
  },
}
