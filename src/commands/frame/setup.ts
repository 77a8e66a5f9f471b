// What `init` knows as it goes, and how it opens the stage that its questions are about.
import type { Target } from '../../settings/sources.ts'
import type { OpenStage } from '../../stage/stage.ts'
import { age } from '../../terminal/layout.ts'
import type { Answers } from '../../wizard/answers.ts'
import { interviewOf } from '../../wizard/ask.ts'
import type { Drafts } from '../../wizard/drafts.ts'
import type { Interview } from '../../wizard/interview.ts'
import type { Context } from './command.ts'
import { open } from './open.ts'

/** What is known at a step: later ones know more. */
export interface Setup {
  target: Target
  /** Undefined before it is opened. */
  stage?: OpenStage
  interview?: Interview
}

export interface InitRun {
  given: Context
  drafts: Drafts
  /** What was answered, in this run or an earlier one. */
  answers: Answers
  typedKey: { value?: string }
  /** Told when the user has agreed to the plan. */
  begin(): void
}

/** Takes the answers up that were kept for this stage. */
export async function openSetup(
  { given, drafts, answers, typedKey }: InitRun,
  { target }: Setup,
): Promise<Setup> {
  const { output, clock, flags, prompts } = given
  const [{ connectAccount }, { keyOf }, { poolDesk }] = await Promise.all([
    import('../../stage/providers.ts'),
    import('../../stage/sending.ts'),
    import('../../wizard/pools.ts'),
  ])
  const stage = await open({ ...given, target })
  if (stage.record) output.say(`The stage exists since ${stage.record.createdAt}.`)
  const draft = prompts.interactive ? drafts.of(stage.aws.place) : undefined
  const earlier = [...(draft?.answers ?? [])].filter(([id]) => !answers.has(id))
  for (const [id, text] of earlier) answers.set(id, text)
  if (draft && earlier.length > 0)
    output.say(`Your answers of ${age(clock.now() - draft.at)} ago are still here: Enter takes each.`)
  const interview = interviewOf(stage.resolved, {
    ...given,
    connect: (settings, options) => connectAccount(settings, { ...options, bounds: stage.aws.bounds }),
    storedKey: stage.record && (await keyOf(stage)),
    answers,
    typedKey,
    exists: stage.record !== undefined && !flags.yes,
    pools: stage.record ? undefined : poolDesk(stage.aws),
  })
  return { target, stage, interview }
}
