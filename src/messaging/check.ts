// Checks against the account what a stage is about to send with: key, sender, template and languages.
import { lookAfterMs, mostLifeSeconds } from '../core/reports/late-sms.ts'
import { AppError, usageError } from '../errors.ts'
import { onlyWithFallback } from '../settings/parts.ts'
import type { Settings } from '../settings/schema.ts'
import type { ProviderAccount, Sender, Template } from './provider.ts'
import { type Judgement, judgeTemplates } from './templates.ts'

export type SendingSettings = Pick<
  Settings,
  'whatsappFrom' | 'whatsappTemplateName' | 'whatsappLanguages' | 'otpExpiryMinutes'
> &
  Partial<Settings>

export interface AccountCheck {
  /** Seconds in which WhatsApp tries to deliver the template; negative without end, undefined where it is not said. */
  templateLifeSeconds: number | undefined
  sender: Sender
  template: Judgement
  /** Things to look at that do not stop a deploy. */
  warnings: string[]
}

/**
 * Changes nothing and sends nothing. Throws SENDER_UNKNOWN, SENDER_UNUSABLE, TEMPLATE_UNKNOWN, TEMPLATE_UNUSABLE
 * or ProviderError; see `isOutage` for those that say nothing about the settings.
 */
export async function checkAccount(api: ProviderAccount, settings: SendingSettings): Promise<AccountCheck> {
  await api.checkKey()
  const sender = findSender(api, await api.listSenders(), settings.whatsappFrom)
  const templates = await api.listTemplates(sender.wabaId)
  const template = findTemplate(api, templates, settings)
  const doubt = senderDoubt(sender)
  const templateLifeSeconds = templateLife(templates, settings)
  const late = tooLateForSms(templateLifeSeconds, settings)
  const warnings = [...template.warnings, ...(late ? [late] : [])].map(
    (warning) => `Template ${template.name}: ${warning}`,
  )
  return {
    sender,
    template,
    templateLifeSeconds,
    warnings: doubt ? [`Sender +${sender.phone}: ${doubt}`, ...warnings] : warnings,
  }
}

/**
 * Why no SMS takes the place of a message of which nothing is reported; undefined where one does, or none is to. One
 * that is reported as failed is followed at once, whatever the template says.
 */
export function tooLateForSms(
  templateLifeSeconds: number | undefined,
  settings: Pick<Settings, 'otpExpiryMinutes'> & Partial<Settings>,
): string | undefined {
  const codeLife = settings.otpExpiryMinutes * 60
  if (!onlyWithFallback.isWanted(settings)) return undefined
  if (lookAfterMs(templateLifeSeconds, codeLife * 1000) !== undefined) return undefined
  const life = templateLifeSeconds ?? 600
  const tries = `WhatsApp tries to deliver it for ${life < 0 ? '30 days' : `${life} s`}`
  return `${tries}, codes live ${codeLife} s: an SMS follows only messages that are reported as failed; for those of which nothing is reported let it try ${mostLifeSeconds(codeLife)} s at most`
}

/** The longest of the languages that are sent. */
function templateLife(
  templates: readonly Template[],
  { whatsappTemplateName: name, whatsappLanguages: languages }: SendingSettings,
): number | undefined {
  const lives = templates
    .filter((one) => one.name === name && languages.includes(one.language))
    .map(({ message_send_ttl_seconds: life }) => life)
    .filter((life) => typeof life === 'number')
  const endless = lives.find((life) => life < 0)
  return endless ?? (lives.length > 0 ? Math.max(...lives) : undefined)
}

/** Why a sender cannot send at all; undefined when it can, or when nobody knows. */
export function senderObstacle({ status }: Sender): string | undefined {
  const gone = /BANNED|DISCONNECTED|DELETED|BLOCKED|RESTRICTED|UNREGISTERED|EXPIRED/i
  return status && gone.test(status) ? `it is ${status.toLowerCase()}` : undefined
}

/** Nobody documents a full list of states, so that an unknown one only raises a doubt. */
export function senderDoubt({ status }: Sender): string | undefined {
  if (status === undefined || status.toUpperCase() === 'CONNECTED') return undefined
  return `its state is ${status.toLowerCase()}, not connected`
}

function findSender({ provider }: ProviderAccount, senders: readonly Sender[], from: string): Sender {
  const sender = senders.find(({ phone }) => phone === from)
  if (!sender) {
    // Without a plus the masking of errors leaves them as they are: they are the account's own numbers.
    const others = senders.map(({ phone }) => phone).join(', ')
    throw usageError('SENDER_UNKNOWN', `The ${provider.title} account has no sender ${from}`, {
      why: others ? `it has ${others}` : 'no number is connected to the project of this key',
      next: ['set --from (WHATSAPP_FROM) to a number of the account', `${provider.dashboard} lists them`],
    })
  }
  const obstacle = senderObstacle(sender)
  if (!obstacle) return sender
  throw new AppError('SENDER_UNUSABLE', `The sender ${from} cannot send`, {
    why: obstacle,
    next: [`put it right at ${provider.dashboard}, or set --from (WHATSAPP_FROM) to another number`],
  })
}

function findTemplate(
  { provider }: ProviderAccount,
  templates: readonly Template[],
  settings: SendingSettings,
): Judgement {
  const { whatsappTemplateName: name, whatsappLanguages: languages, otpExpiryMinutes } = settings
  const judged = judgeTemplates(templates, { languages, expiryMinutes: otpExpiryMinutes })
  const template = judged.find((one) => one.name === name)
  if (!template) {
    const others = judged.filter(({ languages }) => languages.length > 0).map((one) => one.name)
    throw usageError('TEMPLATE_UNKNOWN', `The ${provider.title} account has no template ${name}`, {
      why:
        others.length > 0
          ? `those that can carry a code: ${others.join(', ')}`
          : 'it has none that can carry a code',
      next: [
        'set --template (WHATSAPP_TEMPLATE_NAME) to one of the account',
        'whatsapp-otp init   offers to create one',
      ],
    })
  }
  if (template.usable) return template
  throw new AppError('TEMPLATE_UNUSABLE', `The template ${name} cannot be used`, {
    why: template.reason ?? 'it is not approved',
    next:
      template.languages.length > 0
        ? [`set --languages (WHATSAPP_LANG_CODE) to ${template.languages.join(',')}, or add the missing ones`]
        : [
            `put it right at ${provider.dashboard}, or set --template (WHATSAPP_TEMPLATE_NAME) to another one`,
          ],
  })
}
