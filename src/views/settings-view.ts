// The settings in force as rows: what, how much, from where, and what the functions run with where that differs.
import type { SettingInForce } from '../settings/in-force.ts'

export const settingsHeader = ['setting', 'value', 'from', 'deployed']

export function settingRows(settings: readonly SettingInForce[]): string[][] {
  return settings.map(({ env, value, origin, set, deployed = '' }) => [
    env,
    set === undefined ? (value ?? 'missing') : set ? 'set' : 'not set',
    origin ?? '',
    deployed,
  ])
}
