// What each function is told: the names come from the triggers, the values from settings, names and ids; how what it
// is told now differs, and what of others stays beside that.
import type { EnvironmentError, FunctionConfiguration } from '@aws-sdk/client-lambda'
import { environment, ofBorrowedPool, type Variable } from '../core/environment.ts'
import type { Step } from '../engine/plan.ts'
import { type Change, change, type Refs } from '../engine/resource.ts'
import {
  type ClientKind,
  clientKinds,
  type FunctionName,
  functionNames,
  names,
  type Place,
  type Trigger,
  triggers,
} from '../names.ts'
import { borrowedPoolOf, takesSignUps } from '../settings/borrowed-pool.ts'
import { onlyWithFallback } from '../settings/parts.ts'
import { type Settings, textOf } from '../settings/schema.ts'
import { none } from '../settings/sms.ts'
import { settingOf } from '../settings/variables.ts'

/** What the code of an older version reads; it stays until that code is certainly gone. */
const formerVariable = 'SECRETS_PARAMETER'
const knownVariables = new Set<string>([
  ...Object.values(environment).flat(),
  ...ofBorrowedPool,
  formerVariable,
])

const givenBy = {
  MASTER_KEY_PARAMETER: 'master-key',
  PROVIDER_KEY_PARAMETER: 'provider-key',
  FINDINGS_PARAMETER: 'findings',
  BRAKE_PARAMETER: 'brake',
  WEBHOOK_SECRET_PARAMETER: 'webhook-secret',
  FALLBACK_QUEUE_URL: 'fallback-queue',
} as const satisfies Partial<Record<Variable, string>>

/** By name; undefined where the id is not known yet. */
export type Variables = Record<string, string | undefined>

/** True for a variable that some trigger reads or has read: ours to set and to take away. */
function isKnownVariable(name: string): boolean {
  return knownVariables.has(name)
}

/** The app clients whose ids this trigger is told; in a pool of others that of Cognito's own calls has to know all. */
export function clientsNeededBy(trigger: FunctionName, isOfOthersPool: boolean): readonly ClientKind[] {
  if (isOfOthersPool && trigger in triggers) return clientKinds
  const variables: readonly Variable[] = environment[trigger]
  const kinds: ClientKind[] = []
  if (variables.includes('SIGNUP_CLIENT_ID')) kinds.push('signup')
  if (variables.includes('LOGIN_CLIENT_ID')) kinds.push('login')
  return kinds
}

/** The ids of the parameters, and of the queue, that this function is told. */
export function placesNeededBy(trigger: FunctionName): string[] {
  const variables: readonly Variable[] = environment[trigger]
  return Object.entries(givenBy)
    .filter(([name]) => variables.includes(name as Variable))
    .map(([, id]) => id)
}

/** Every variable of one trigger. Never a secret. */
export function variablesOf(place: Place, trigger: FunctionName, settings: Settings, refs: Refs): Variables {
  const variables = [...environment[trigger], ...(isOfOthersPool(trigger, settings) ? ofBorrowedPool : [])]
  const wanted = Object.fromEntries(
    variables.map((name) => [
      name,
      name === 'FORMER_FUNCTION' ? formerOf(trigger, refs) : valueFor(name, place, settings, refs),
    ]),
  )
  // An update sets the variables first: the code that is still there must find what it needs.
  const needsFormer = refs.formerSecrets !== undefined && 'MASTER_KEY_PARAMETER' in wanted
  return needsFormer ? { ...wanted, [formerVariable]: refs.formerSecrets } : wanted
}

/** Whether Cognito calls it for the clients of others too. */
function isOfOthersPool(trigger: FunctionName, settings: Settings): trigger is Trigger {
  return borrowedPoolOf(settings) !== undefined && trigger in triggers
}

/** The function that Cognito called before this one. */
function formerOf(trigger: FunctionName, { formerTriggers = {} }: Refs): string {
  return (trigger in triggers && formerTriggers[trigger as Trigger]) || none
}

