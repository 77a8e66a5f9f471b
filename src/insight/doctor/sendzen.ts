// SendZen: the key, the sender, and the template in every language, as the account has them right now.
import { AppError } from '../../errors.ts'
import { isOutage, senderDoubt, senderObstacle } from '../../messaging/check.ts'
import type { Template } from '../../messaging/sendzen/answers.ts'
import type { Sender, SendzenApi } from '../../messaging/sendzen/api.ts'
import { judgeTemplates, obstacleOf } from '../../messaging/sendzen/templates.ts'
import type { SettingKey, Settings } from '../../settings/schema.ts'
import { schema } from '../../settings/schema.ts'
import { type Examination, fail, failureOf, pass, warn } from './examination.ts'

const dashboard = 'https://app.sendzen.io'

export interface SendzenCase {
  /** Undefined where there is no key to ask with. */
  api: SendzenApi | undefined
  settings: Partial<Settings>
}

/** Goes on only as far as the answers carry: without a key nothing else can be asked. */
export async function examineSendzen(exam: Examination, { api, settings }: SendzenCase): Promise<void> {
  const key = await exam.check('sendzen.key', 'SendZen key', async () => {
    if (!api) return fail('there is none', 'set SENDZEN_API_KEY, or run whatsapp-otp init')
    try {
      await api.checkKey()
      return pass('accepted')
    } catch (error) {
      if (!isOutage(error)) throw error
      return fail(
        `SendZen has an outage or cannot be reached (${error.why}); no code can be sent`,
        error.next[0] ?? 'try again in a few minutes',
      )
    }
  })
  if (!api || key !== 'pass') {
    exam.skip('sendzen.sender', 'sender', 'SendZen cannot be asked')
    exam.skip('sendzen.template', 'template', 'SendZen cannot be asked')
    return
  }
  const sender = await examineSender(exam, api, settings.whatsappFrom)
  if (sender) await examineTemplate(exam, api, sender, settings)
  else exam.skip('sendzen.template', 'template', 'it belongs to the sender, which is not known')
}

async function examineSender(
  exam: Examination,
  api: SendzenApi,
  from: string | undefined,
): Promise<Sender | undefined> {
  let found: Sender | undefined
  await exam.check('sendzen.sender', 'sender', async () => {
    if (from === undefined) return missing('whatsappFrom')
    const senders = await api.listSenders()
    found = senders.find(({ phone }) => phone === from)
    if (!found) {
      const others = senders.map(({ phone }) => `+${phone}`).join(', ') || 'none'
      return fail(`the account has no sender +${from}; it has ${others}`, 'set WHATSAPP_FROM (--from)')
    }
    const obstacle = senderObstacle(found)
    if (obstacle) return fail(`+${from}: ${obstacle}`, `connect it again at ${dashboard}`)
    const doubt = senderDoubt(found)
    return doubt ? warn(`+${from}: ${doubt}`, `look at it at ${dashboard}`) : pass(`+${from} is connected`)
  })
  return found
}

async function examineTemplate(
  exam: Examination,
  api: SendzenApi,
  { wabaId }: Sender,
  settings: Partial<Settings>,
): Promise<void> {
  const { whatsappTemplateName: name, whatsappLanguages: languages = [], otpExpiryMinutes = 5 } = settings
  if (name === undefined) {
    await exam.check('sendzen.template', 'template', () => missing('whatsappTemplateName'))
    return
  }
  let templates: Template[] = []
  try {
    templates = await api.listTemplates(wabaId)
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'CANCELLED') throw error
    await exam.check('sendzen.template', 'template', () => failureOf(error))
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
            ? `add the language at ${dashboard}, or set WHATSAPP_LANG_CODE (--languages)`
            : 'set WHATSAPP_TEMPLATE_NAME (--template), or whatsapp-otp init creates one',
        )
      }
      const obstacle = obstacleOf(version)
      if (!obstacle) return pass('approved, with a button for the code')
      return fail(`it ${obstacle}`, `put it right at ${dashboard}, or whatsapp-otp init creates another`)
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
