// `destroy`: removes a stage after the user typed its name, and reads again to prove that nothing is left.
import { usageError } from '../errors.ts'
import { count, duration } from '../terminal/layout.ts'
import { showNextSteps } from '../terminal/next-steps.ts'
import { planLines } from '../views/plan-view.ts'
import type { CommandSpec, Context } from './frame/command.ts'
import { open } from './frame/open.ts'

export const command: CommandSpec = {
  description:
    'Lists what will go and how many users with it, asks to type the name of the stage, deletes everything, and reads again to prove that nothing is left. Foreign resources are never touched.',
  options: [
    ['--keep-users', 'keep the user pool and its clients; everything else goes'],
    ['--lift-protection', 'switch deletion protection off first'],
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
    const stage = await open(context)
    const [{ prepareDestroy, userIds }, { tearDown }] = await Promise.all([
      import('../stage/destroy.ts'),
      import('../stage/teardown.ts'),
    ])
    const options = {
      liftProtection: flags.liftProtection === true,
      ...(flags.keepUsers ? { keep: userIds } : {}),
    }
    const prepared = await tasks.run('Read the stage', () => prepareDestroy(stage, options))
    for (const line of planLines(prepared.plan, output)) output.say(line)
    const ask = ({ users }: { users: number }) => confirm(context, users)
    const talk = { ...tasks, warn: output.warn, confirm: ask }
    const torn = await tasks.steps(prepared.plan, () => tearDown(prepared, { started }, talk))
    const { ms, madeAnewBy, ...played } = torn
    const { report } = await import('../stage/report.ts')
    output.json({ ...report({ command: 'destroy', stage, ...played, refs: {}, ms }), madeAnewBy })
    const left = flags.keepUsers ? 'Nothing is left but the user pool and its clients' : 'Nothing is left'
    const anew = madeAnewBy && `What was there is gone; ${madeAnewBy} is making the stage anew`
    output.say(`\n${anew ?? left}: read again after ${duration(ms)}`)
    if (!flags.keepUsers || madeAnewBy) return
    const again = 'finds the pool again and wires it; its users can sign in'
    showNextSteps(output, [[`whatsapp-otp deploy --stage ${target.stage}`, again]])
  },
}

async function confirm({ flags, prompts, output, target }: Context, users: number): Promise<void> {
  if (users > 0) output.warn(`With the pool go about ${count(users, 'user')} (Cognito's own estimate)`)
  if (flags.yes) return
  await prompts.typeToConfirm({
    message: `Type ${target.stage} to remove it for good`,
    expected: target.stage,
    flag: '--yes --stage <name>',
  })
}
