// The settings in force as rows: what, how much, from where, and what the functions run with where that differs.
import type { SettingInForce } from '../settings/in-force.ts'

/** The header comes first; the last column only where something differs. */
export function settingRows(settings: readonly SettingInForce[]): string[][] {
  const rows = settings.map(({ env, value, origin, set, deployed = '' }) => [
    env,
    set === undefined ? (value ?? 'missing') : set ? 'set' : 'not set',
    origin ?? '',
    deployed,
  ])
  const all = [['setting', 'value', 'from', 'deployed'], ...rows]
  return settings.some(({ deployed }) => deployed !== undefined) ? all : all.map((row) => row.slice(0, 3))
}
