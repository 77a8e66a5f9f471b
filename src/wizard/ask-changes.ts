// What the user wants to change of a stage that exists: a list of its settings, with their values.
import { borrowedPoolOf } from '../settings/borrowed-pool.ts'
import type { SettingKey } from '../settings/schema.ts'
import { isSecret, schema, settingKeys } from '../settings/schema.ts'
import { cut } from '../terminal/layout.ts'
import { type Interview, shownText } from './interview.ts'

/** Cannot be changed once the stage exists. */
const fixed: Partial<Record<SettingKey, string>> = {
  clientSecret: 'fixed once the app clients exist',
  userPoolId: 'fixed for a stage',
}

const ofBorrowedPools: readonly SettingKey[] = ['signUp', 'trustUnverifiedNumbers']

/** None is an answer, too: then nothing is asked that is known. */
export async function askChanges(interview: Interview): Promise<void> {
  const { prompts, output, answers, exists } = interview
  if (!exists) return
  const before = answers.get('changes')?.split(',') ?? []
  const keys = settingKeys.filter((key) => isOffered(interview, key))
  const label = Math.max(...keys.map((key) => labelOf(key).length))
  const chosen = await prompts.checkbox<SettingKey>({
    message: 'Which settings are to change? (Enter: none)',
    optional: true,
    choices: keys
      .map((key) => {
        const disabled = fixed[key] ?? elsewhere(interview, key)
        const line = `${labelOf(key).padEnd(label)}  ${shownValue(interview, key)}`
        // A line of the list that breaks would look like two.
        const name = disabled ? labelOf(key) : cut(line, output.width - 6)
        return {
          ...{ value: key, name, short: labelOf(key), description: schema[key].help },
          ...{ disabled, checked: before.includes(key) },
        }
      })
      .sort((a, b) => Number(Boolean(a.disabled)) - Number(Boolean(b.disabled))),
  })
  answers.set('changes', chosen.join(','))
  // The languages are those of a template.
  const more: SettingKey[] = chosen.includes('whatsappTemplateName') ? ['whatsappLanguages'] : []
  interview.changing = new Set([...chosen, ...more])
}

/** Another provider's are no concern of this stage, and those of a borrowed pool none of one that has its own. */
function isOffered({ provider, resolved }: Interview, key: SettingKey): boolean {
  if (ofBorrowedPools.includes(key)) return borrowedPoolOf(resolved.settings) !== undefined
  return !isSecret(key) || key === provider.key.setting
}

/** Answered here, it would be another again at the next deploy. */
function elsewhere({ resolved }: Interview, key: SettingKey): string | undefined {
  const origin = resolved.origins[key]
  if (origin === 'flag') return 'set by a flag'
  const isSaid = origin !== undefined && !['default', 'stage record', 'answer'].includes(origin)
  return isSaid ? `set by ${schema[key].env}` : undefined
}

/** `--otp-expiry-minutes <n>` -> `otp expiry minutes`. */
function labelOf(key: SettingKey): string {
  const row = schema[key]
  const flag = 'flag' in row ? row.flag : row.help
  if (key === 'whatsappFrom') return 'sender'
  return flag.replace(/^--| <.*$/g, '').replaceAll('-', ' ')
}

function shownValue(interview: Interview, key: SettingKey): string {
  return isSecret(key) ? 'kept by the stage' : shownText(interview, key)
}
