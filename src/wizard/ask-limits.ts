// Whether the recommended limits will do, and each of them where they do not.
import { takesSignUps } from '../settings/borrowed-pool.ts'
import type { Resolved } from '../settings/resolve.ts'
import { type SettingKey, type Settings, schema } from '../settings/schema.ts'
import {
  answer,
  checkText,
  currentOf,
  type Interview,
  isGiven,
  parseAs,
  presetOf,
  shownText,
  waysOf,
} from './interview.ts'

const limits = [
  'otpLength',
  'otpExpiryMinutes',
  'maxLoginAttempts',
  'resendCooldownSeconds',
  'maxSendsPerHour',
  'maxSendsPerDay',
  'maxChecksPerHour',
  'maxChecksPerDay',
  'poolSendsPerHour',
  'poolSendsPerDay',
  'blockSendsPerHour',
  'blockSendsPerDay',
  'poolSignupsPerHour',
  'poolSignupsPerDay',
] as const satisfies (keyof Settings)[]
const signUpLimits: readonly string[] = ['poolSignupsPerHour', 'poolSignupsPerDay']
const smsLimits = ['maxSmsPerDay', 'poolSmsPerHour', 'poolSmsPerDay'] as const satisfies (keyof Settings)[]
export const limitKeys = [...limits, ...smsLimits] as const
export type LimitKey = (typeof limitKeys)[number]

/** Shows those that nobody has set. Those that the user has come to change are asked for one by one. */
export async function askLimits(interview: Interview): Promise<void> {
  const { prompts, output, answers, changing } = interview
  const open = limitKeys.filter((key) => isAsked(interview, key) && !changing.has(key))
  if (open.length === 0) return
  output.say('Recommended limits:')
  for (const key of open) {
    output.say(`  ${shownText(interview, key).padStart(5)}  ${schema[key].help.replace(/, \d+ to \d+$/, '')}`)
  }
  const before = answers.get('ownLimits') !== 'true'
  const willDo = await prompts.confirm({ message: 'Use the recommended limits?', default: before })
  answers.set('ownLimits', String(!willDo))
  if (willDo) return
  interview.changing = new Set([...changing, ...open])
}

/** One limit, where it is to be another one than the recommended. */
export const askLimit = (key: LimitKey) => async (interview: Interview) => {
  const { resolved, prompts, changing } = interview
  if (!changing.has(key) || !isAsked(interview, key)) return
  const text = await prompts.text({
    message: schema[key].help,
    ...waysOf(key),
    default: presetOf(interview, key),
    check: (typed) => {
      const form = checkText(key, typed)
      return form === true ? checkDay(resolved, key, Number(typed), changing) : form
    },
  })
  answer(interview, key, parseAs(key, text))
}

function isAsked(interview: Interview, key: LimitKey): boolean {
  if (signUpLimits.includes(key) && !takesSignUps(interview.resolved.settings)) return false
  const isOfSms = (smsLimits as readonly string[]).includes(key)
  return !isGiven(interview, key) && (!isOfSms || currentOf(interview, 'smsFallback'))
}

/** A day cannot allow less than an hour; a day that is asked for next follows the hour. */
function checkDay(
  { settings }: Resolved,
  key: LimitKey,
  value: number,
  changing: ReadonlySet<SettingKey>,
): true | string {
  const hour = key.replace('PerDay', 'PerHour') as LimitKey
  const day = key.replace('PerHour', 'PerDay') as LimitKey
  const least = settings[hour]
  const most = settings[day]
  if (key !== hour && least !== undefined && value < least)
    return `must be at least ${least}, the limit of an hour`
  if (key !== day && most !== undefined && value > most && !changing.has(day)) {
    return `must be at most ${most}, the limit of a day`
  }
  return true
}
