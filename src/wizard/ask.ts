// The wizard's questions: asks for what is still missing and offers what the provider's account really has.
import { providerOf } from '../core/messaging/providers.ts'
import { AppError } from '../errors.ts'
import { senderDoubt, senderObstacle } from '../messaging/check.ts'
import { isOutage, type Sender } from '../messaging/provider.ts'
import type { Resolved } from '../settings/resolve.ts'
import { type Settings, schema, textOf } from '../settings/schema.ts'
import { askAlarms } from './ask-alarms.ts'
import { askTemplate } from './ask-template.ts'
import { countryName, countryOf, parseCountries } from './countries.ts'
import {
  type AskOptions,
  answer,
  checkText,
  currentOf,
  type Interview,
  isGiven,
  markAnswered,
  parseAs,
  warnOfOutage,
  waysOf,
} from './interview.ts'

/**
 * Asks for every setting that nobody gave, in an order in which each answer helps the next question. What a
 * flag, a variable, a file or an earlier deploy says is not asked again. Where there is nobody to ask,
 * everything stays as it is. Throws what `Prompts` throws, and ProviderError for a given key that is refused.
 */
export async function askForMissing(resolved: Resolved, options: AskOptions): Promise<Resolved> {
  if (!options.prompts.interactive) return resolved
  const copy: Resolved = {
    settings: { ...resolved.settings },
    secrets: { ...resolved.secrets },
    origins: { ...resolved.origins },
    missing: [...resolved.missing],
    doubts: [...resolved.doubts],
    warnings: [...resolved.warnings],
  }
  const provider = providerOf(copy.settings)
  const interview: Interview = { ...options, resolved: copy, provider, api: undefined, sender: undefined }
  await askKey(interview)
  await askSender(interview)
  await askCountries(interview)
  await askLimits(interview)
  await askTemplate(interview)
  await askReports(interview)
  await askAlarms(interview)
  return copy
}

async function askKey(interview: Interview): Promise<void> {
  const { resolved, prompts, output, tasks, provider, connect, clock, signal, storedKey } = interview
  const { setting } = provider.key
  let outage: AppError | undefined
  const tryKey = async (key: string) => {
    output.hide(key)
    interview.api = connect(resolved.settings, { key, clock, signal })
    try {
      await interview.api.checkKey()
    } catch (error) {
      if (!isOutage(error)) throw error
      outage = error
      interview.api = undefined
    }
  }
  const known = resolved.secrets[setting] ?? storedKey
  if (known) await tasks.run(`Check the ${provider.title} key`, () => tryKey(known))
  else {
    const text = await prompts.hidden({
      message: `${provider.title} API key (from ${provider.dashboard})`,
      ...waysOf(setting),
      check: async (typed) => {
        const form = checkText(setting, typed)
        if (form !== true) return form
        try {
          await tryKey(typed.trim())
          return true
        } catch (error) {
          if (error instanceof AppError && error.code !== 'CANCELLED') return `${error.message}: ${error.why}`
          throw error
        }
      },
    })
    resolved.secrets[setting] = text.trim()
    markAnswered(resolved, setting)
  }
  if (outage) warnOfOutage(interview, outage)
}

