// Opens the account, alone or with the stage that a command works on, and says once whose it is.
import type { Connection } from '../aws/account.ts'
import { foreignOf } from '../aws/endpoints.ts'
import type { OpenStage } from '../stage/stage.ts'
import { bannerLine } from '../terminal/banner.ts'
import { accessOf } from './access.ts'
import type { Context } from './command.ts'

/** For commands that look at no single stage. Throws as `connect` does. */
export async function openAccount(context: Context): Promise<Connection> {
  const { sources, target, clock, signal, output, tasks } = context
  const { env, processEnv } = sources
  const { region, profile, account, stage } = target
  const access = await accessOf(context)
  const aws = await tasks.run('Find the account', async () => {
    const { connect } = await import('../aws/account.ts')
    return connect({ ...access, clock, signal, env, processEnv, region, profile, account, stage })
  })
  output.say(
    bannerLine({
      account: aws.place.account,
      region: aws.place.region,
      who: aws.who,
      addresses: foreignOf(aws.addresses),
    }),
  )
  return aws
}

/** Opens the stage and says once, before anything else, which account this is. */
export async function open(context: Context): Promise<OpenStage> {
  const { sources, target, clock, signal, output, tasks } = context
  const access = await accessOf(context)
  const stage = await tasks.run('Find the account', async () => {
    const { openStage } = await import('../stage/stage.ts')
    return openStage({ ...access, clock, signal, sources, target })
  })
  output.say(
    bannerLine({ ...stage.aws.place, who: stage.aws.who, addresses: foreignOf(stage.aws.addresses) }),
  )
  for (const secret of Object.values(stage.resolved.secrets)) output.hide(secret)
  for (const warning of stage.resolved.warnings) output.warn(warning)
  return stage
}
