// How a failure looks: at most four lines for people, one document for programs.
import { AppError, cancelled, type ExitCode } from '../errors.ts'
import { wrap } from './layout.ts'
import type { Output } from './output.ts'
import { oneLine } from './text.ts'

/** What `--json` prints for a failure, beside `schemaVersion`. */
interface ErrorDocument {
  error: { code: string; message: string; why?: string; next: string[] }
}

/** Shows a failure where the mode wants it and gives the exit code that goes with it. */
export function showError(error: unknown, output: Output, options: { debug?: boolean } = {}): ExitCode {
  const known = asAppError(error)
  if (output.isJson && !output.hasDocument) {
    const { code, message, why, next } = errorDocument(known).error
    const clean = (text: string) => output.redacted(text)
    output.json({
      error: { code, message: clean(message), ...(why ? { why: clean(why) } : {}), next: next.map(clean) },
    })
  } else {
    for (const line of errorLines(known, output)) output.trouble(line)
  }
  if (options.debug) for (const line of debugLines(error)) output.trouble(line)
  return known.exitCode
}

/** `✖ message`, then Why, Next and More where there is something to say. */
function errorLines(
  error: AppError,
  { theme, talkWidth = Number.POSITIVE_INFINITY }: Pick<Output, 'theme'> & { talkWidth?: number },
): string[] {
  const symbol = error.code === 'CANCELLED' ? theme.warning : theme.failed
  const [next, ...more] = error.next.map(oneLine)
  const fold = (text: string, indent: string) => wrap(text, talkWidth - indent.length).join(`\n${indent}`)
  const labelled = (label: string, text: string | undefined) =>
    text ? [`  ${theme.paint.dim(label.padEnd(4))}  ${fold(text, '        ')}`] : []
  return [
    `${symbol} ${theme.paint.bold(fold(oneLine(error.message), '  '))}`,
    ...labelled('Why', error.why && oneLine(error.why)),
    ...labelled('Next', next),
    ...labelled('More', more.join(' · ')),
  ]
}

function errorDocument(error: AppError): ErrorDocument {
  const { code, message, why, next } = error
  return { error: { code, message, ...(why === undefined ? {} : { why }), next } }
}

/** Ctrl-C in a prompt or an aborted call is a cancellation; what nobody foresaw is a fault of this tool. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const name = error instanceof Error ? error.name : ''
  if (name === 'ExitPromptError' || name === 'AbortPromptError') return cancelled('by Ctrl-C')
  if (name === 'AbortError') return cancelled('the call under way was ended')
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new AppError('INTERNAL', 'Something unexpected went wrong inside whatsapp-otp', {
    why: said.slice(0, 300),
    next: ['run the same command with --debug', 'please report it with what --debug prints'],
    cause: error,
  })
}

/** Stack traces along the chain of causes, with AWS's request ids. Not yet redacted. */
function debugLines(error: unknown): string[] {
  const lines: string[] = []
  const seen = new Set<unknown>()
  for (let at = error; at !== undefined && at !== null && !seen.has(at); at = (at as Error).cause) {
    seen.add(at)
    const { $metadata: aws } = at as { $metadata?: { requestId?: string; httpStatusCode?: number } }
    lines.push(
      `${lines.length > 0 ? 'caused by ' : ''}${at instanceof Error ? (at.stack ?? at) : String(at)}`,
    )
    if (aws) lines.push(`  AWS request ${aws.requestId ?? '(none)'}, HTTP ${aws.httpStatusCode ?? '(none)'}`)
  }
  return lines
}
