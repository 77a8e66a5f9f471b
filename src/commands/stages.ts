// `stages`: every stage of this account and region, one line each.
import { pauseWords } from '../core/parameters/brake.ts'
import { age, count } from '../terminal/layout.ts'
import type { CommandSpec } from './frame/command.ts'
import { openAccount } from './frame/open.ts'

export const command: CommandSpec = {
  description:
    'Lists every stage in this account and region: how old it is, which version deployed it, its user pool, and whether that pool calls its functions and they run. Changes nothing.',
  examples: [
    ['whatsapp-otp stages', 'what is there?'],
    ['whatsapp-otp stages --region eu-central-1 --profile prod', 'in another region and account'],
    ['whatsapp-otp stages --json', 'for a script'],
  ],
  async run(context) {
    const { output, tasks, clock } = context
    const aws = await openAccount(context)
    const { findStages } = await import('../insight/stages.ts')
    const found = await tasks.run('Read the stages', () => findStages(aws))
    const { done, failed, warning } = output.theme
    output.table(
      found.map(({ stage, record, problems, pause }) => [
        `${problems.length > 0 ? failed : pause ? warning : done} ${stage}`,
        record ? age(clock.now() - Date.parse(record.createdAt)) : '',
        record?.toolVersion ?? '',
        record?.userPoolId ?? '',
        [...(pause ? [pauseWords(pause)] : []), ...problems].join(', ') || 'healthy',
      ]),
      found.length > 0 ? ['  stage', 'age', 'version', 'pool', 'health'] : undefined,
    )
    output.json({
      command: 'stages',
      account: aws.place.account,
      region: aws.place.region,
      stages: found.map(({ stage, record, problems, pause }) => ({
        stage,
        createdAt: record?.createdAt,
        version: record?.toolVersion,
        userPoolId: record?.userPoolId,
        healthy: problems.length === 0,
        problems,
        ...(pause ? { paused: pause } : {}),
      })),
    })
    output.say(
      found.length > 0 ? count(found.length, 'stage') : 'There is no stage here yet: whatsapp-otp init',
    )
  },
}
