// `init`: the wizard. Asks what is still unknown, shows the plan, and then does what deploy does.
import { AppError, cancelled } from '../errors.ts'
import type { CommandSpec } from './frame/command.ts'
import { offerTest } from './frame/send-test.ts'
import type { Setup } from './frame/setup.ts'

export const command: CommandSpec = {
  description:
    'Sets up a stage step by step: region, user pool, SendZen key, sender, template, countries and limits; of a stage that exists it changes what you pick. Escape goes one question back. Shows the plan and asks before anything is made. Left early, it keeps the answers but for the key on this computer for the next time. Every question can be answered by a flag, a variable or .env instead.',
  options: [['--take-triggers', 'as for deploy']],
  settings: true,
  examples: [
    ['whatsapp-otp init', 'answer the questions'],
    ['whatsapp-otp init --stage prod --countries DE,AT', 'with some answers given'],
    ['whatsapp-otp init --no-input --yes', 'all answers from .env; for scripts'],
  ],
  async run(given) {
    const { output, prompts, clock, flags, signal, io, target } = given
    const [{ initSteps }, { openDrafts }, { walk }] = await Promise.all([
      import('./frame/init-steps.ts'),
      import('../wizard/drafts.ts'),
      import('../wizard/walk.ts'),
    ])
    const drafts = await openDrafts(io.env, clock)
    const answers = new Map()
    let kept = drafts.latest !== undefined
    let begun = false
    const begin = () => {
      begun = true
    }
    if (prompts.interactive)
      output.say(output.theme.paint.dim('Esc: one question back · Ctrl-C: answers are kept'))
    const answered = async ({ stage, target: { profile } }: Setup) => {
      if (stage) kept = await drafts.keep({ ...stage.aws.place, profile }, answers)
    }
    const steps = initSteps({ given, drafts, answers, typedKey: {}, begin })
    const done = await walk(steps, { target }, { prompts, answered }).catch((error) => {
      const isLeft = signal.aborted || (error instanceof AppError && error.code === 'CANCELLED')
      if (!isLeft || begun) throw error
      throw cancelled(`nothing was made in AWS${kept ? '; your answers are kept, the key is not' : ''}`, [
        `whatsapp-otp init   ${kept ? 'offers them again' : 'begins anew'}`,
      ])
    })
    if (!done.stage) return
    await drafts.drop(done.stage.aws.place)
    if (prompts.interactive && !flags.yes) await offerTest({ ...given, target: done.target }, done.stage)
  },
}
