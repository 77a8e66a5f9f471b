// Which parts a stage has, by its settings: with one switched off, a deploy removes what it asked for again.
import {
  type ClientKind,
  clientKinds,
  type FunctionName,
  functionNames,
  reportFunction,
  smsFunction,
  type Trigger,
  triggerNames,
} from '../names.ts'
import { takesSignUps } from './borrowed-pool.ts'
import type { Settings } from './schema.ts'

export const onlyWithReports = {
  isWanted: ({ deliveryWebhook }: Partial<Settings>): boolean => deliveryWebhook === true,
}

/** That a message has failed, or is not there in time, is known by its reports alone. */
export const onlyWithFallback = {
  isWanted: ({ deliveryWebhook, smsFallback }: Partial<Settings>): boolean =>
    deliveryWebhook === true && smsFallback === true,
}

const onlyWithSignUps = { isWanted: takesSignUps }

const wanted: Partial<Record<FunctionName, typeof onlyWithReports>> = {
  preSignUp: onlyWithSignUps,
  postConfirmation: onlyWithSignUps,
  [reportFunction]: onlyWithReports,
  [smsFunction]: onlyWithFallback,
}

/** Of what every function has one of. */
export const wantedFor = (name: FunctionName) => wanted[name] ?? {}

/** Of an app client. */
export const wantedForClient = (kind: ClientKind) => (kind === 'signup' ? onlyWithSignUps : {})

/** The functions of a stage with these settings. */
export const functionsOf = (settings: Partial<Settings>): readonly FunctionName[] =>
  functionNames.filter((name) => wanted[name]?.isWanted(settings) ?? true)

/** Those of them that Cognito calls. */
export const triggersOf = (settings: Partial<Settings>): readonly Trigger[] =>
  triggerNames.filter((name) => wanted[name]?.isWanted(settings) ?? true)

/** The app clients of a stage with these settings. */
export const clientKindsOf = (settings: Partial<Settings>): readonly ClientKind[] =>
  clientKinds.filter((kind) => kind !== 'signup' || takesSignUps(settings))
