// `settings`: every setting as a deploy would go by it now, with where it comes from.
import { settingsInForce } from '../settings/in-force.ts'
import { count } from '../terminal/layout.ts'
import { narrowSettingRows, settingRows, settingsWidth } from '../views/settings-view.ts'
import type { CommandSpec } from './frame/command.ts'
import { open } from './frame/open.ts'

export const command: CommandSpec = {
  description:
    'Shows every setting of the stage with its value and where that comes from: a flag, the environment, .env, whatsapp-otp.json, the stage record (what it was deployed with) or the default. Where a deploy would change what the functions run with, that stands beside it. Of secrets it says only whether they are set. Changes nothing.',
  settings: true,
  examples: [
    ['whatsapp-otp settings', 'what is in force for the stage dev?'],
    ['whatsapp-otp settings --stage prod --json', 'for a script'],
    ['whatsapp-otp settings --otp-length 8', 'what would this flag change?'],
  ],
  async run(context) {
    const { output, tasks } = context
    const stage = await open(context)
    const { record, resolved } = stage
    const { storedKey } = await import('../stage/sending.ts')
    // Who may not read the key is told that there is none to be seen.
    const key = record && (await tasks.run('Read the secrets', () => storedKey(stage).catch(() => undefined)))
    const settings = settingsInForce(resolved, record?.settings, key !== undefined)
    const [header, ...rows] = settingRows(settings)
    if (output.dataWidth < settingsWidth) output.table(narrowSettingRows(settings))
    else output.table(rows, header)
    output.json({ command: 'settings', stage: stage.target.stage, deployed: record !== undefined, settings })
    const differing = settings.filter(({ deployed }) => deployed !== undefined).length
    const missing = settings.filter(({ value, set }) => (set === undefined ? value === null : !set)).length
    if (missing > 0) output.say(`${count(missing, 'setting')} missing: whatsapp-otp init asks for them`)
    if (differing > 0)
      output.say(
        `${count(differing, 'setting')} not deployed yet: whatsapp-otp plan --stage ${stage.target.stage}`,
      )
  },
}
