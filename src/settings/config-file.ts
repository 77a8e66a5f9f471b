// whatsapp-otp.json: settings of a project that may be committed, for all stages and for each of them.
import * as z from 'zod'
import { usageError } from '../errors.ts'
import { isSecret, type SettingKey, schema, settingKeys } from './schema.ts'
import { similarTo } from './similar.ts'

export const configFileName = 'whatsapp-otp.json'

/** The settings by their keys, `stage`, `region`, `profile`, `account`, and `stages.<name>` with the same. */
export type ConfigFile = Record<string, unknown> & { stages?: Record<string, Record<string, unknown>> }

const block = z.record(z.string(), z.unknown())
const shape = block.and(z.object({ stages: z.record(z.string(), block).optional() }))
const others = ['stage', 'region', 'profile', 'account', '$schema']

/** Throws a usage error for what is no JSON object, holds an unknown key, or holds a secret. */
export function parseConfigFile(text: string | undefined): ConfigFile {
  if (text === undefined) return {}
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw invalid('is not JSON', (error as Error).message)
  }
  const file = shape.safeParse(json)
  if (!file.success) {
    throw invalid('has another form than expected', 'it must hold one object, and objects below «stages»')
  }
  const { stages = {}, ...top } = file.data
  for (const key of [top, ...Object.values(stages)].flatMap(Object.keys)) checkKey(key)
  return file.data as ConfigFile
}

/** What the file says of one stage, without what it says of all. */
export function stageBlock(file: ConfigFile, stage: string): Record<string, unknown> {
  return file.stages && Object.hasOwn(file.stages, stage) ? file.stages[stage]! : {}
}

const isSetting = (key: string): key is SettingKey => settingKeys.some((one) => one === key)

function checkKey(key: string): void {
  if (others.includes(key)) return
  const setting: SettingKey | undefined = settingKeys.find((one) => one === key)
  if (!setting) {
    const known = [...settingKeys.filter((one) => !isSecret(one)), ...others]
    const meant = similarTo(key, known, (one) => (isSetting(one) ? [one, schema[one].env] : [one]))
    throw invalid(
      `has an unknown key: ${key}`,
      meant ? `did you mean ${meant}?` : `known are ${known.join(', ')}`,
    )
  }
  if (!isSecret(setting)) return
  throw usageError('SECRET_IN_CONFIG_FILE', `${configFileName} must not hold ${key}`, {
    why: 'the file is meant to be committed',
    next: [`set ${schema[setting].env} in the environment or in .env`],
  })
}

function invalid(what: string, why: string) {
  return usageError('CONFIG_FILE_INVALID', `${configFileName} ${what}`, {
    why,
    next: [`mend ${configFileName}, or remove it`],
  })
}
