// The SendZen API as a stage uses it: with the key that was given, else the one that the stage holds.
import { AppError } from '../errors.ts'
import { readSecrets } from '../resources/secrets.ts'
import { createSendzenApi, type SendzenApi } from '../sendzen/api.ts'
import { completeSettings } from '../settings/load.ts'
import type { Settings } from '../settings/schema.ts'
import type { OpenStage } from './stage.ts'

export interface Sending {
  api: SendzenApi
  settings: Settings
}

/** Throws SENDZEN_KEY_MISSING where neither the environment nor the stage has a key. */
export async function sendingOf(stage: OpenStage): Promise<Sending> {
  const { aws, resolved, target } = stage
  const key = resolved.secrets.sendzenApiKey ?? (await readSecrets(aws))?.sendzenApiKey
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
