// Settings by the names of their variables, which is what the functions call them.
import type { Env } from '../aws/env.ts'
import { type NumberName, numbers } from '../core/environment.ts'
import { isSecret, type SettingKey, type Settings, schema, settingKeys } from './schema.ts'

/** The setting that gives a variable its value; undefined where none does. Never a secret one. */
export function settingOf(variable: string): keyof Settings | undefined {
  const key: SettingKey | undefined = settingKeys.find((candidate) => schema[candidate].env === variable)
  return key === undefined || isSecret(key) ? undefined : key
}

/**
 * Gives the number that is set under a variable's name, for `limitsOf` and `stageCapsOf`. A stage of an older version
 * has no record of what is newer: that is at its default.
 */
export function numbersIn(settings: Partial<Settings>): (name: NumberName) => number {
  return (name) => {
    const key = settingOf(name)
    if (!key) throw new Error(`No setting gives ${name} its value`)
    return (settings[key] as number | undefined) ?? numbers[name].default
  }
}

/** The variables that are set and would lead a program away from the local account, whatever else it is given. */
export function inTheWay(env: Env): string[] {
  const others = /^AWS_(PROFILE|SESSION_TOKEN|ENDPOINT_URL_\w+|IGNORE_CONFIGURED_ENDPOINT_URLS)$/
  return Object.keys(env).filter((name) => env[name] && others.test(name))
}
