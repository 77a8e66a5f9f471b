// What only a stage has that takes delivery reports: with the setting off, a deploy removes it again.
import { type FunctionName, functionNames, reportFunction, smsFunction } from '../names.ts'
import type { Settings } from './schema.ts'

export const onlyWithReports = {
  isWanted: ({ deliveryWebhook }: Partial<Settings>): boolean => deliveryWebhook === true,
}

/** That a message has failed, or is not there in time, is known by its reports alone. */
export const onlyWithFallback = {
  isWanted: ({ deliveryWebhook, smsFallback }: Partial<Settings>): boolean =>
    deliveryWebhook === true && smsFallback === true,
}

const wanted: Partial<Record<FunctionName, typeof onlyWithReports>> = {
  [reportFunction]: onlyWithReports,
  [smsFunction]: onlyWithFallback,
}

/** Of what every function has one of. */
export const wantedFor = (name: FunctionName) => wanted[name] ?? {}

/** The functions of a stage with these settings. */
export const functionsOf = (settings: Partial<Settings>): readonly FunctionName[] =>
  functionNames.filter((name) => wanted[name]?.isWanted(settings) ?? true)
