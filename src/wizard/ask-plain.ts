// A setting that has no question of its own: asked for as its row in the table of settings describes it.
import { isSecret, type SecretKey, type SettingKey, schema, settingKeys } from '../settings/schema.ts'
import { limitKeys } from './ask-limits.ts'
import { answer, checkText, type Interview, parseAs, presetOf, waysOf } from './interview.ts'

/** Those that have a question of their own, as a provider's key has. */
const special: ReadonlySet<SettingKey> = new Set([
  ...limitKeys,
  'whatsappFrom',
  'whatsappTemplateName',
  'whatsappLanguages',
  'allowedCountries',
  'deliveryWebhook',
  'alarms',
  'alarmEmail',
  'userPoolId',
  'signUp',
  'trustUnverifiedNumbers',
])

type PlainKey = Exclude<SettingKey, SecretKey>

export const plainKeys = settingKeys.filter((key): key is PlainKey => !special.has(key) && !isSecret(key))

/** Only where the user has come to change it. */
export const askPlain = (key: PlainKey) => async (interview: Interview) => {
  const { prompts, changing } = interview
  if (!changing.has(key)) return
  const ways = waysOf(key)
  const message = schema[key].help
  const preset = presetOf(interview, key)
  if (['true', 'false'].includes(preset)) {
    const yes = await prompts.confirm({ message: `${message}?`, ...ways, default: preset === 'true' })
    return answer(interview, key, parseAs(key, String(yes)))
  }
  const check = (typed: string) => checkText(key, typed)
  const text = await prompts.text({ message, ...ways, default: preset, check })
  answer(interview, key, parseAs(key, text))
  // Alarms tell one topic.
  if (key === 'alarmTopicArn' && text !== 'none') answer(interview, 'alarmEmail', 'none')
}
