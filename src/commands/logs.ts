// `logs`: what the functions wrote, merged by time, once or as it comes.
import { providerOf } from '../core/messaging/providers.ts'
import type { LogEntry } from '../insight/log-entry.ts'
import { functionNames } from '../names.ts'
import { requireRecord } from '../stage/recorded.ts'
import { entryLines } from '../views/log-view.ts'
import type { CommandSpec } from './frame/command.ts'
import { askedFor, wishOf } from './frame/log-wish.ts'
import { open } from './frame/open.ts'

export const command: CommandSpec = {
  args: '[trigger]',
  description:
    'Shows what the functions of the stage wrote, a sentence a line, merged by time (UTC), numbers masked. With --message one sign-in is read from top to bottom, through all functions. A number as --filter finds its lines by its keyed hash, which takes ssm:GetParameter of the stage’s master key; the number itself is sent nowhere. Lines of somebody without an account, and refused sign-ups, are under no number.',
  options: [
    ['-f, --follow', 'go on as new lines come, until Ctrl-C'],
    ['--since <time>', 'how far back: 30s, 10m, 2h, 1d (default 10m; 1d with a number or --message)'],
    [
      '--filter <text>',
      'only lines with this text or about this +number; {…} is a filter pattern of CloudWatch',
    ],
    ['--message <id>', 'only what belongs to this message or code (messageId or cid)'],
    ['--all', 'Lambda’s own lines about each invocation too'],
  ],
  choices: { '[trigger]': functionNames },
  endless: true,
  examples: [
    ['whatsapp-otp logs --follow', 'watch people sign in'],
    ['whatsapp-otp logs createAuthChallenge --since 1h --filter otp_failed', 'what was not sent?'],
    ['whatsapp-otp logs --filter +4915112345678', 'what happened to this number in the last day?'],
  ],
  async run(context, named) {
    const { output, flags, tasks } = context
    const asked = askedFor(context, named)
    const stage = await open(context)
    const { followLogs, readLogs } = await import('../insight/logs.ts')
    const provider = providerOf(requireRecord(stage).settings)
    const wish = await wishOf(stage, asked)
    let shown = 0
    const show = async (entries: LogEntry[]) => {
      shown += entries.length
      for (const entry of entries) {
        if (output.isJson) output.jsonLine(flat(entry))
        else for (const line of entryLines(entry, output, provider)) output.data(line)
      }
      await output.drained()
    }
    const batches = flags.follow ? followLogs(stage.aws, wish) : readLogs(stage.aws, wish)
    const first = async () => (await batches.next()).value ?? []
    if (!flags.follow) await show(await tasks.run('Read the logs', first))
    for await (const entries of batches) await show(entries)
    if (!flags.follow && shown === 0) output.say('No lines; --since 7d looks further back.')
  },
}

function flat({ time, trigger, level, event, fields }: LogEntry): object {
  return { time, trigger, level, event, ...fields }
}
