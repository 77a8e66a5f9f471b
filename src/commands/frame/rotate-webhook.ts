// A new secret for delivery reports, shown once to the person who has to take it to the provider.
import { providerOf } from '../../core/messaging/providers.ts'
import { usageError } from '../../errors.ts'
import { requireRecord } from '../../stage/recorded.ts'
import { reportSteps } from '../../views/report-steps.ts'
import type { Context } from './command.ts'
import { open } from './open.ts'

/** Never into a file, a pipe or a build's log: throws NO_TERMINAL where nobody would read it. */
export async function rotateWebhook(context: Context): Promise<void> {
  const { output, tasks } = context
  if (!output.interactive || output.isJson) {
    throw usageError('NO_TERMINAL', 'The new secret has to be shown to somebody', {
      why: 'it is shown once, and only on a terminal, without --json',
      next: ['run the same command in a terminal'],
    })
  }
  const stage = await open(context)
  const { rotateWebhookSecret } = await import('../../stage/rotate.ts')
  const record = requireRecord(stage)
  const { secret, url } = await rotateWebhookSecret(stage, { ...tasks, warn: output.warn })
  const provider = providerOf(record.settings)
  output.say('')
  for (const line of reportSteps({ provider, stage: record.stage, url, secret })) output.say(line)
  output.say('\nThe function knows it at once; reports that are signed with the old one are taken for a day.')
}
