// `logs`: what the functions wrote, merged by time, once or as it comes.
import type { FieldName } from '../core/events.ts'
import { usageError } from '../errors.ts'
import { names, type Trigger, triggerNames } from '../names.ts'
import { entryLines, entryOf, isRoutine, type LogEntry, shortNames } from '../views/log-view.ts'
import type { CommandSpec } from './command.ts'
import { open } from './open.ts'

export const command: CommandSpec = {
  args: '[trigger]',
  description:
    'Shows what the functions of the stage wrote, merged by time (UTC), numbers masked. With --message one message is followed by its id through all of them: sent, answered, verified.',
  options: [
    ['-f, --follow', 'go on as new lines come, until Ctrl-C'],
    ['--since <time>', 'how far back: 30s, 10m, 2h, 1d (default 10m)'],
    ['--filter <text>', 'only lines with this text; {…} is a filter pattern of CloudWatch'],
    ['--message <id>', 'only what belongs to this message or code (messageId or cid)'],
    ['--all', 'Lambda’s own lines about each invocation too'],
  ],
  choices: { '[trigger]': triggerNames },
  endless: true,
  examples: [
    ['whatsapp-otp logs --follow', 'watch people sign in'],
    ['whatsapp-otp logs createAuthChallenge --since 1h --filter otp_failed', 'what was not sent?'],
    ['whatsapp-otp logs --since 1d --json', 'one JSON object a line'],
  ],
  async run(context, named) {
    const { output, flags, clock, tasks } = context
    const triggers = named === undefined ? triggerNames : [triggerOf(named)]
    const from = clock.now() - spanOf(flags.since ?? '10m')
    const stage = await open(context)
    const [{ requireRecord }, { followLogEvents, readLogEvents }, { toAppError }] = await Promise.all([
      import('../stage/stage.ts'),
      import('../aws/log-events.ts'),
      import('../aws/errors.ts'),
    ])
    requireRecord(stage)
    const byGroup = new Map(triggers.map((one) => [names.logGroup(stage.target.stage, one), one]))
    const query = { groups: [...byGroup.keys()], from, pattern: patternOf(flags.filter) }
    const belongs = flags.message === undefined ? () => true : trail(String(flags.message))
    let shown = 0
    const show = (events: Parameters<typeof entryOf>[0][]) => {
      const entries = events.map((event) => entryOf(event, byGroup.get(event.group)!, output.redacted))
      // Twice: an id may lead to a code that older lines name too.
      for (const entry of entries) belongs(entry)
      for (const entry of entries) {
        if (!belongs(entry) || (!flags.all && isRoutine(entry))) continue
        shown++
        if (output.isJson) output.jsonLine(flat(entry))
        else for (const line of entryLines(entry, output)) output.data(line)
      }
    }
    try {
      if (flags.follow) for await (const events of followLogEvents(stage.aws, query)) show(events)
      else show(await tasks.run('Read the logs', () => readLogEvents(stage.aws, query)))
    } catch (error) {
      throw toAppError(error, 'read the logs')
    }
    if (!flags.follow && shown === 0) output.say('No lines; --since 1d looks further back.')
  },
}

const idFields = ['messageId', 'cid', 'requestId'] as const satisfies readonly FieldName[]

/** Lines of one message: those that name it, and all that share its code or its request. */
function trail(id: string): (entry: LogEntry) => boolean {
  const known = new Set([id])
  return ({ fields }) => {
    const ids = idFields
      .map((name) => fields[name])
      .filter((one) => one !== undefined)
      .map(String)
    if (!ids.some((one) => known.has(one))) return false
    for (const one of ids) known.add(one)
    return true
  }
}

function flat({ time, trigger, level, event, fields }: LogEntry): object {
  return { time, trigger, level, event, ...fields }
}

function triggerOf(word: string): Trigger {
  const found = triggerNames.find((name) => name === word || shortNames[name] === word)
  if (found) return found
  throw usageError('UNKNOWN_TRIGGER', `«${word}» is not a trigger`, {
    why: `they are ${triggerNames.join(', ')}`,
    next: ['whatsapp-otp logs createAuthChallenge'],
  })
}

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `10m` -> 600,000. */
function spanOf(text: unknown): number {
  const [, number, unit = ''] = /^(\d+)([smhd])$/.exec(String(text)) ?? []
  if (number) return Number(number) * units[unit]!
  throw usageError('SINCE_INVALID', `«${String(text)}» is not a span of time`, {
    why: 'it must be a number with s, m, h or d, as in 10m',
    next: ['whatsapp-otp logs --since 10m'],
  })
}

/** Plain text is looked for as it stands; CloudWatch would take a hyphen or a quote in it as an operator. */
function patternOf(filter: unknown): string | undefined {
  if (filter === undefined || filter === '') return undefined
  const text = String(filter)
  return text.startsWith('{') ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
