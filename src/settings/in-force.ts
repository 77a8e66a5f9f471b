// The settings in force: what a deploy would go by now, where each comes from, and what the stage was deployed with.

import type { Origin, Resolved } from './resolve.ts'
import type { Setting } from './rows.ts'
import { isSecret, type Settings, schema, settingKeys, textOf } from './schema.ts'

export interface SettingInForce {
  /** As in whatsapp-otp.json. */
  key: string
  /** As in the environment and `.env`. */
  env: string
  /** As in `--from <number>`; null for a secret. */
  flag: string | null
  /** As it stands in a variable; null where there is none, and for a secret. */
  value: string | null
  /** `stage` for a secret that the stage keeps; null where nobody has given one. */
  origin: Origin | 'stage' | null
  /** For a secret alone. */
  set?: boolean
  /** What the functions run with, where a deploy would change it. */
  deployed?: string
}

/** `keeps` is true where the stage has the provider's key. */
export function settingsInForce(
  { settings, secrets, origins }: Pick<Resolved, 'settings' | 'secrets' | 'origins'>,
  record: Record<string, unknown> | undefined,
  keeps: boolean,
): SettingInForce[] {
  return settingKeys.map((key) => {
    const row: Setting<unknown> = schema[key]
    const { env } = row
    const flag = row.flag ?? null
    const origin = origins[key] ?? null
    if (isSecret(key)) {
      const isGiven = secrets[key] !== undefined
      const from = isGiven ? origin : keeps ? 'stage' : null
      return { key, env, flag, value: null, origin: from, set: isGiven || keeps }
    }
    const value = settings[key]
    const text = value === undefined ? null : textOf(value)
    const deployed = record?.[key] as Settings[keyof Settings] | undefined
    const before = deployed === undefined ? undefined : textOf(deployed)
    return {
      ...{ key, env, flag, value: text, origin },
      ...(before === undefined || before === text ? {} : { deployed: before }),
    }
  })
}
