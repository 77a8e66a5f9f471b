// The provider's key: asked for where nobody gave one, and tried in any case.
import { AppError } from '../errors.ts'
import { isOutage } from '../messaging/provider.ts'
import { checkText, type Interview, markAnswered, warnOfOutage, waysOf } from './interview.ts'

/** Throws ProviderError for a given key that is refused; a typed one is asked for again. */
export async function askKey(interview: Interview): Promise<void> {
  const { resolved, prompts, output, tasks, provider, connect, clock, signal, storedKey, changing } =
    interview
  const { setting } = provider.key
  let outage: AppError | undefined
  const tryKey = async (key: string) => {
    output.hide(key)
    outage = undefined
    interview.api = connect(resolved.settings, { key, clock, signal })
    try {
      await interview.api.checkKey()
    } catch (error) {
      if (!isOutage(error)) throw error
      outage = error
      interview.api = undefined
    }
  }
  const known = changing.has(setting) ? undefined : (resolved.secrets[setting] ?? storedKey)
  if (known) await tasks.run(`Check the ${provider.title} key`, () => tryKey(known))
  else {
    const typedBefore = interview.typedKey.value
    const text = await prompts.hidden({
      message: `${provider.title} API key (${typedBefore ? 'Enter: the one you gave' : `from ${provider.dashboard}`})`,
      ...waysOf(setting),
      check: async (typed) => {
        const key = typed.trim() || typedBefore || ''
        const form = checkText(setting, key)
        if (form !== true) return form
        try {
          await tryKey(key)
          return true
        } catch (error) {
          if (error instanceof AppError && error.code !== 'CANCELLED') return `${error.message}: ${error.why}`
          throw error
        }
      },
    })
    const key = text.trim() || typedBefore || ''
    resolved.secrets[setting] = key
    interview.typedKey.value = key
    markAnswered(resolved, setting)
  }
  if (outage) warnOfOutage(interview, outage)
}
