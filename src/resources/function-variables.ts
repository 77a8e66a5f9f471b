// What each function is told: the names come from the triggers, the values from settings, names and ids.

import { environment, type Variable } from '../core/environment.ts'
import type { Refs } from '../engine/resource.ts'
import { type ClientKind, names, type Place, type Trigger } from '../names.ts'
import { type Settings, textOf } from '../settings/schema.ts'
import { settingOf } from '../settings/variables.ts'

const knownVariables = new Set<string>(Object.values(environment).flat())

/** True for a variable that some trigger reads: ours to set and to take away. */
export function isKnownVariable(name: string): boolean {
  return knownVariables.has(name)
}

/** The app clients whose ids this trigger is told. */
export function clientsNeededBy(trigger: Trigger): ClientKind[] {
  const variables: readonly Variable[] = environment[trigger]
  const kinds: ClientKind[] = []
  if (variables.includes('SIGNUP_CLIENT_ID')) kinds.push('signup')
  if (variables.includes('LOGIN_CLIENT_ID')) kinds.push('login')
  return kinds
}

/** Every variable of one trigger; undefined where the id is not known yet. Never a secret. */
export function variablesOf(
  place: Place,
  trigger: Trigger,
  settings: Settings,
  refs: Refs,
): Record<string, string | undefined> {
  const variables: readonly Variable[] = environment[trigger]
  return Object.fromEntries(variables.map((name) => [name, valueFor(name, place, settings, refs)]))
}

function valueFor(name: Variable, place: Place, settings: Settings, refs: Refs): string | undefined {
  switch (name) {
    case 'STAGE':
      return place.stage
    case 'TABLE_NAME':
      return names.table(place.stage)
    case 'SECRETS_PARAMETER':
      return names.secrets(place.stage)
    case 'SIGNUP_CLIENT_ID':
      return refs.signupClientId
    case 'LOGIN_CLIENT_ID':
      return refs.loginClientId
    default: {
      const key = settingOf(name)
      if (!key) throw new Error(`No setting gives ${name} its value`)
      return textOf(settings[key])
    }
  }
}
