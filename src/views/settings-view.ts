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

/** The same for a narrow terminal: where from, and what is deployed, stands behind the value. */
export function narrowSettingRows(settings: readonly SettingInForce[]): string[][] {
  const [, ...rows] = settingRows(settings)
  return rows.map(([name = '', value = '', origin = '', deployed = '']) => {
    const more = [origin, deployed && `deployed: ${deployed}`].filter((one) => one !== '')
    return [name, more.length > 0 ? `${value} (${more.join('; ')})` : value]
  })
}

/** Columns that the widest table of settings takes, mostly. */
export const settingsWidth = 80
