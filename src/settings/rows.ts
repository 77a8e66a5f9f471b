// What a row of the table of settings is, and the rows that are made alike: limits, a provider's address and key.
import * as z from 'zod'
import { type NumberName, numbers } from '../core/environment.ts'
import { type Provider, providers } from '../core/messaging/providers.ts'
import { wholeNumber } from './checks.ts'

export interface Setting<T> {
  /** The variable's name, in the environment, in `.env` and (where a trigger needs it) in its function. */
  env: string
  /** The flag in commander's form; absent for secrets, which are never flags. */
  flag?: string
  /** Where one has no default, `deploy` needs an answer. */
  default?: T
  secret?: true
  /** For an address: what is sent there. Named by a file of the working directory, the user has to agree to it. */
  gets?: string
  help: string
  /** Text as it stands in a flag or variable, to the checked value; its messages end up in errors. */
  check: z.ZodType<T>
}

/** Keeps in the type whether a row is secret. */
export function row<T>(setting: Setting<T> & { secret: true }): Setting<T> & { secret: true }
export function row<T>(setting: Setting<T>): Setting<T>
export function row<T>(setting: Setting<T>) {
  return setting
}

/** A number that the triggers read themselves: its bounds and default are theirs. */
export const limit = (env: NumberName, flag: string, help: string) => {
  const { min, max, default: preset } = numbers[env]
  return row({
    env,
    flag,
    default: preset as number,
    help: `${help}, ${min} to ${max}`,
    check: wholeNumber(min, max),
  })
}

const addressRow = ({ title, address }: Provider) =>
  row({
    env: address.variable,
    flag: address.flag,
    default: address.default as string,
    gets: `the ${title} key and every code`,
    help: 'address that messages are posted to',
    check: z
      .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
      .refine(
        (text) =>
          text.startsWith('https://') || ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(text).hostname),
        'must be https (plain http is accepted for this machine only)',
      ),
  })

const keyRow = ({ title, key }: Provider) =>
  row({
    env: key.variable,
    secret: true,
    help: `${title} API key`,
    check: z
      .string()
      .trim()
      .min(1, 'must not be empty')
      .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
  })

/** What each provider brings along: its address and its key. */
export const providerRows = Object.fromEntries(
  Object.values(providers).flatMap((provider) => [
    [provider.address.setting, addressRow(provider)],
    [provider.key.setting, keyRow(provider)],
  ]),
) as Record<Provider['address']['setting'], ReturnType<typeof addressRow>> &
  Record<Provider['key']['setting'], ReturnType<typeof keyRow>>
