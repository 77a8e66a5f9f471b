// The wizard's questions in their order, each of which helps the next: what is missing, and what is to change.
import { providerOf } from '../core/messaging/providers.ts'
import type { Resolved } from '../settings/resolve.ts'
import { askAlarms } from './ask-alarms.ts'
import { askChanges } from './ask-changes.ts'
import { askCountries } from './ask-countries.ts'
import { askKey } from './ask-key.ts'
import { askLimit, askLimits, limitKeys } from './ask-limits.ts'
import { askPlain, plainKeys } from './ask-plain.ts'
import { askPool, askSignUp, askTrust } from './ask-pool.ts'
import { askSender } from './ask-sender.ts'
import { askFirstLanguage, askLanguages, askTemplate } from './ask-template.ts'
import { type AskOptions, answer, type Interview, isGiven } from './interview.ts'
import { type Step, walk } from './walk.ts'

/**
 * Asks for every setting that nobody gave. What a flag, a variable, a file or an earlier deploy says is not asked
 * again, but for what the user picks of a stage that exists. Where there is nobody to ask, everything stays as it is.
 * Throws what `Prompts` throws, and ProviderError for a given key that is refused.
 */
export async function askForMissing(resolved: Resolved, options: AskOptions): Promise<Resolved> {
  if (!options.prompts.interactive) return resolved
  return (await walk(questions, interviewOf(resolved, options), options)).resolved
}

export function interviewOf(resolved: Resolved, options: AskOptions): Interview {
  return {
    ...options,
    resolved,
    answers: options.answers ?? new Map(),
    provider: providerOf(resolved.settings),
    changing: new Set(),
    typedKey: options.typedKey ?? {},
    api: undefined,
    sender: undefined,
    template: undefined,
    pool: undefined,
  }
}

const inOrder: ((interview: Interview) => Promise<void>)[] = [
  askChanges,
  askPool,
  askSignUp,
  askTrust,
  askKey,
  askSender,
  askCountries,
  askLimits,
  ...limitKeys.map(askLimit),
  askTemplate,
  askLanguages,
  askFirstLanguage,
  askReports,
  askAlarms,
  ...plainKeys.map(askPlain),
]

/** Each works on a copy, so that whoever goes back finds what was known before. */
export const questions: readonly Step<Interview>[] = inOrder.map((ask) => async (interview, prompts) => {
  const next = { ...interview, prompts, resolved: copyOf(interview.resolved) }
  await ask(next)
  return next
})

function copyOf(resolved: Resolved): Resolved {
  return {
    settings: { ...resolved.settings },
    secrets: { ...resolved.secrets },
    origins: { ...resolved.origins },
    missing: [...resolved.missing],
    doubts: [...resolved.doubts],
    warnings: [...resolved.warnings],
  }
}

/** Off unless somebody wants it: it makes a public address, and a step in the dashboard is left to do. */
async function askReports(interview: Interview): Promise<void> {
  const { prompts, provider, answers, resolved } = interview
  if (isGiven(interview, 'deliveryWebhook')) return
  const message = `Learn from ${provider.title} what becomes of each message (a function with a public address)?`
  const before = answers.get('deliveryWebhook') ?? String(resolved.settings.deliveryWebhook ?? false)
  answer(interview, 'deliveryWebhook', await prompts.confirm({ message, default: before === 'true' }))
}
