// The SendZen API as a stage uses it: with the key that was given, else the one that the stage holds.
import { AppError } from '../errors.ts'
import { checkSendzen, isOutage } from '../messaging/check.ts'
import { createSendzenApi, type SendzenApi } from '../messaging/sendzen/api.ts'
import { readSecrets } from '../resources/secrets.ts'
import { completeSettings } from '../settings/load.ts'
import type { Settings } from '../settings/schema.ts'
import type { Prepared } from './deploy.ts'
import type { OpenStage } from './stage.ts'

export interface Sending {
  api: SendzenApi
  settings: Settings
}

/** The key that was given, else the stage's own; undefined where there is neither. */
export async function keyOf({ aws, resolved }: OpenStage): Promise<string | undefined> {
  return resolved.secrets.sendzenApiKey ?? (await readSecrets(aws))?.sendzenApiKey
}

/** Throws SENDZEN_KEY_MISSING where neither the environment nor the stage has a key. */
export async function sendingOf(stage: OpenStage): Promise<Sending> {
  const { aws, resolved, target } = stage
  const key = await keyOf(stage)
  if (!key) {
    throw new AppError('SENDZEN_KEY_MISSING', 'There is no SendZen API key', {
      why: `neither SENDZEN_API_KEY nor the stage ${target.stage} has one`,
      next: ['set SENDZEN_API_KEY', `whatsapp-otp init --stage ${target.stage}`],
    })
  }
  const settings = completeSettings(resolved, { keyIsStored: true })
  const { clock, signal } = aws
  return { api: createSendzenApi({ url: settings.sendzenApiUrl, key, clock, signal }), settings }
}

/**
 * Asks SendZen whether what the plan is about to send with can work: key, sender, template and languages.
 * Spends no call when the plan changes none of them, unless it is to be `always`. Gives things to look at; an outage is one of them.
 * Throws what `checkSendzen` throws, before anything is changed.
 */
export async function checkSendingOf(
  { stage, plan, inputs }: Prepared,
  { always = false }: { always?: boolean } = {},
): Promise<string[]> {
  const concerned = plan.filter(
    ({ id, action }) => (id === 'secrets' || id === 'function:createAuthChallenge') && action !== 'keep',
  )
  const matters =
    always ||
    concerned.some(
      ({ action, fields }) =>
        action === 'create' ||
        fields.some(({ field }) => /sendzenApiKey|SENDZEN|WHATSAPP|OTP_EXPIRY/.test(field)),
    )
  const key = matters ? await keyOf(stage) : undefined
  if (!key) return []
  const { clock, signal } = stage.aws
  const api = createSendzenApi({ url: inputs.settings.sendzenApiUrl, key, clock, signal })
  try {
    return (await checkSendzen(api, inputs.settings)).warnings
  } catch (error) {
    if (!isOutage(error)) throw error
    return [`SendZen cannot be asked (${error.why}); sender and template are not checked`]
  }
}
