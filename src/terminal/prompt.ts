// Questions to the person at the terminal: who may be asked, how an answer is missed, and how it is left.
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { cancelled, usageError } from '../errors.ts'
import type { Output } from './output.ts'
import { oneLine, written } from './text.ts'

/** How the same answer is given without a terminal. */
interface Answerable {
  message: string
  /** Escape leaves the question for the one before: it throws WentBack. */
  back?: boolean | undefined
  /** As in `--from <number>`; absent for secrets. */
  flag?: string | undefined
  /** As in `WHATSAPP_FROM`. */
  env?: string | undefined
}

/** Escape was pressed where that is allowed; whoever allows it catches it. */
export class WentBack extends Error {
  override readonly name = 'WentBack'
}

export interface Choice<T> {
  value: T
  name: string
  /** What stands for it once it is chosen; the name unless given. */
  short?: string
  /** Shown below the list while the choice is under the cursor. */
  description?: string | undefined
  /** The reason why it cannot be chosen. */
  disabled?: string | undefined
  checked?: boolean
}

/** True, or what is wrong with the answer. */
type Check = (answer: string) => true | string | Promise<true | string>

export interface Prompts {
  readonly interactive: boolean
  text(question: Answerable & { default?: string | undefined; check?: Check }): Promise<string>
  /** The answer is neither shown nor kept on the screen. */
  hidden(question: Answerable & { check?: Check }): Promise<string>
  confirm(question: Answerable & { default?: boolean }): Promise<boolean>
  select<T>(question: Answerable & { choices: Choice<T>[]; default?: T }): Promise<T>
  /** At least one of the choices, unless none will do. */
  checkbox<T>(question: Answerable & { choices: Choice<T>[]; optional?: boolean }): Promise<T[]>
  /** Resolves once exactly `expected` was typed. */
  typeToConfirm(question: Answerable & { expected: string }): Promise<void>
}

export interface PromptOptions {
  io: { stdin: NodeJS.ReadableStream }
  output: Output
  /** Ends a question that is open when Ctrl-C arrives as a signal. */
  signal?: AbortSignal | undefined
}

