// `logs`: what the functions wrote, merged by time, once or as it comes.
import type { LogEntry } from '../insight/log-entry.ts'
import type { LogWish } from '../insight/logs.ts'
import { triggerNames } from '../names.ts'
import { spanOf, triggersOf } from '../settings/flag-values.ts'
import { entryLines } from '../views/log-view.ts'
import type { CommandSpec } from './frame/command.ts'
import { open } from './frame/open.ts'

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
    const triggers = triggersOf(named)
    const from = clock.now() - spanOf(flags.since ?? '10m')
    const stage = await open(context)
    const [{ requireRecord }, { followLogs, readLogs }] = await Promise.all([
      import('../stage/stage.ts'),
      import('../insight/logs.ts'),
    ])
    requireRecord(stage)
    const words = (flag: unknown) => (flag === undefined ? undefined : String(flag))
    const [text, message] = [flags.filter, flags.message].map(words)
    const all = Boolean(flags.all)
    const wish: LogWish = { triggers, from, text, message, all, redacted: output.redacted }
    let shown = 0
    const show = async (entries: LogEntry[]) => {
      shown += entries.length
      for (const entry of entries) {
        if (output.isJson) output.jsonLine(flat(entry))
        else for (const line of entryLines(entry, output)) output.data(line)
      }
      await output.drained()
    }
    const batches = flags.follow ? followLogs(stage.aws, wish) : readLogs(stage.aws, wish)
    const first = async () => (await batches.next()).value ?? []
    if (!flags.follow) await show(await tasks.run('Read the logs', first))
    for await (const entries of batches) await show(entries)
    if (!flags.follow && shown === 0) output.say('No lines; --since 1d looks further back.')
  },
}

function flat({ time, trigger, level, event, fields }: LogEntry): object {
  return { time, trigger, level, event, ...fields }
}
