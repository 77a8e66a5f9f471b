// What the wizard's questions share: what is known so far, how an answer is checked and written down.
import type { Clock } from '../clock.ts'
import type { Provider } from '../core/messaging/providers.ts'
import type { AppError } from '../errors.ts'
import type { ProviderAccount, Sender } from '../messaging/provider.ts'
import type { Judgement } from '../messaging/templates.ts'
import type { Origin, Resolved } from '../settings/resolve.ts'
import type { Setting } from '../settings/rows.ts'
import { complaintOf, type SettingKey, type Settings, schema, textOf } from '../settings/schema.ts'
import type { Output } from '../terminal/output.ts'
import type { Prompts } from '../terminal/prompt.ts'
import type { Tasks } from '../views/tasks.ts'
import type { Answers } from './answers.ts'
import { countriesText } from './countries.ts'
import type { ExaminedPool, PoolDesk } from './pools.ts'

/** The account that the settings and a key lead to. */
type Connect = (
  settings: Partial<Settings>,
  options: { key: string; clock: Clock; signal?: AbortSignal | undefined },
) => ProviderAccount

export interface AskOptions {
  prompts: Prompts
  output: Output
  tasks: Tasks
  connect: Connect
  clock: Clock
  signal?: AbortSignal | undefined
  /** The key that the stage was deployed with; spares the question. */
  storedKey?: string | undefined
  /** What was answered before; grows with each answer. */
  answers?: Answers
  /** The key that was typed in this run, for whoever goes back: it is kept nowhere else. */
  typedKey?: { value?: string }
  /** The stage exists: of what it was deployed with the user chooses what to change. */
  exists?: boolean
  /** For a stage that has no pool yet. */
  pools?: PoolDesk | undefined
}

/** What one question works with and writes its answer into. */
export interface Interview extends AskOptions {
  resolved: Resolved
  answers: Answers
  provider: Provider
  /** What the user wants to change although it is known. */
  changing: ReadonlySet<SettingKey>
  typedKey: { value?: string }
  /** Undefined while the provider cannot be asked. */
  api: ProviderAccount | undefined
  sender: Sender | undefined
  /** As it was picked. */
  template: Judgement | undefined
  /** One that exists, for a stage that is to borrow it. */
  pool: ExaminedPool | undefined
}

/** True where the value comes from a person, a file or an earlier deploy, and is not to be changed. */
export function isGiven({ resolved, changing }: Interview, key: SettingKey): boolean {
  const origin: Origin | undefined = resolved.origins[key]
  return origin !== undefined && origin !== 'default' && !changing.has(key)
}

/** Writes an answer down as if it had been given from the start. */
export function answer<K extends keyof Settings>(interview: Interview, key: K, value: Settings[K]): void {
  const { resolved, answers } = interview
  resolved.settings[key] = value
  answers.set(key, shownText(interview, key))
  markAnswered(resolved, key)
}

/** The value as it stands, in the form in which it is typed. */
export function shownText(interview: Interview, key: keyof Settings): string {
  const value = currentOf(interview, key)
  if (value === undefined) return ''
  return key === 'allowedCountries' ? countriesText(value as string[]) : textOf(value)
}

/** What was answered before, where that still is an answer. */
export function answeredBefore({ answers }: Interview, key: keyof Settings): string | undefined {
  const text = answers.get(key)
  return text !== undefined && (key === 'allowedCountries' || checkText(key, text) === true)
    ? text
    : undefined
}

/** The default of a question: the answer that was given before, else the value as it stands. */
export function presetOf(interview: Interview, key: keyof Settings): string {
  return answeredBefore(interview, key) ?? shownText(interview, key)
}

export function markAnswered(resolved: Resolved, key: SettingKey): void {
  resolved.origins[key] = 'answer'
  resolved.missing = resolved.missing.filter((one) => one !== key)
}

/** The flag and the variable that would answer, for whoever has no terminal. */
export function waysOf(key: SettingKey): { flag?: string; env: string } {
  const row: Setting<unknown> = schema[key]
  return { env: row.env, ...(row.flag ? { flag: row.flag } : {}) }
}

/** True, or what the value must be. */
export function checkText(key: SettingKey, text: string): true | string {
  const result = (schema[key] as Setting<unknown>).check.safeParse(text)
  return result.success || complaintOf(result.error)
}

/** The value as it stands: given, answered or the default. */
export function currentOf<K extends keyof Settings>({ resolved }: Interview, key: K): Settings[K] {
  return (resolved.settings[key] ?? (schema[key] as Setting<unknown>).default) as Settings[K]
}

/** The checked value of a text that `checkText` accepted. */
export function parseAs<K extends keyof Settings>(key: K, text: string): Settings[K] {
  return (schema[key] as Setting<unknown>).check.parse(text) as Settings[K]
}

/** From here on values are typed, and nobody can say whether the account has them. */
export function warnOfOutage(interview: Interview, outage: AppError): void {
  interview.api = undefined
  interview.output.warn(
    `${interview.provider.title} cannot be asked (${outage.why}). What you type is not checked against the account.`,
  )
}
