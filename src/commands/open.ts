// Opens the account, alone or with the stage that a command works on, and says once whose it is.
import type { Connection } from '../aws/account.ts'
import type { OpenStage } from '../stage/stage.ts'
import { bannerLine } from '../terminal/banner.ts'
import type { Context } from './command.ts'

/** For commands that look at no single stage. Throws as `connect` does. */
export async function openAccount(context: Context): Promise<Connection> {
  const { sources, target, clock, signal, output, tasks, prompts } = context
  const mfaCode = (serial: string) => prompts.text({ message: `Code of the MFA device ${serial}` })
  const { region, profile, account, stage } = target
  const aws = await tasks.run('Find the account', async () => {
    const { connect } = await import('../aws/account.ts')
    return connect({
      env: sources.env,
      region,
      profile,
      account,
      stage,
      clock,
      signal,
      ...(prompts.interactive ? { mfaCode } : {}),
    })
  })
  output.say(
    bannerLine({
      account: aws.place.account,
      region: aws.place.region,
      who: aws.who,
      endpoint: aws.endpoint,
    }),
  )
  return aws
}

/** Opens the stage and says once, before anything else, which account this is. */
export async function open(context: Context): Promise<OpenStage> {
  const { sources, target, clock, signal, output, tasks, prompts } = context
  const mfaCode = (serial: string) => prompts.text({ message: `Code of the MFA device ${serial}` })
  const stage = await tasks.run('Find the account', async () => {
    const { openStage } = await import('../stage/stage.ts')
    return openStage({
      sources,
      target,
      clock,
      signal,
      ...(prompts.interactive ? { mfaCode } : {}),
    })
  })
  output.say(bannerLine({ ...stage.aws.place, who: stage.aws.who, endpoint: stage.aws.endpoint }))
  for (const secret of Object.values(stage.resolved.secrets)) output.hide(secret)
  for (const warning of stage.resolved.warnings) output.warn(warning)
  return stage
}
