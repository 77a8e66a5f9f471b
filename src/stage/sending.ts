// The provider's account as a stage uses it: with the key that was given, else the one that the stage holds.
import { type Provider, providerOf } from '../core/messaging/providers.ts'
import { AppError } from '../errors.ts'
import { checkAccount } from '../messaging/check.ts'
import { isOutage, type ProviderAccount } from '../messaging/provider.ts'
import { names } from '../names.ts'
import { readProviderKey } from '../resources/provider-key.ts'
import { onlyWithFallback } from '../settings/parts.ts'
import { completeSettings, type Resolved } from '../settings/resolve.ts'
import type { Settings } from '../settings/schema.ts'
import type { Prepared } from './deploy.ts'
import { accountFor } from './providers.ts'
import type { OpenStage } from './stage.ts'

export interface Sending {
  api: ProviderAccount
  settings: Settings
}

/** The key that a variable, a file or a person gave. */
export function givenKey({ settings, secrets }: Pick<Resolved, 'settings' | 'secrets'>): string | undefined {
  return secrets[providerOf(settings).key.setting]
}

/** The key that the stage has; undefined where it has none that can be read. */
export async function storedKey({ aws, resolved }: OpenStage): Promise<string | undefined> {
  return (await readProviderKey(aws))?.[providerOf(resolved.settings).key.setting]
}

/** The key that was given, else the stage's own; undefined where there is neither. */
export async function keyOf(stage: OpenStage): Promise<string | undefined> {
  return givenKey(stage.resolved) ?? storedKey(stage)
}

/** Throws SECRETS_MISSING where the stage has lost its key, and `<PROVIDER>_KEY_MISSING` where there is no stage yet. */
export async function sendingOf(stage: OpenStage): Promise<Sending> {
  const { aws, resolved, target } = stage
  const key = await keyOf(stage)
  if (!key) {
    const provider = providerOf(resolved.settings)
    const { variable } = provider.key
    if (stage.record) {
      throw new AppError('SECRETS_MISSING', `The secrets of stage «${target.stage}» are missing`, {
        why: `${names.providerKey(target.stage)}, its ${provider.title} key, is missing or cannot be read, and ${variable} gives no other`,
        next: [`${variable}=<key> whatsapp-otp deploy --stage ${target.stage}`],
      })
    }
    throw new AppError(
      `${provider.name.toUpperCase()}_KEY_MISSING`,
      `There is no ${provider.title} API key`,
      {
        why: `neither ${variable} nor the stage ${target.stage} has one`,
        next: [`set ${variable}`, `whatsapp-otp init --stage ${target.stage}`],
      },
    )
  }
  const settings = completeSettings(resolved, { keyIsStored: true })
  return { api: accountFor(aws, settings, key), settings }
}

/**
 * Asks the provider whether what the plan is about to send with can work: key, sender, template and languages.
 * Spends no call when the plan changes none of them, unless it is to be `always`. Gives things to look at; an
 * outage is one of them. Throws what `checkAccount` throws, before anything is changed.
 */
export async function checkSendingOf(
  { stage, plan, inputs }: Prepared,
  { always = false }: { always?: boolean } = {},
): Promise<string[]> {
  const concerned = plan.filter(
    ({ id, action }) => (id === 'provider-key' || id === 'function:createAuthChallenge') && action !== 'keep',
  )
  const provider = providerOf(inputs.settings)
  const matters =
    always ||
    concerned.some(
      ({ action, fields }) =>
        action === 'create' || fields.some(({ field }) => isAboutSending(field, provider)),
    )
  const key = matters ? await keyOf(stage) : undefined
  if (!key) return []
  const api = accountFor(stage.aws, inputs.settings, key)
  try {
    return (await checkAccount(api, inputs.settings)).warnings
  } catch (error) {
    if (!isOutage(error)) throw error
    return [`${provider.title} cannot be asked (${error.why}); sender and template are not checked`]
  }
}

/**
 * Asks the provider how long WhatsApp tries to deliver the stage's template, in seconds. Undefined where no function
 * goes by that, or nobody can say.
 */
export function templateLifeOf({ stage, inputs }: Prepared): (() => Promise<number | undefined>) | undefined {
  const { settings } = inputs
  if (!onlyWithFallback.isWanted(settings)) return undefined
  return async () => {
    const key = await keyOf(stage)
    if (!key) return undefined
    try {
      return (await checkAccount(accountFor(stage.aws, settings, key), settings)).templateLifeSeconds
    } catch (error) {
      // What is wrong with the account has been said by the check before the deploy.
      if (!(error instanceof AppError) || error.code === 'CANCELLED') throw error
      return undefined
    }
  }
}

/** Fields are a secret's name, or the path of a function's variable. */
function isAboutSending(field: string, { key, address }: Provider): boolean {
  return [key.setting, address.variable, 'WHATSAPP', 'OTP_EXPIRY'].some((name) => field.includes(name))
}
