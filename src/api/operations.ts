// The operations of the programmatic API: the use cases of the commands, with options in and plain results out.
import { usageError } from '../errors.ts'
import { problemsOf, readStatus } from '../insight/status.ts'
import { onlyFunction } from '../settings/flag-values.ts'
import { prepareDeploy } from '../stage/deploy.ts'
import { prepareDestroy, userIds } from '../stage/destroy.ts'
import { outputsOf } from '../stage/outputs.ts'
import { requireRecord } from '../stage/recorded.ts'
import { rollOut } from '../stage/rollout.ts'
import { tearDown } from '../stage/teardown.ts'
import type { DeployOptions, DestroyOptions, PlanOptions, StageOptions } from './options.ts'
import type { Deployment, Played, StageOutputs, StagePlan, StageStatus } from './results.ts'
import { inStage, type Session } from './session.ts'
import { placeOf, planOf, playedOf, stepOf } from './shapes.ts'

export function planStage(options: PlanOptions): Promise<StagePlan> {
  return inStage(options, async (session) => planOf(session.stage, (await prepare(session, options)).plan))
}

export function deployStage(options: DeployOptions): Promise<Deployment> {
  return inStage(options, async (session) => {
    const { stage, progress, tell, started } = session
    const prepared = await prepare(session, options)
    const { verify = true, confirm } = options
    const rollout = await rollOut(
      prepared,
      { started, verify },
      {
        ...progress,
        planned: (plan) => tell({ type: 'plan', plan: planOf(stage, plan) }),
        async confirm(plan) {
          if (confirm && !(await confirm(planOf(stage, plan)))) throw declined()
        },
      },
    )
    return {
      ...playedOf(stage, rollout),
      outputs: outputsOf(stage.aws.place, rollout.refs, stage.aws.endpoint),
    }
  })
}

export function destroyStage(options: DestroyOptions): Promise<Played> {
  return inStage(options, async ({ stage, progress, tell, started }) => {
    const { keepUsers = false, liftProtection = false, takeTriggers = false, confirm } = options
    const wanted = { liftProtection, takeTriggers, ...(keepUsers ? { keep: userIds } : {}) }
    const prepared = await progress.run('Read the stage', () => prepareDestroy(stage, wanted))
    const plan = planOf(stage, prepared.plan)
    tell({ type: 'plan', plan })
    const teardown = await tearDown(
      prepared,
      { started },
      {
        ...progress,
        async confirm({ users }) {
          if (confirm && !(await confirm(plan, users))) throw declined()
        },
      },
    )
    return playedOf(stage, teardown)
  })
}

export function statusOf(options: StageOptions): Promise<StageStatus> {
  return inStage(options, async ({ stage, progress }) => {
    const record = requireRecord(stage)
    const status = await progress.run('Read the stage', () => readStatus(stage, { askProvider: true }))
    const problems = problemsOf(status)
    const { plan, refs, wiring, checks, pause, testNumbers, users, odds, spending, activity, activityWhy } =
      status
    return {
      ...placeOf(stage),
      version: record.toolVersion,
      createdAt: record.createdAt,
      healthy: problems.length === 0,
      problems,
      judgement: status.problems,
      resources: plan.map(stepOf),
      triggers: wiring,
      checks,
      sending: status.sending.map(({ ms: _, ...finding }) => finding),
      ...(pause ? { paused: pause } : {}),
      testNumbers,
      users,
      guessing: odds,
      spending,
      lastDay: activity ?? { unknown: activityWhy },
      ...(status.alarms ? { alarms: status.alarms } : {}),
      outputs: outputsOf(stage.aws.place, refs, stage.aws.endpoint),
    }
  })
}

export function outputsOfStage(options: StageOptions): Promise<StageOutputs> {
  return inStage(options, async ({ stage }) =>
    outputsOf(stage.aws.place, requireRecord(stage), stage.aws.endpoint),
  )
}

function prepare(
  { stage, progress }: Session,
  { function: trigger, adopt = false, takeTriggers = false }: PlanOptions,
) {
  return progress.run('Read the stage', () =>
    prepareDeploy(stage, {
      only: onlyFunction(trigger),
      adopt: adopt ? 'all' : undefined,
      takeTriggers,
    }),
  )
}

function declined() {
  return usageError('DECLINED', 'Nothing was changed', { why: 'the plan was not confirmed' })
}
