// What the account of the provider says right now: the key, the sender, and the template in every language.
import { type Doubt, notAgreed } from '../aws/trust.ts'
import { providerOf } from '../core/messaging/providers.ts'
import { AppError } from '../errors.ts'
import { senderDoubt, senderObstacle } from '../messaging/check.ts'
import {
  isOutage,
  type ProviderAccount,
  ProviderError,
  type Sender,
  type Template,
} from '../messaging/provider.ts'
import { judgeTemplates, obstacleOf } from '../messaging/templates.ts'
import type { SettingKey, Settings } from '../settings/schema.ts'
import { schema } from '../settings/schema.ts'
import { type Examination, fail, failureOf, type Outcome, pass, warn } from './examination.ts'

export interface ProviderCase {
  /** Undefined where there is no key to ask with. */
  api: ProviderAccount | undefined
  settings: Partial<Settings>
  /** Where the key and the address come from, as in «the key of the stage». */
  whose: string
  /** Why there is no key, and what gives one; without it nobody has set one. */
  missing?: { why: string; next: string } | undefined
  /** What puts another key in the place of a refused one. */
  renew?: string | undefined
  /** An address that was named and that the user has not agreed to: the account is not asked then. */
  doubt?: Doubt | undefined
  /** The functions have sent lately, and nothing has failed since: the provider can be reached from where they run. */
  goesOut?: (() => Promise<boolean>) | undefined
}

/**
 * Goes on only as far as the answers carry: without a key nothing else can be asked. Gives the account where its key
 * was accepted.
 */
export async function examineProvider(
  exam: Examination,
  { api, settings, whose, missing: none, renew, doubt, goesOut }: ProviderCase,
): Promise<ProviderAccount | undefined> {
  const provider = providerOf(settings)
  const { name, title } = provider
  const key = await exam.check(`${name}.key`, `${title} key`, async () => {
    if (doubt) throw notAgreed(doubt)
    if (!api && none) return fail(none.why, none.next)
    if (!api) return fail('there is none', `set ${provider.key.variable}, or run whatsapp-otp init`)
    try {
      await api.checkKey()
      return pass(`accepted: ${whose}`)
    } catch (error) {
      if (isOutage(error)) return outage(error, title, await goesOut?.())
      if (!(error instanceof ProviderError) || error.refusal !== 'key') throw error
      return fail(`${title} refuses ${whose}: ${error.why}`, renew ?? error.next.join(', or '))
    }
  })
  if (!api || key !== 'pass') {
    exam.skip(`${name}.sender`, 'sender', `${title} cannot be asked`)
    exam.skip(`${name}.template`, 'template', `${title} cannot be asked`)
    return undefined
  }
  const sender = await examineSender(exam, api, settings.whatsappFrom)
  if (sender) await examineTemplate(exam, api, sender, settings)
  else exam.skip(`${name}.template`, 'template', 'it belongs to the sender, which is not known')
  return api
}

/** What cannot be reached from this computer may well be reached by the functions. */
function outage({ refusal, why = '', next }: ProviderError, title: string, goesOut = false): Outcome {
  const remedy = next[0] ?? 'try again in a few minutes'
  if (refusal !== 'unreachable') return fail(`${title} has an outage: ${why}; no code can be sent`, remedy)
  if (goesOut) return warn(`not asked: ${why}; the functions reach it, their last messages went out`, remedy)
  return fail(`${title} has an outage, or cannot be reached from this computer: ${why}`, remedy)
}

async function examineSender(
  exam: Examination,
  api: ProviderAccount,
  from: string | undefined,
): Promise<Sender | undefined> {
  let found: Sender | undefined
  await exam.check(`${api.provider.name}.sender`, 'sender', async () => {
    if (from === undefined) return missing('whatsappFrom')
    const senders = await api.listSenders()
    found = senders.find(({ phone }) => phone === from)
    if (!found) {
      const others = senders.map(({ phone }) => `+${phone}`).join(', ') || 'none'
      return fail(`the account has no sender +${from}; it has ${others}`, 'set WHATSAPP_FROM (--from)')
    }
    const obstacle = senderObstacle(found)
    if (obstacle) return fail(`+${from}: ${obstacle}`, `connect it again at ${api.provider.dashboard}`)
    const doubt = senderDoubt(found)
    return doubt
      ? warn(`+${from}: ${doubt}`, `look at it at ${api.provider.dashboard}`)
      : pass(`+${from} is connected`)
  })
  return found
}

async function examineTemplate(
  exam: Examination,
  api: ProviderAccount,
  { wabaId }: Sender,
  settings: Partial<Settings>,
): Promise<void> {
  const { whatsappTemplateName: name, whatsappLanguages: languages = [], otpExpiryMinutes = 5 } = settings
  if (name === undefined) {
    await exam.check(`${api.provider.name}.template`, 'template', () => missing('whatsappTemplateName'))
    return
  }
  let templates: Template[] = []
  try {
    templates = await api.listTemplates(wabaId)
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'CANCELLED') throw error
    await exam.check(`${api.provider.name}.template`, 'template', () => failureOf(error))
    return
  }
  const versions = templates.filter((template) => template.name === name)
  for (const language of languages) {
    await exam.check(`template.${language}`, `template ${name} (${language})`, () => {
      const version = versions.find((template) => template.language === language)
      if (!version) {
        const others = versions.map((template) => template.language).join(', ')
        return fail(
          others ? `there is none in ${language}; there is ${others}` : 'the account has none of this name',
          others
            ? `add the language at ${api.provider.dashboard}, or set WHATSAPP_LANG_CODE (--languages)`
            : 'set WHATSAPP_TEMPLATE_NAME (--template), or whatsapp-otp init creates one',
        )
      }
      const obstacle = obstacleOf(version)
      if (!obstacle) return pass('approved, with a button for the code')
      return fail(
        `it ${obstacle}`,
        `put it right at ${api.provider.dashboard}, or whatsapp-otp init creates another`,
      )
    })
  }
  await exam.check('template.expiry', 'expiry in the message', () => {
    const wanted = { languages, expiryMinutes: otpExpiryMinutes }
    const judged = judgeTemplates(versions, wanted).find((one) => one.name === name)
    if (!judged || judged.languages.length === 0) return { verdict: 'skip', detail: 'no usable template' }
    return judged.warnings.length > 0
      ? warn(
          judged.warnings.join('; '),
          'set OTP_EXPIRY_MINUTES to it, or make a template that says the same',
        )
      : pass(`${otpExpiryMinutes} min, as codes live`)
  })
}

function missing(key: SettingKey) {
  const { env } = schema[key]
  return fail(`${env} is not set`, `set ${env}, or run whatsapp-otp init`)
}
