// What was answered before, in this run or in one that was left: the default of its question.
import { isSecret, type SecretKey, type SettingKey, settingKeys } from '../settings/schema.ts'

/** What is asked beside settings: whether limits are to be one's own, and what of a stage is to change. */
const others = ['ownLimits', 'changes'] as const

export type AnswerId = Exclude<SettingKey, SecretKey> | (typeof others)[number]

/** Texts as they would stand in a variable. No secret has a place in it. */
export type Answers = Map<AnswerId, string>

export function isAnswerId(id: string): id is AnswerId {
  const isSetting = (settingKeys as string[]).includes(id) && !isSecret(id as SettingKey)
  return isSetting || (others as readonly string[]).includes(id)
}