/** The account's senders, where there is an account to ask. */
async function askSender(interview: Interview): Promise<void> {
  const { resolved, prompts, output, tasks, provider, api } = interview
  const from = resolved.settings.whatsappFrom
  let senders: Sender[] | undefined
  if (api) {
    try {
      senders = await tasks.run(`Read the ${provider.title} account`, () => api.listSenders())
    } catch (error) {
      if (!isOutage(error)) throw error
      warnOfOutage(interview, error)
    }
  }
  if (from !== undefined) {
    interview.sender = senders?.find(({ phone }) => phone === from)
    if (senders && !interview.sender)
      output.warn(`The ${provider.title} account does not list the sender ${from}`)
    return
  }
  const ways = waysOf('whatsappFrom')
  if (!senders) {
    const text = await prompts.text({
      message: "Sender's number, with country code",
      ...ways,
      check: (typed) => checkText('whatsappFrom', typed),
    })
    return answer(interview, 'whatsappFrom', parseAs('whatsappFrom', text))
  }
  if (!senders.some((sender) => senderObstacle(sender) === undefined)) {
    throw new AppError('NO_SENDER', `The ${provider.title} account has no number that can send`, {
      why:
        senders.length > 0
          ? 'each of its numbers is disconnected or blocked'
          : 'no number is connected to the project of this key',
      next: [
        `connect a WhatsApp number at ${provider.dashboard}`,
        'whatsapp-otp demo   shows everything without one',
      ],
    })
  }
  const sender = await prompts.select({
    message: 'Which number sends the codes?',
    ...ways,
    choices: senders.map((one) => ({
      value: one,
      name: ['+', one.phone, one.business && `  ${one.business}`].join(''),
      description: senderDoubt(one),
      disabled: senderObstacle(one),
    })),
  })
  interview.sender = sender
  answer(interview, 'whatsappFrom', sender.phone)
}

/** A closed list keeps paid messages to expensive countries away (SMS and message pumping). */
async function askCountries(interview: Interview): Promise<void> {
  const { resolved, prompts } = interview
  if (resolved.settings.allowedCountries) return
  const own = countryOf(resolved.settings.whatsappFrom ?? '')
  const text = await prompts.text({
    message: `Countries whose numbers may sign in${own ? ` (the sender is from ${countryName(own)})` : ''}`,
    ...waysOf('allowedCountries'),
    ...(own ? { default: own } : {}),
    check: (typed) => {
      const codes = parseCountries(typed)
      return typeof codes === 'string' ? codes : true
    },
  })
  answer(interview, 'allowedCountries', parseAs('allowedCountries', [parseCountries(text)].flat().join(',')))
}

/** Off unless somebody wants it: it makes a public address, and a step in the dashboard is left to do. */
async function askReports(interview: Interview): Promise<void> {
  const { resolved, prompts, provider } = interview
  if (isGiven(resolved, 'deliveryWebhook')) return
  const message = `Learn from ${provider.title} what becomes of each message (a function with a public address)?`
  answer(interview, 'deliveryWebhook', await prompts.confirm({ message, default: false }))
}

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
const smsLimits = ['maxSmsPerDay', 'poolSmsPerHour', 'poolSmsPerDay'] as const satisfies (keyof Settings)[]

async function askLimits(interview: Interview): Promise<void> {
  const { resolved, prompts, output } = interview
  const all = resolved.settings.smsFallback ? [...limits, ...smsLimits] : limits
  const open = all.filter((key) => !isGiven(resolved, key))
  if (open.length === 0) return
  output.say('Recommended limits:')
  for (const key of open) {
    output.say(
      `  ${textOf(currentOf(interview, key)).padStart(5)}  ${schema[key].help.replace(/, \d+ to \d+$/, '')}`,
    )
  }
  if (await prompts.confirm({ message: 'Use the recommended limits?', default: true })) return
  for (const key of open) {
    const text = await prompts.text({
      message: schema[key].help,
      ...waysOf(key),
      default: textOf(currentOf(interview, key)),
      check: (typed) => {
        const form = checkText(key, typed)
        return form === true ? checkDay(resolved, key, Number(typed)) : form
      },
    })
    answer(interview, key, parseAs(key, text))
  }
}

/** A day cannot allow less than an hour. */
function checkDay({ settings }: Resolved, key: string, value: number): true | string {
  const hour = settings[key.replace('PerDay', 'PerHour') as (typeof limits)[number]]
  const isDay = key.endsWith('PerDay')
  return !isDay || hour === undefined || value >= hour || `must be at least ${hour}, the limit of an hour`
}
