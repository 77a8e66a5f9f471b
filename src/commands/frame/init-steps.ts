// The steps of `init`, which a person can walk back: the place, the questions, and the deploy behind the last of them.
import { usageError } from '../../errors.ts'
import { questions } from '../../wizard/ask.ts'
import { askProfile, askRegion, askStage, type PlaceBefore } from '../../wizard/ask-place.ts'
import type { Step } from '../../wizard/walk.ts'
import type { Context } from './command.ts'
import { finishDeploy } from './finish-deploy.ts'
import { type InitRun, openSetup, type Setup } from './setup.ts'

export function initSteps(run: InitRun): Step<Setup>[] {
  const { given, drafts } = run
  const { prompts, sources, output } = given
  const before: PlaceBefore = { ...drafts.latest }
  const noting =
    (ask: typeof askStage): Step<Setup> =>
    async ({ target }, asking) => {
      const asked = await ask({ target, sources, output }, asking, before)
      const { stage, profile, region } = asked
      Object.assign(before, { stage }, profile ? { profile } : {}, region ? { region } : {})
      return { target: asked }
    }
  const asking = questions.map(
    (ask): Step<Setup> =>
      async (setup, prompts) => ({ ...setup, interview: await ask(setup.interview!, prompts) }),
  )
  return [
    ...[askStage, askProfile, askRegion].map(noting),
    (setup) => openSetup(run, setup),
    ...(prompts.interactive ? asking : []),
    (setup, prompts) => deploy(run, setup, prompts),
  ]
}

async function deploy(
  { given, begin }: InitRun,
  { target, stage, interview }: Setup,
  prompts: Context['prompts'],
): Promise<Setup> {
  const { tasks, flags, clock } = given
  const { prepareDeploy } = await import('../../stage/deploy.ts')
  const answered = { ...stage!, resolved: interview!.resolved }
  const started = clock.now()
  const options = { takeTriggers: flags.takeTriggers === true }
  const prepared = await tasks.run('Read the stage', () => prepareDeploy(answered, options))
  await finishDeploy({ ...given, target, prompts }, prepared, {
    command: 'init',
    started,
    async confirm() {
      const go = flags.yes || (await prompts.confirm({ message: 'Do this?', default: true, flag: '--yes' }))
      if (!go) throw usageError('DECLINED', 'Nothing was changed', { next: ['whatsapp-otp init'] })
      begin()
    },
  })
  return { target, stage: answered }
}
