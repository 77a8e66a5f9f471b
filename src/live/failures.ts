// What goes wrong in a run, in words that anybody may read, and as the error that the run ends with.
import { toAppError } from '../aws/words.ts'
import { AppError } from '../errors.ts'
import type { Leftover } from './scene/made.ts'
import { withoutIds } from './scene/said.ts'

/** The sentences of an error without anything that names somebody. */
export function reasonOf(error: unknown): string {
  const isOurs = error instanceof AppError
  const { message, why } = toAppError(error, 'ask AWS')
  return withoutIds([isOurs || !why ? message : '', why].filter(Boolean).join(': ')).slice(0, 300)
}

export function asError(what: string | readonly Leftover[]): AppError {
  if (typeof what === 'string') {
    return new AppError('LIVE_STAGE_FAILED', 'The throw-away stage did not live its whole life', {
      why: what,
    })
  }
  return new AppError('LIVE_LEFTOVERS', `${what.length} of what was made is still there`, {
    why: what.map(({ what, id, why }) => `${what} ${id} (${why})`).join(', '),
    next: what.map(({ command }) => command),
  })
}
