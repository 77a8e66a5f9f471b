// `outputs`: prints the ids that an app needs, in the form its framework reads.
import { usageError } from '../errors.ts'
import type { Format } from '../stage/outputs.ts'
import { requireRecord } from '../stage/recorded.ts'
import { count } from '../terminal/layout.ts'
import type { CommandSpec } from './frame/command.ts'
import { open } from './frame/open.ts'

export const command: CommandSpec = {
  description:
    'Prints the ids of a stage for your app. With --write only the block between our own markers in that file changes.',
  options: [
    ['--format <format>', 'env, json, amplify, next or vite (default env)'],
    ['--triggers', 'print instead the change by which the owner of a pool (--user-pool) calls the stage'],
    ['--write <file>', 'write into a file instead of printing'],
  ],
  choices: { '--format': ['env', 'json', 'amplify', 'next', 'vite'] satisfies Format[] },
  examples: [
    ['whatsapp-otp outputs --format env >> .env', 'plain variables'],
    ['whatsapp-otp outputs --format amplify', 'a configuration for Amplify JS v6'],
    ['whatsapp-otp outputs --format next --write .env.local', 'variables for Next.js, kept up to date'],
  ],
  async run(context) {
    const { flags, output, io } = context
    const { formatOutputs, formats, outputsOf } = await import('../stage/outputs.ts')
    const format = String(flags.format ?? (output.isJson ? 'json' : 'env'))
    if (!(formats as readonly string[]).includes(format)) {
      throw usageError('UNKNOWN_FORMAT', `«${format}» is not a format`, {
        why: `they are ${formats.join(', ')}`,
        next: ['whatsapp-otp outputs --format env'],
      })
    }
    const stage = await open(context)
    const record = requireRecord(stage)
    if (flags.triggers) {
      const { triggersForOwner } = await import('../stage/borrowed.ts')
      const { text, wanted } = await triggersForOwner(stage)
      output.data(text)
      output.json({ command: 'outputs', triggers: wanted })
      return
    }
    const outputs = outputsOf(stage.aws.place, record, stage.aws.endpoint)
    const text = formatOutputs(format as (typeof formats)[number], outputs)
    if (flags.write) {
      const { writeBlock } = await import('../stage/output-file.ts')
      const written = await writeBlock(io.cwd, String(flags.write), text)
      const what = `the ids of stage ${outputs.stage} (${format}, ${count(text.split('\n').length, 'line')})`
      output.say(`${written.changed ? `Wrote ${what} into` : 'Unchanged:'} ${written.path}`)
      output.json({ command: 'outputs', outputs, ...written })
      return
    }
    output.data(text)
    output.json({ command: 'outputs', outputs })
  },
}
