// `plan`: shows what a deploy would change, and changes nothing.
import { exitCodes } from '../errors.ts'
import type { CommandSpec } from './command.ts'

export const command: CommandSpec = {
  description:
    'Compares what the settings want with what AWS has and shows the difference, field by field. Changes nothing.',
  options: [['--detailed-exitcode', 'exit 2 when something would change']],
  settings: true,
  examples: [
    ['whatsapp-otp plan --stage prod', 'what would a deploy to prod change?'],
    ['whatsapp-otp plan --otp-expiry-minutes 3', 'what would another setting change?'],
    ['whatsapp-otp plan --stage prod --detailed-exitcode --json', 'drift check in CI'],
  ],
  async run(context) {
    const { showPlan } = await import('./deploy.ts')
    const changes = await showPlan(context, 'plan')
    return changes && context.flags.detailedExitcode ? exitCodes.pending : exitCodes.done
  },
}
