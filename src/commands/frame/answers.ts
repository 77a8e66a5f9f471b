// Who types the codes of `login`: the person at the terminal, or the lines of a file.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type AppError, usageError } from '../../errors.ts'
import { challengeLine, codeQuestion } from '../../views/challenge-view.ts'
import type { Context } from './command.ts'

export type Answers = (parameters: Record<string, string>) => Promise<string>

/**
 * Who types the codes: the person at the terminal, or the lines of a file (`-`: of standard input). Throws
 * MISSING_ANSWER where nobody does: a message that nobody reads costs money, and one of the few that a number has.
 */
export function answersFor({ flags, prompts, output, io }: Context): Answers {
  const from = flags.codeFrom === undefined ? undefined : String(flags.codeFrom)
  if (from === undefined && !prompts.interactive) throw nobody('there is no terminal, and no --code-from')
  const input = () => (from === '-' ? io.stdin : createReadStream(from ?? ''))
  let lines: AsyncIterator<string> | undefined
  return async (parameters) => {
    output.say(challengeLine(parameters))
    if (from === undefined) {
      const check = (text: string) => text.trim() !== '' || 'type the code, or r'
      return prompts.text({ message: codeQuestion(parameters), check })
    }
    lines ??= createInterface({ input: input(), crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
    const { done, value } = await lines.next().catch((error: Error) => {
      throw usageError('FILE_UNREADABLE', `${from} cannot be read`, { why: error.message, cause: error })
    })
    if (done) throw ended(from)
    // Takes off the mark, too, with which some shells begin what they pipe.
    return value.trim()
  }
}

function nobody(why: string): AppError {
  return usageError('MISSING_ANSWER', 'No code was asked for: nobody could type it', {
    why,
    next: [
      'whatsapp-otp login <phone> --code-from -   reads the code from standard input',
      'run the same command on a terminal',
    ],
  })
}

function ended(from: string): AppError {
  return usageError('MISSING_ANSWER', 'Not signed in: no code came', {
    why: `${from === '-' ? 'standard input' : from} has no line left`,
    next: ['whatsapp-otp users show <phone>   says whether a code was sent'],
  })
}
