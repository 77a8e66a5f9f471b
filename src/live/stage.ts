// The product's own stage as a part of a run: refused where its name is taken, deployed, signed in to, destroyed.
import { hasChanges, type Plan } from '../engine/plan.ts'
import { usageError } from '../errors.ts'
import { problemsOf, readStatus } from '../insight/status.ts'
import { type Prepared, prepareDeploy } from '../stage/deploy.ts'
import { prepareDestroyIfThere } from '../stage/destroy.ts'
import { type PlayProgress, rollOut } from '../stage/rollout.ts'
import { signInTo } from '../stage/sign-in.ts'
import { callCount, type OpenStage } from '../stage/stage.ts'
import { tearDown } from '../stage/teardown.ts'
import { count, duration } from '../terminal/layout.ts'

/** Throws LIVE_NAME_TAKEN where anything bears a name of this stage, whosever it is. Changes nothing. */
export async function refuseTaken(stage: OpenStage, { toDeploy }: { toDeploy: boolean }): Promise<void> {
  const own = await prepareDestroyIfThere(stage)
  if (own || stage.recordHave) throw taken(stage, own?.plan ?? [])
  if (toDeploy) await prepareFresh(stage)
}

/** Everything is to be made anew: what is there already belongs to somebody. */
async function prepareFresh(stage: OpenStage): Promise<Prepared> {
  const prepared = await prepareDeploy(stage)
  const there = prepared.plan.filter(({ action }) => action !== 'create')
  if (there.length > 0) throw taken(stage, there)
  return prepared
}

function taken({ target }: OpenStage, there: Plan) {
  const names = there.map(({ name }) => name)
  return usageError('LIVE_NAME_TAKEN', `There is something of the name «${target.stage}» already`, {
    why: names.length > 0 ? names.slice(0, 3).join(', ') : 'its record is there',
    next: ['run the same command again: it takes another name each time'],
  })
}

export interface StageTalk extends PlayProgress {
  /** Asked for the code that was sent; absent where nobody can type it. */
  answer?: ((parameters: Record<string, string>) => Promise<string>) | undefined
}

/** Deploys, with the check at the end. `begins` is called once it is certain that nothing there is anybody else's. */
export async function deployStage(
  stage: OpenStage,
  talk: PlayProgress,
  { begins, did }: { begins: () => void; did: (what: string) => void },
): Promise<void> {
  const { clock } = stage.aws
  const prepared = await prepareFresh(stage)
  begins()
  const { plan, ms } = await rollOut(prepared, { started: clock.now() }, talk)
  did(
    `deployed ${plan.length} resources in ${duration(ms)}, ${callCount(stage)} calls; the check at its end passed`,
  )
}

/** Looks at it as `status` does, and signs in. `stage` is opened anew after the deploy. */
export async function signInToStage(
  stage: OpenStage,
  phone: string | undefined,
  talk: StageTalk,
  did: (what: string) => void,
): Promise<void> {
  const status = await talk.run('Look at the stage', () => readStatus(stage))
  const problems = problemsOf(status)
  const drift = status.plan.filter((step) => hasChanges([step])).length
  did(
    problems.length + drift === 0
      ? 'read again, it is as it was deployed'
      : `read again: ${[...problems, ...(drift > 0 ? [`${drift} differ from the deploy`] : [])].join('; ')}`,
  )
  const { answer } = talk
  if (!phone || !answer) return
  let asked = 0
  const { provenIn } = await signInTo(
    stage,
    { phone, mayCreate: true },
    {
      ...talk,
      signedUp: (created) => did(created ? 'signed a user up' : 'found the user'),
      answer(parameters) {
        asked++
        did(`a challenge with the status «${parameters.status}» by ${parameters.channel}`)
        return answer(parameters)
      },
    },
  )
  did(
    `signed in after ${count(asked, 'answer')}; the first tokens say phone_number_verified ${provenIn === 'first-tokens'}`,
  )
}

/** Removes the stage to its proof. Gives what proves it; undefined where there was nothing. Throws LEFTOVERS. */
export async function removeStage(stage: OpenStage, talk: PlayProgress): Promise<string | undefined> {
  const prepared = await prepareDestroyIfThere(stage)
  if (!prepared) return undefined
  const { results, ms } = await tearDown(prepared, { started: stage.aws.clock.now() }, talk)
  return `the stage: ${results.length} steps in ${duration(ms)}, read again and found empty`
}
