// The stage `local` in an account that is there for development: made by the same code that deploys to AWS.
import { getCountries } from 'libphonenumber-js/min'
import type { Env } from '../aws/env.ts'
import type { Clock } from '../clock.ts'
import { numbers } from '../core/environment.ts'
import { localStage } from '../names.ts'
import type { Progress } from '../progress.ts'
import { readWebhookSecret } from '../resources/reports/webhook-secret.ts'
import { schema } from '../settings/schema.ts'
import type { Sources } from '../settings/sources.ts'
import { playDeploy, prepareDeploy } from './deploy.ts'
import { findOut } from './findings.ts'
import { templateLifeOf } from './sending.ts'
import { openStage } from './stage.ts'

export interface LocalStage {
  /** What the project asks for: expiry, limits and the like count, its account and its SendZen key do not. */
  given: Sources
  /** The variables that lead to the local account and to its SendZen; they win over those of the project. */
  env: Record<string, string>
  region: string
  clock: Clock
  signal: AbortSignal
}

export interface LocalIds {
  /** The variables with its ids, for an app. */
  ids: Record<string, string>
  /** Those of its settings that an app has to know, by their variables. */
  forApps: Record<string, string>
  /** All variables for programs that work with it, this one included: those that lead there, its name, its ids. */
  variables: Record<string, string>
  /** What its SendZen has to know, where delivery reports are on. */
  webhook: { url: string; secret: string } | undefined
}

/** Makes the stage. Throws as `prepareDeploy` and `playDeploy` do. */
export async function deployLocal(
  { given, env, region, clock, signal }: LocalStage,
  progress: Progress,
): Promise<LocalIds> {
  // The sandbox's own is for stages that nobody develops with.
  const { ALLOWED_COUNTRIES: _, ...own } = env
  const elsewhere = { sendzenUrl: undefined, from: undefined, template: undefined, languages: undefined }
  const sources: Sources = {
    ...given,
    flags: { ...given.flags, ...elsewhere },
    file: { ...localDefaults(), ...given.file },
    env: { ...settingsIn(given.env), ...own },
    processEnv: { ...settingsIn(given.processEnv), ...own },
  }
  const target = {
    stage: localStage,
    stageIsExplicit: true,
    region,
    profile: undefined,
    account: undefined,
  }
  const stage = await openStage({ sources, target, clock, signal, sealed: 'all' })
  const prepared = await prepareDeploy(stage)
  const refs = await progress.run('Deploy the stage «local» into it', async () => {
    const played = await playDeploy(prepared, () => {})
    const templateLife = templateLifeOf(prepared)
    await findOut(stage.aws, played, { again: false, onWait: () => () => {}, templateLife })
    return played.refs
  })
  const secret = refs.reportUrl && (await readWebhookSecret(stage.aws))
  const ids = {
    WHATSAPP_OTP_USER_POOL_ID: refs.userPoolId ?? '',
    WHATSAPP_OTP_SIGNUP_CLIENT_ID: refs.signupClientId ?? '',
    WHATSAPP_OTP_LOGIN_CLIENT_ID: refs.loginClientId ?? '',
  }
  const { clientSecret, smsFallback } = prepared.inputs.settings
  return {
    ids,
    forApps: {
      [schema.clientSecret.env]: String(clientSecret),
      [schema.smsFallback.env]: String(smsFallback),
    },
    variables: { ...own, WHATSAPP_OTP_STAGE: localStage, ...ids },
    webhook: refs.reportUrl && secret ? { url: refs.reportUrl, secret } : undefined,
  }
}

/**
 * What counts unless the project says otherwise: numbers of every country, as many of one block as a developer makes
 * up, and senders for the text messages that some countries ask them for.
 */
function localDefaults(): Record<string, unknown> {
  return {
    allowedCountries: getCountries().join(','),
    blockSendsPerHour: numbers.BLOCK_SENDS_PER_HOUR.max,
    blockSendsPerDay: numbers.BLOCK_SENDS_PER_DAY.max,
    smsSenderId: 'Sandbox',
    smsOriginationNumber: '+12065550100',
    smsIndiaEntityId: '1'.repeat(19),
    smsIndiaTemplateId: '1'.repeat(19),
    smsIndiaText: '{code} is your code.',
  }
}

/** Nothing else: a variable for one service of AWS would lead out of the local account. */
function settingsIn(env: Env): Env {
  const names = Object.values(schema).map((row) => row.env)
  return Object.fromEntries(names.map((name) => [name, env[name]]))
}
