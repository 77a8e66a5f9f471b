// What only a stage has that takes delivery reports: with the setting off, a deploy removes it again.
import { type FunctionName, functionNames, reportFunction, triggerNames } from '../names.ts'
import type { Settings } from './schema.ts'

export const onlyWithReports = {
  isWanted: ({ deliveryWebhook }: Partial<Settings>): boolean => deliveryWebhook === true,
}

/** Of what every function has one of. */
export const wantedFor = (name: FunctionName) => (name === reportFunction ? onlyWithReports : {})

/** The functions of a stage with these settings. */
export const functionsOf = (settings: Partial<Settings>): readonly FunctionName[] =>
  onlyWithReports.isWanted(settings) ? functionNames : triggerNames
