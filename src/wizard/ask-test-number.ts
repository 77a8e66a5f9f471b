// Whether a first message is to be sent, and to whom.
import type { AppError } from '../errors.ts'
import { parsePhone } from '../settings/phone.ts'
import type { Prompts } from '../terminal/prompt.ts'

/** E.164; undefined where no message is wanted. */
export async function askTestNumber(prompts: Prompts): Promise<string | undefined> {
  if (!(await prompts.confirm({ message: 'Send a test message now?', default: false }))) return undefined
  const typed = await prompts.text({
    message: 'To which number, with country code?',
    check(text) {
      try {
        parsePhone(text)
        return true
      } catch (error) {
        return (error as AppError).why ?? (error as AppError).message
      }
    },
  })
  return parsePhone(typed)
}
