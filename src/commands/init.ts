// `init`: the wizard. Asks what is still unknown, shows the plan, and then does what deploy does.
import { usageError } from '../errors.ts'
import type { CommandSpec } from './frame/command.ts'
import { finishDeploy } from './frame/finish-deploy.ts'
import { open } from './frame/open.ts'
import { offerTest } from './frame/send-test.ts'

export const command: CommandSpec = {
  description:
    'Sets up a stage step by step: region, SendZen key, sender, template, countries and limits. Shows the plan and asks before anything is made. Every question can be answered by a flag, a variable or .env instead.',
  settings: true,
  examples: [
    ['whatsapp-otp init', 'answer the questions'],
    ['whatsapp-otp init --stage prod --countries DE,AT', 'with some answers given'],
    ['whatsapp-otp init --no-input --yes', 'all answers from .env; for scripts'],
  ],
  async run(given) {
    const { output, prompts, tasks, clock, flags, signal } = given
    const [{ askForMissing }, { askStage, openInRegion }, { connectAccount }, { keyOf }] = await Promise.all([
      import('../wizard/ask.ts'),
      import('../wizard/ask-place.ts'),
      import('../stage/providers.ts'),
      import('../stage/sending.ts'),
    ])
    const context = { ...given, target: await askStage(given.target, prompts) }
    const stage = await openInRegion(context, (target) => open({ ...context, target }))
    if (stage.record)
      output.say(`The stage exists since ${stage.record.createdAt}; its settings are the defaults.`)
    const resolved = await askForMissing(stage.resolved, {
      prompts,
      output,
      tasks,
      connect: (settings, given) => connectAccount(settings, { ...given, bounds: stage.aws.bounds }),
      clock,
      signal,
      storedKey: stage.record && (await keyOf(stage)),
    })
    const started = clock.now()
    const { prepareDeploy } = await import('../stage/deploy.ts')
    const answered = { ...stage, resolved }
    const prepared = await tasks.run('Read the stage', () => prepareDeploy(answered))
    await finishDeploy(context, prepared, {
      command: 'init',
      started,
      async confirm() {
        if (flags.yes) return
        const go = await prompts.confirm({ message: 'Do this?', default: true, flag: '--yes' })
        if (!go) throw usageError('DECLINED', 'Nothing was changed', { next: ['whatsapp-otp init'] })
      },
    })
    if (prompts.interactive && !flags.yes) await offerTest(context, answered)
  },
}
