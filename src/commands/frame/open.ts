// Opens the account, alone or with the stage that a command works on, and says once whose it is.
import type { Connection } from '../../aws/account.ts'
import { foreignOf } from '../../aws/endpoints.ts'
import { connectionTo } from '../../settings/sources.ts'
import type { OpenStage } from '../../stage/stage.ts'
import { bannerLine } from '../../terminal/banner.ts'
import { accessOf, agreeTo, type Opening } from './access.ts'

/** For commands that look at no single stage. Throws as `connect` does. */
export async function openAccount(context: Opening): Promise<Connection> {
  const { sources, target, clock, signal, output, tasks } = context
  const access = await accessOf(context)
  const aws = await tasks.run('Find the account', async () => {
    const { connect } = await import('../../aws/account.ts')
    return connect({ ...access, ...connectionTo(sources, target), clock, signal })
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

/**
 * Opens the stage and says once, before anything else, which account this is, and where messages go if not to the
 * provider's own address. `next` loads what the command needs afterwards, while AWS answers. Throws
 * ADDRESS_NOT_AGREED, and as `openStage` does.
 */
export async function open(context: Opening, next?: () => Promise<unknown>): Promise<OpenStage> {
  const { sources, target, clock, signal, output, tasks } = context
  const access = await accessOf(context)
  const opened = await tasks.run('Find the account', async () => {
    const { openStage } = await import('../../stage/stage.ts')
    const opening = openStage({ ...access, clock, signal, sources, target })
    // What cannot be loaded is told where it is used.
    next?.().catch(() => {})
    return opening
  })
  const { place, who, addresses } = opened.aws
  output.say(bannerLine({ ...place, who, addresses: foreignOf(addresses) }))
  const [{ resolveAgain }, { foreignSender }] = await Promise.all([
    import('../../stage/stage.ts'),
    import('../../stage/providers.ts'),
  ])
  const { doubts } = opened.resolved
  await agreeTo(context, doubts)
  const stage = doubts.length > 0 ? resolveAgain(opened) : opened
  const elsewhere = foreignSender(stage.resolved)
  if (elsewhere) output.warn(elsewhere)
  for (const secret of Object.values(stage.resolved.secrets)) output.hide(secret)
  for (const warning of stage.resolved.warnings) output.warn(warning)
  return stage
}
