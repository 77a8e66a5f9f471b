// Every command with its flags and words, as the completion scripts want it.
import { flagOf, type Table } from '../terminal/completion-script.ts'
import { commands, globalOptions } from './catalogue.ts'

/** Loads every command: completion is the one place that needs them all. */
export async function commandTable(): Promise<Table> {
  const { schema, settingKeys } = await import('../settings/schema.ts')
  const settings = settingKeys.flatMap((key) => {
    const row = schema[key]
    return 'flag' in row ? [flagOf(row.flag, row.help, row.flag.includes('<true|false>') ? truth : [])] : []
  })
  return {
    globals: [...globalOptions, helpFlag, versionFlag].map(([form, help]) => flagOf(form, help)),
    commands: await Promise.all(
      [...commands].map(async ([name, { summary, load }]) => {
        const { command: spec } = await load()
        const { options = [], choices = {} } = spec
        const own = options.map(([form, help]) => flagOf(form, help, choices[form.split(/[ ,]/)[0] ?? '']))
        const [argument = ''] = (spec.args ?? '').split(' ')
        return {
          name,
          summary,
          flags: [...own, ...(spec.settings ? settings : [])],
          words: choices[argument] ?? [],
        }
      }),
    ),
  }
}

const truth = ['true', 'false'] as const
const helpFlag: [string, string] = ['-h, --help', 'show help']
const versionFlag: [string, string] = ['-V, --version', 'print the version']