/** Every question throws MISSING_ANSWER where nobody can answer, and CANCELLED on Ctrl-C or Ctrl-D. */
export function createPrompts({ io, output, signal }: PromptOptions): Prompts {
  type Library = typeof import('./questions.ts')
  type Context = {
    input: NodeJS.ReadableStream
    output: NodeJS.WritableStream
    signal: AbortSignal
    clearPromptOnDone?: boolean
  }
  let isSharp = false

  async function ask<T>(
    question: Answerable,
    pose: (library: Library, context: Context, message: string) => Promise<T>,
  ): Promise<T> {
    if (!output.interactive) throw missingAnswer(question)
    const library = await import('./questions.ts')
    const gone = new AbortController()
    const leave = () => gone.abort()
    const context: Context = { input: io.stdin, output: screenOf(output), signal: gone.signal }
    let wentBack = false
    // The library does not settle a question whose input ends (Ctrl-D, a closed pipe).
    const onKey = (_: unknown, key?: { ctrl?: boolean; name?: string }) => {
      if (key?.ctrl && key.name === 'd') leave()
      if (key?.name !== 'escape' || !question.back) return
      // The question comes again, below the one before.
      context.clearPromptOnDone = true
      wentBack = true
      leave()
    }
    if (!isSharp) sharpenEscape(io.stdin)
    isSharp = true
    io.stdin.once('end', leave).on('keypress', onKey)
    signal?.addEventListener('abort', leave)
    if (signal?.aborted) leave()
    try {
      return await output.alone(() => pose(library, context, shown(question.message)))
    } catch (error) {
      const { name } = error as Error
      if (wentBack) throw new WentBack()
      if (name === 'ExitPromptError' || name === 'AbortPromptError')
        throw cancelled('the question was left without an answer')
      throw error
    } finally {
      io.stdin.off('end', leave).off('keypress', onKey)
      signal?.removeEventListener('abort', leave)
    }
  }

  return {
    interactive: output.interactive,
    text: (question) =>
      ask(question, ({ input }, context, message) =>
        input(
          {
            message,
            ...(question.default === undefined ? {} : { default: question.default }),
            ...(question.check ? { validate: verdictOf(question.check) } : {}),
          },
          context,
        ),
      ),
    hidden: (question) =>
      ask(question, ({ password }, context, message) =>
        password(
          {
            message,
            mask: '*',
            toggleMask: false,
            ...(question.check ? { validate: verdictOf(question.check) } : {}),
          },
          context,
        ),
      ),
    confirm: (question) =>
      ask(question, ({ confirm }, context, message) =>
        confirm({ message, default: question.default ?? false }, context),
      ),
    select: <T>(question: Answerable & { choices: Choice<T>[]; default?: T }) => {
      // The library would put the cursor on a choice that cannot be taken.
      const first = question.default ?? question.choices.find(({ disabled }) => !disabled)?.value
      return ask<T>(question, ({ select }, context, message) =>
        select<T>(
          {
            message,
            choices: question.choices.map(choiceOf),
            loop: false,
            pageSize: 10,
            ...(first === undefined ? {} : { default: first as NoInfer<T> }),
          },
          context,
        ),
      )
    },
    checkbox: <T>(question: Answerable & { choices: Choice<T>[]; optional?: boolean }) =>
      ask<T[]>(question, ({ checkbox }, context, message) =>
        checkbox<T>(
          {
            message,
            choices: question.choices.map(choiceOf),
            loop: false,
            pageSize: 12,
            required: !question.optional,
          },
          context,
        ),
      ),
    typeToConfirm: async (question) => {
      const { expected } = question
      await ask(question, ({ input }, context, message) =>
        input(
          {
            message,
            validate: (answer) => answer === expected || `type ${expected} exactly, or Ctrl-C to leave`,
          },
          context,
        ),
      )
    },
  }
}

/**
 * A lone Escape is told from a sequence by the time that passes: half a second of Node's own would feel broken. The
 * first reader of a stream decides for all of them.
 */
function sharpenEscape(input: NodeJS.ReadableStream): void {
  createInterface({ input, terminal: true, escapeCodeTimeout: 50 }).close()
}

function missingAnswer({ message, flag, env }: Answerable) {
  const ways = [flag && `pass ${flag}`, env && `set ${env}`].filter((way) => way !== undefined)
  return usageError('MISSING_ANSWER', `No answer to: ${message.replace(/[:?]\s*$/, '')}`, {
    why: 'there is nobody to ask here: no terminal, --no-input, --json or CI',
    next: [ways.join(' or ') || 'run the same command on a terminal'],
  })
}

/** Questions and choices name what others have written, as templates. */
const shown = (text: string) => oneLine(written(text, false))

const verdictOf = (check: Check) => async (answer: string) => {
  const verdict = await check(answer)
  return verdict === true || shown(verdict)
}

/** Leaves undefined fields out: the library tells a missing one from an undefined one. */
function choiceOf<T>({ value, name, short, description, disabled, checked }: Choice<T>) {
  return {
    value,
    name: shown(name),
    ...(short ? { short: shown(short) } : {}),
    ...(description ? { description: shown(description) } : {}),
    ...(disabled ? { disabled: shown(`(${disabled})`) } : {}),
    ...(checked ? { checked } : {}),
  }
}

/**
 * A stream of its own for each question, because the library ends the one it is given. It paints by itself;
 * without colours the paint is taken out, the movements of the cursor are not.
 */
function screenOf({ terminal, theme }: Output): NodeJS.WritableStream {
  const screen = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours start with the escape character
      terminal.write(theme.color ? chunk : String(chunk).replace(/\u001b\[[\d;]*m/g, ''))
      done()
    },
  })
  return Object.assign(screen, { columns: terminal.columns || 80, isTTY: terminal.isTTY })
}
