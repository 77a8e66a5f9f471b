// docs/commands.md, made of the table of commands.
import { commands, type Entry, globalOptions } from '../../src/cli/catalogue.ts'
import type { CommandSpec } from '../../src/commands/frame/command.ts'
import { exitCodes } from '../../src/errors.ts'
import { plain, row } from './table.ts'

const flagRow = ([form, help]: readonly [string, string, ...unknown[]]) => row([`\`${form}\``, plain(help)])

function section(name: string, { summary }: Entry, spec: CommandSpec): string {
  const { args, description, options = [], settings, examples } = spec
  const usage = ['whatsapp-otp', name, args].filter(Boolean).join(' ')
  const width = Math.max(...examples.map(([line]) => line.length))
  const lines = examples.map(([line, what]) => `${line.padEnd(width)}   # ${what}`)
  const flags = options.map(flagRow)
  const parts = [
    `### ${name}`,
    `\`${usage}\`: ${summary}.`,
    plain(description),
    ...(flags.length > 0 ? [`| Flag | |\n|---|---|\n${flags.join('\n')}`] : []),
    ...(settings ? ['Takes the flags of all [settings](settings.md) besides.'] : []),
    `\`\`\`sh\n${lines.join('\n')}\n\`\`\``,
  ]
  return `${parts.join('\n\n')}\n`
}

/** What each exit code means; a code without a word here fails the types. */
const meanings: Record<keyof typeof exitCodes, string> = {
  done: 'done',
  failed: 'failed; of `status`, `doctor` and `stages`: users cannot sign in, or not all of them',
  pending: 'changes are pending (only with `plan --detailed-exitcode`)',
  usage: 'wrong usage, or an answer that nobody gave',
  credentials: 'no usable AWS credentials',
  cancelled: 'cancelled; running the command again goes on',
}

/** Loads every command. */
export async function commandsPage(): Promise<string> {
  const loaded = await Promise.all(
    [...commands].map(async ([name, entry]) => ({ name, entry, spec: (await entry.load()).command })),
  )
  const groups = [...new Set(loaded.map(({ entry }) => entry.group))]
  const index = loaded.map(({ name, entry }) => row([`[\`${name}\`](#${name})`, entry.summary]))
  const sections = groups.map((group) => {
    const own = loaded.filter(({ entry }) => entry.group === group)
    return `## ${group}\n\n${own.map(({ name, entry, spec }) => section(name, entry, spec)).join('\n')}`
  })
  const codes = Object.entries(exitCodes).map(([name, code]) =>
    row([String(code), meanings[name as keyof typeof exitCodes]]),
  )
  return `# Commands

| Command | |
|---|---|
${index.join('\n')}

${sections.join('\n')}
## Everywhere

| Flag | |
|---|---|
${globalOptions.map(flagRow).join('\n')}

\`--help\` has examples, \`--version\` the version. Data goes to stdout, talk to stderr. Without a terminal nothing is assumed: a missing answer is an error that names the flag and the variable. \`AWS_ENDPOINT_URL\` points everything at an emulator. There is no telemetry.

## Exit codes

| Exit code | Means |
|---|---|
${codes.join('\n')}

## JSON

\`--json\` prints one document with \`schemaVersion: 1\`; a failure is \`{ "error": { "code", "message", "why", "next" } }\` with the same exit code. Every code: [errors](errors.md).
`
}