/** What the function goes by now; undefined for nobody. */
export function formerIn({ Environment }: FunctionConfiguration): string | undefined {
  const former = Environment?.Variables?.FORMER_FUNCTION
  return former === none ? undefined : former
}

function valueFor(
  name: Exclude<Variable, 'FORMER_FUNCTION'>,
  place: Place,
  settings: Settings,
  refs: Refs,
): string | undefined {
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
    case 'BRAKE_PARAMETER':
      return names.brake(place.stage)
    case 'WEBHOOK_SECRET_PARAMETER':
      return names.webhookSecret(place.stage)
    case 'FALLBACK_QUEUE_URL':
      return onlyWithFallback.isWanted(settings) ? refs.fallbackQueueUrl : none
    case 'SIGNUP_CLIENT_ID':
      return takesSignUps(settings) ? refs.signupClientId : none
    case 'LOGIN_CLIENT_ID':
      return refs.loginClientId
    default: {
      const key = settingOf(name)
      if (!key) throw new Error(`No setting gives ${name} its value`)
      return textOf(settings[key])
    }
  }
}

export const variablePrefix = 'environment.'

/** Variables without a wanted value go; all others, somebody's own among them, stay. */
export function changedVariables(
  variables: Variables,
  now: FunctionConfiguration,
  fields: readonly string[],
): Record<string, string> {
  const keys = fields.map((field) => field.slice(variablePrefix.length))
  const stays = Object.entries(now.Environment?.Variables ?? {}).filter(([key]) => !keys.includes(key))
  const wanted = keys.filter((key) => key in variables).map((key) => [key, variables[key]] as const)
  return { ...Object.fromEntries(stays), ...known(Object.fromEntries(wanted)) }
}

/** All of them; throws where an id is not known yet. */
export function known(variables: Variables): Record<string, string> {
  const unknown = Object.keys(variables).find((key) => variables[key] === undefined)
  if (unknown) throw new Error(`A function is played after what gives it ${unknown}`)
  return variables as Record<string, string>
}

/** The variables of ours that differ; blocked where nobody can tell. */
export function diffVariables(wanted: Variables, configuration: FunctionConfiguration): Change[] {
  const { Variables: variables = {}, Error: error } = configuration.Environment ?? {}
  if (error) return [unreadable(wanted, configuration, error)]
  return [
    ...Object.entries(wanted).flatMap(([key, value]) =>
      change(`${variablePrefix}${key}`, variables[key], value),
    ),
    ...Object.keys(variables)
      .filter((key) => isKnownVariable(key) && !(key in wanted))
      .map((key) => ({ field: `${variablePrefix}${key}`, from: variables[key] })),
  ]
}

const environmentField = 'environment'

/** Lambda takes variables only as a whole: those of a team, which nobody has seen, would be gone. */
function unreadable(
  { STAGE }: Variables,
  { FunctionName = '', KMSKeyArn }: FunctionConfiguration,
  { ErrorCode, Message }: EnvironmentError,
): Change {
  const trigger = functionNames.find((name) => FunctionName.endsWith(`-${name}`))
  return {
    field: environmentField,
    from: ['unreadable', ErrorCode].filter(Boolean).join(': '),
    to: 'as the settings say',
    blocked: `its variables cannot be read (${Message ?? 'their key cannot be used'}), and an update would take away those that others have set`,
    next: [
      `allow these credentials kms:Decrypt on ${KMSKeyArn ?? 'the key of the variables'}, or enable that key again`,
      `whatsapp-otp deploy --stage ${STAGE} --function ${trigger}   ships the code alone`,
    ],
  }
}

/** The step of one whose code is to be shipped, whatever its variables are: they stay. */
export function withoutVariables(step: Step): Step {
  const { why, ...rest } = step
  const fields = step.fields.filter(({ field }) => field !== environmentField)
  if (fields.length === step.fields.length || fields.some(({ blocked }) => blocked)) return step
  return {
    ...rest,
    fields,
    action: fields.length > 0 ? 'update' : 'keep',
    why: 'its variables stay as they are',
  }
}
