// `init`: the wizard. Asks what is still unknown, shows the plan, and then does what deploy does.
import { usageError } from '../errors.ts'
import type { CommandSpec } from './command.ts'
import { finishDeploy } from './deploy.ts'
import { open } from './open.ts'

export const command: CommandSpec = {
  description:
    'Sets up a stage step by step: region, SendZen key, sender, template, countries and limits. Shows the plan and asks before anything is made. Every question can be answered by a flag, a variable or .env instead.',
  settings: true,
  examples: [
    ['whatsapp-otp init', 'answer the questions'],
    ['whatsapp-otp init --stage prod --countries DE,AT', 'with some answers given'],
    ['whatsapp-otp init --no-input --yes', 'all answers from .env; for scripts'],
  ],
  async run(context) {
    const { output, prompts, tasks, clock, flags, signal } = context
    const [{ askForMissing }, { createSendzenApi }, { keyOf }] = await Promise.all([
      import('../settings/ask.ts'),
      import('../sendzen/api.ts'),
      import('../stack/sending.ts'),
    ])
    const stage = await open(context)
    const started = clock.now()
    if (stage.record)
      output.say(`The stage exists since ${stage.record.createdAt}; its settings are the defaults.`)
    const resolved = await askForMissing(stage.resolved, {
      prompts,
      output,
      tasks,
      createApi: createSendzenApi,
      clock,
      signal,
      storedKey: stage.record && (await keyOf(stage)),
    })
    const { prepareDeploy } = await import('../stack/deploy.ts')
    const prepared = await tasks.run('Read the stage', () => prepareDeploy({ ...stage, resolved }))
    await finishDeploy(context, prepared, {
      command: 'init',
      started,
      async confirm() {
        if (flags.yes) return
        const go = await prompts.confirm({ message: 'Do this?', default: true, flag: '--yes' })
        if (!go) throw usageError('DECLINED', 'Nothing was changed', { next: ['whatsapp-otp init'] })
      },
    })
  },
}
