// New keys for a stage without a deploy: what messages are sent with, codes are made with, and reports are signed with.
import { doing, toAppError } from '../aws/words.ts'
import { withNewMasterKey } from '../core/master-key.ts'
import { providerOf } from '../core/messaging/providers.ts'
import { AppError, usageError } from '../errors.ts'
import { checkAccount } from '../messaging/check.ts'
import { isOutage } from '../messaging/provider.ts'
import type { Progress } from '../progress.ts'
import { readFormer } from '../resources/former-secrets.ts'
import { changeMasterKey } from '../resources/master-key.ts'
import { providerKey } from '../resources/provider-key.ts'
import { readReportUrl } from '../resources/reports/function-url.ts'
import { changeWebhookSecret } from '../resources/reports/webhook-secret.ts'
import { onlyWithReports } from '../settings/parts.ts'
import { completeSettings } from '../settings/resolve.ts'
import { whileHolding } from './lock/lock.ts'
import { accountFor } from './providers.ts'
import { storedKey } from './sending.ts'
import type { OpenStage } from './stage.ts'

const keyStays = 'The key was not replaced'

/** The provider's key that the stage has; undefined where it has none that can be read. */
export async function keyInPlace(stage: OpenStage): Promise<string | undefined> {
  try {
    return await storedKey(stage)
  } catch (error) {
    throw toAppError(error, 'read the secrets')
  }
}

/**
 * Puts a key in the place of the stored one, once the provider has said that sender and template can be used
 * with it. Throws what is wrong with the key, an outage too, and SECRETS_UNREADABLE.
 */
export async function rotateProviderKey(stage: OpenStage, key: string, progress: Progress): Promise<void> {
  const { aws, target, resolved } = stage
  const { title, key: secret } = providerOf(resolved.settings)
  const warnings = await progress.run(`Check the key with ${title}`, () => check(stage, key))
  for (const warning of warnings) progress.warn(warning)
  try {
    await progress.run('Replace the key', () =>
      whileHolding(aws, tellWait(progress), async () => {
        await refuseUnmoved(stage, keyStays)
        const resource = providerKey(aws.place)
        const have = await resource.read(aws, {})
        if (!have?.document || !resource.isOurs(have)) throw unreadable(target.stage, keyStays)
        await resource.update(aws, { [secret.setting]: key }, have, new Set([secret.setting]))
      }),
    )
  } catch (error) {
    throw toAppError(error, 'replace the key')
  }
}

/** Codes that are on their way keep working: the old master key is kept beside the new one. */
export async function rotateMasterKey(stage: OpenStage, progress: Progress): Promise<void> {
  await changeMasterKeyOf(stage, withNewMasterKey, progress, {
    title: 'Replace the master key',
    undone: keyStays,
  })
}

/**
 * Changes the document with the master key while nobody else can. Throws SECRETS_UNREADABLE and STAGE_NOT_MOVED with
 * `undone` as what failed, and as `whileHolding`.
 */
export async function changeMasterKeyOf(
  stage: OpenStage,
  change: Parameters<typeof changeMasterKey>[1],
  progress: Progress,
  { title, undone }: { title: string; undone: string },
): Promise<void> {
  const { aws, target } = stage
  let isDone: boolean
  try {
    isDone = await progress.run(title, () =>
      whileHolding(aws, tellWait(progress), async () => {
        await refuseUnmoved(stage, undone)
        return changeMasterKey(aws, change)
      }),
    )
  } catch (error) {
    throw toAppError(error, doing(title))
  }
  if (!isDone) throw unreadable(target.stage, undone)
}

/**
 * Makes a new secret and gives it, to be shown once; reports with the old one are taken for a day. Throws REPORTS_OFF,
 * REPORTS_MISSING and SECRETS_UNREADABLE, and as `whileHolding`.
 */
export async function rotateWebhookSecret(
  stage: OpenStage,
  progress: Progress,
): Promise<{ secret: string; url: string }> {
  const { aws, target, record } = stage
  const deploy = `whatsapp-otp deploy --stage ${target.stage}`
  if (!onlyWithReports.isWanted(record?.settings ?? {})) {
    throw usageError('REPORTS_OFF', `Stage «${target.stage}» takes no delivery reports`, {
      why: 'DELIVERY_WEBHOOK was off when it was deployed',
      next: [`${deploy} --delivery-webhook true`],
    })
  }
  try {
    const url = await progress.run('Read the address of the reports', () => readReportUrl(aws))
    if (!url) {
      throw new AppError('REPORTS_MISSING', 'The secret was not replaced', {
        why: 'the function of the delivery reports, or its address, is missing',
        next: [deploy],
      })
    }
    const secret = await progress.run('Replace the secret', () =>
      whileHolding(aws, tellWait(progress), () => changeWebhookSecret(aws)),
    )
    if (secret) return { secret, url }
  } catch (error) {
    throw toAppError(error, 'replace the secret')
  }
  throw new AppError('SECRETS_UNREADABLE', 'The secret was not replaced', {
    why: `the webhook secret of stage ${target.stage} is missing, cannot be read, or belongs to somebody else`,
    next: [deploy],
  })
}

/** An outage is refused, since an unchecked key could stop every sign-in. */
async function check({ aws, resolved }: OpenStage, key: string): Promise<string[]> {
  const settings = completeSettings(resolved, { keyIsStored: true })
  const api = accountFor(aws, settings, key)
  try {
    return (await checkAccount(api, settings)).warnings
  } catch (error) {
    if (!isOutage(error)) throw error
    throw new AppError(error.code, 'The new key was not put in place', {
      why: `${api.provider.title} cannot be asked whether it is good (${error.why})`,
      next: ['run the same command again in a few minutes'],
    })
  }
}

/** A function may still go by what an older version has left: a key that was put elsewhere would be lost on it. */
async function refuseUnmoved({ aws, target: { stage } }: OpenStage, undone: string): Promise<void> {
  if (!(await readFormer(aws))) return
  throw new AppError('STAGE_NOT_MOVED', undone, {
    why: `the secrets of stage ${stage} still lie where an older version kept them; a deploy moves them`,
    next: [`whatsapp-otp deploy --stage ${stage}`, 'then the same command again'],
  })
}

function tellWait(progress: Progress): (who: string) => () => void {
  return (who) => {
    progress.warn(`waiting for ${who}, who is changing the stage`)
    return () => {}
  }
}

function unreadable(stage: string, undone: string): AppError {
  return new AppError('SECRETS_UNREADABLE', undone, {
    why: `the secrets of stage ${stage} are missing, cannot be read, or belong to somebody else`,
    next: [`whatsapp-otp status --stage ${stage}`],
  })
}
