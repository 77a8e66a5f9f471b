// Where the fixed code of a test number comes from: a person, a pipe, the environment, or nobody at all.
import { usageError } from '../errors.ts'
import type { Prompts } from '../terminal/prompt.ts'
import { type Candidate, checkCode, newCode } from '../users/test-numbers.ts'

/** A flag would stay in the history of the shell. */
export const testCodeVariable = 'WHATSAPP_OTP_TEST_CODE'

export interface CodeSources {
  /** What came through standard input; undefined where it was not asked for. */
  piped: string | undefined
  env: Record<string, string | undefined>
  prompts: Prompts
}

/**
 * `made` where nobody gave one, so that it has to be told; `source` where no person typed it. Throws
 * TEST_CODE_INVALID, which does not say the code.
 */
export async function testCode(
  candidate: Candidate,
  { piped, env, prompts }: CodeSources,
): Promise<{ code: string; made: boolean; source?: string }> {
  const given = piped ?? env[testCodeVariable]
  if (given !== undefined) {
    const verdict = checkCode(given.trim(), candidate)
    const source = piped === undefined ? testCodeVariable : 'standard input'
    if (verdict === true) return { code: given.trim(), made: false, source }
    throw usageError('TEST_CODE_INVALID', `The code ${verdict}`, {
      why: `it comes from ${source}`,
      next: ['choose another one', 'give none: one is made and shown once'],
    })
  }
  const typed = prompts.interactive
    ? await prompts.hidden({
        message: `Its code, ${candidate.length} digits (Enter: one is made)`,
        check: (text) => text.trim() === '' || checkCode(text.trim(), candidate),
      })
    : ''
  const code = typed.trim()
  return code === '' ? { code: newCode(candidate), made: true } : { code, made: false }
}
