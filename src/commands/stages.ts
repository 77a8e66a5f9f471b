// `stages`: every stage of this account and region, one line each.
import { pauseWords } from '../core/parameters/brake.ts'
import { exitCodes } from '../errors.ts'
import type { Problem } from '../insight/judgement/problem.ts'
import { age, count } from '../terminal/layout.ts'
import type { CommandSpec } from './frame/command.ts'
import { openAccount } from './frame/open.ts'

export const command: CommandSpec = {
  description:
    'Lists every stage in this account and region: how old it is, which version deployed it, its user pool, and whether that pool calls its functions, they run, the secrets are there and the latest messages went out. Asks AWS only: whether SendZen takes the key, status finds out. Changes nothing. Exits 1 when a stage is ill.',
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
        `${isIll(problems) ? failed : pause || problems.length > 0 ? warning : done} ${stage}`,
        record ? age(clock.now() - Date.parse(record.createdAt)) : '',
        record?.toolVersion ?? '',
        record?.userPoolId ?? '',
        [...(pause ? [pauseWords(pause)] : []), ...problems.map(({ cause }) => cause)].join('; ') ||
          'healthy',
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
        healthy: !isIll(problems),
        problems: problems.filter(({ grave }) => grave).map(({ cause }) => cause),
        judgement: problems,
        ...(pause ? { paused: pause } : {}),
      })),
    })
    output.say(
      found.length > 0 ? count(found.length, 'stage') : 'There is no stage here yet: whatsapp-otp init',
    )
    const ill = found.filter(({ problems }) => isIll(problems))
    for (const { stage } of ill) output.say(`whatsapp-otp status --stage ${stage}   says what ends it`)
    return ill.length > 0 ? exitCodes.failed : exitCodes.done
  },
}

const isIll = (problems: readonly Problem[]) => problems.some(({ grave }) => grave)
