// `destroy`: removes a stage after the user typed its name, and reads again to prove that nothing is left.
import { usageError } from '../errors.ts'
import { duration } from '../terminal/layout.ts'
import { showNextSteps } from '../terminal/next-steps.ts'
import { planLines } from '../views/plan-view.ts'
import type { CommandSpec } from './frame/command.ts'
import { confirmDestroy } from './frame/confirm-destroy.ts'
import { open } from './frame/open.ts'

export const command: CommandSpec = {
  description:
    'Lists what will go and how many users with it, asks to type the name of the stage, deletes everything, and reads again to prove that nothing is left. Foreign resources are never touched.',
  options: [
    [
      '--keep-users',
      'keep the user pool and its clients; everything else goes (a pool of your own stays in any case)',
    ],
    ['--lift-protection', 'switch deletion protection off first'],
    ['--take-triggers', 'give a pool its triggers back although a stack looks after them'],
  ],
  examples: [
    ['whatsapp-otp destroy --stage dev', 'remove the stage dev'],
    ['whatsapp-otp destroy --stage dev --yes', 'the same without a question, for CI'],
    ['whatsapp-otp destroy --stage prod --keep-users', 'keep the pool with its users'],
  ],
  async run(context) {
    const { flags, target, output, tasks, clock } = context
    if (flags.yes && !target.stageIsExplicit) {
      throw usageError('STAGE_NOT_NAMED', 'destroy --yes needs --stage', {
        why: 'nothing is removed without a question unless its stage is named',
        next: ['whatsapp-otp destroy --yes --stage dev'],
      })
    }
    const started = clock.now()
    const stage = await open(context, () => import('../stage/teardown.ts'))
    const [{ prepareDestroy, userIds }, { tearDown }] = await Promise.all([
      import('../stage/destroy.ts'),
      import('../stage/teardown.ts'),
    ])
    const options = {
      liftProtection: flags.liftProtection === true,
      takeTriggers: flags.takeTriggers === true,
      ...(flags.keepUsers ? { keep: userIds } : {}),
    }
    const prepared = await tasks.run('Read the stage', () => prepareDestroy(stage, options))
    for (const line of planLines(prepared.plan, output)) output.say(line)
    const talk = { ...tasks, warn: output.warn, confirm: confirmDestroy(context) }
    const torn = await tasks.steps(prepared.plan, () => tearDown(prepared, { started }, talk))
    const { ms, madeAnewBy, ...played } = torn
    const { report } = await import('../stage/report.ts')
    output.json({ ...report({ command: 'destroy', stage, ...played, refs: {}, ms }), madeAnewBy })
    const kept = prepared.borrowed ? 'its app clients' : 'the user pool and its clients'
    const left = `Nothing ${prepared.borrowed ? 'of the stage ' : ''}is left${flags.keepUsers ? ` but ${kept}` : ''}`
    const anew = madeAnewBy && `What was there is gone; ${madeAnewBy} is making the stage anew`
    output.say(`\n${anew ?? left}: read again after ${duration(ms)}`)
    if (!flags.keepUsers || madeAnewBy) return
    const again = `whatsapp-otp deploy --stage ${target.stage}${prepared.borrowed ? ` --user-pool ${prepared.borrowed}` : ''}`
    showNextSteps(output, [[again, 'wires it again for its users']])
  },
}
