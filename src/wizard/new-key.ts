// Where the new key of `rotate-key` comes from; its form is checked, it is not shown.
import type { ProviderDescription } from '../core/messaging/provider.ts'
import { usageError } from '../errors.ts'
import type { SecretKey } from '../settings/schema.ts'
import type { Prompts } from '../terminal/prompt.ts'
import { checkText } from './interview.ts'

export interface KeySources {
  /** Whose key it is. */
  provider: ProviderDescription & { key: { setting: SecretKey } }
  /** What came through standard input; undefined where it was not asked for. */
  piped: string | undefined
  env: Record<string, string | undefined>
  /** The key that the stage has: standing in the environment, it is no answer while a person can be asked. */
  old: string | undefined
  prompts: Prompts
}

/** From standard input, the environment, or a question, in this order. Throws SETTING_INVALID for its form. */
export async function newKey(sources: KeySources): Promise<string> {
  const { provider, piped, env: variables, old, prompts } = sources
  const { setting, variable: env } = provider.key
  const check = (typed: string) => checkText(setting, typed)
  const given = piped ?? variables[env]
  if (given !== undefined && (piped !== undefined || given !== old || !prompts.interactive)) {
    const verdict = check(given)
    if (verdict === true) return given.trim()
    throw usageError('SETTING_INVALID', `${env} ${verdict}`, {
      why: `the value comes from: ${piped === undefined ? 'the environment' : 'standard input'}`,
      next: ['whatsapp-otp rotate-key   asks for it'],
    })
  }
  const typed = await prompts.hidden({
    message: `The new ${provider.title} API key`,
    env,
    flag: '--stdin',
    check,
  })
  return typed.trim()
}
