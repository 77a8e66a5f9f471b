// What `pause` and `resume` share: the brake pulled or let go in front of a person.
import { usageError } from '../../errors.ts'
import type { OpenStage } from '../../stage/stage.ts'
import type { BrakeDeed } from '../../users/pause.ts'
import type { Context } from './command.ts'
import { open } from './open.ts'

/** Throws DECLINED, and as the deed does. */
export async function pullBrake(
  context: Context,
  command: string,
  deedFor: (stage: OpenStage) => Promise<BrakeDeed>,
): Promise<void> {
  const { output, tasks, flags, prompts } = context
  const stage = await open(context)
  const [{ pauseWords }, { doIt }] = await Promise.all([
    import('../../core/parameters/brake.ts'),
    import('../../users/deed.ts'),
  ])
  const { before, question, title, done, result, ...deed } = await deedFor(stage)
  const name = stage.target.stage
  if (before) output.say(`Stage ${name} is ${pauseWords(before)}.`)
  if (question) {
    if (!flags.yes && !(await prompts.confirm({ message: question, flag: '--yes' })))
      throw usageError('DECLINED', 'Nothing was changed')
    await tasks.run(title, () => doIt(stage.aws, { title, done, result, ...deed }))
    output.data(`Stage ${name} ${result.paused ? 'is paused' : 'goes on'}`)
  }
  output.say(done)
  output.json({ command, stage: name, ...result })
}
