// What a command is to the CLI, and what it is given to work with.
import type { Clock } from '../../clock.ts'
import type { ExitCode } from '../../errors.ts'
import type { Sources, Target } from '../../settings/sources.ts'
import type { Table } from '../../terminal/completion-script.ts'
import type { Io } from '../../terminal/io.ts'
import type { Output } from '../../terminal/output.ts'
import type { Prompts } from '../../terminal/prompt.ts'
import type { Tasks } from '../../views/tasks.ts'

export type Flags = Record<string, unknown>

export interface Context {
  io: Io
  /** All flags of this run, the global ones included, as commander names them. */
  flags: Flags
  output: Output
  tasks: Tasks
  prompts: Prompts
  sources: Sources
  target: Target
  clock: Clock
  /** Aborted by the first Ctrl-C. */
  signal: AbortSignal
  /** Every command with its flags, for completion. */
  commandTable(): Promise<Table>
  /** Runs another command line in this process, with parts of the outside world replaced. */
  invoke(argv: string[], io: Partial<Io>): Promise<ExitCode>
}

export interface CommandSpec {
  /** Positional arguments in commander's form: `<phone>`, `[trigger]`. */
  args?: string
  /** Longer than the summary: what it does, what it needs, what it never does. */
  description: string
  /** Flags of this command and what they mean; a setting's flags are added by `settings`. */
  options?: [flag: string, help: string, repeatable?: true][]
  /** What the value of a flag (`--format`) or an argument (`<shell>`) can be, for completion. */
  choices?: Record<string, readonly string[]>
  /** True where Ctrl-C is the usual end and leaves nothing unfinished. */
  endless?: true
  /** True where the flags of all settings apply. */
  settings?: true
  /** Three command lines with what each is for. */
  examples: [line: string, what: string][]
  /** Resolves to an exit code where the command documents one beside 0; anything else counts as done. */
  run(context: Context, ...args: string[]): Promise<unknown>
}
