// What each function is told: the names come from the triggers, the values from settings, names and ids.

import { environment, type Variable } from '../core/environment.ts'
import type { Refs } from '../engine/resource.ts'
import { type ClientKind, names, type Place, type Trigger } from '../names.ts'
import { type Settings, textOf } from '../settings/schema.ts'
import { settingOf } from '../settings/variables.ts'

/** What the code of an older version reads; it stays until that code is certainly gone. */
const formerVariable = 'SECRETS_PARAMETER'
const knownVariables = new Set<string>([...Object.values(environment).flat(), formerVariable])

/** True for a variable that some trigger reads or has read: ours to set and to take away. */
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
  const wanted = Object.fromEntries(variables.map((name) => [name, valueFor(name, place, settings, refs)]))
  // An update sets the variables first: the code that is still there must find what it needs.
  const needsFormer = refs.formerSecrets !== undefined && variables.includes('MASTER_KEY_PARAMETER')
  return needsFormer ? { ...wanted, [formerVariable]: refs.formerSecrets } : wanted
}

function valueFor(name: Variable, place: Place, settings: Settings, refs: Refs): string | undefined {
  switch (name) {
    case 'STAGE':
      return place.stage
    case 'TABLE_NAME':
      return names.table(place.stage)
    case 'MASTER_KEY_PARAMETER':
      return names.masterKey(place.stage)
    case 'PROVIDER_KEY_PARAMETER':
      return names.providerKey(place.stage)
    case 'FINDINGS_PARAMETER':
      return names.findings(place.stage)
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
