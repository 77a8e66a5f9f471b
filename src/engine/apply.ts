// Plays a plan: each step as soon as what it depends on is done, as many at once as AWS's quotas bear.
import type { Aws } from '../aws/clients.ts'
import type { Observed } from './have.ts'
import { fieldsOf, type Plan, type Step } from './plan.ts'
import { refuseBlocked } from './refusal.ts'
import type { AnyResource, Inputs, Refs } from './resource.ts'

export type ApplyEvent =
  | { type: 'start'; step: Step }
  | { type: 'done'; step: Step; ms: number }
  | { type: 'failed'; step: Step; ms: number; error: unknown }

export interface StepResult {
  step: Step
  /** `skipped`: not started, because another step failed or the user cancelled. */
  status: 'done' | 'failed' | 'skipped'
  ms: number
  error?: unknown
}

export interface Applied extends Observed {
  results: StepResult[]
}

export interface ApplyOptions {
  aws: Aws
  resources: readonly AnyResource[]
  plan: Plan
  observed: Observed
  inputs?: Inputs
  emit?: (event: ApplyEvent) => void
  /** Steps at once. Cognito and IAM answer about 10 to 15 control-plane calls a second. */
  concurrency?: number
}

/**
 * Plays creates and updates along `needs`, deletes along `removeAfter`. After a failure or an abort no new
 * step starts and those under way finish, so that the result says exactly what is done. Never throws for a
 * failed step: see `results`. Throws as `refuseBlocked`, before anything is played.
 */
export async function applyPlan(options: ApplyOptions): Promise<Applied> {
  const { aws, resources, plan, emit = () => {}, concurrency = 12 } = options
  refuseBlocked(plan, aws.place.stage)
  const byId = new Map(resources.map((resource) => [resource.id, resource]))
  const have = new Map(options.observed.have)
  const refs: Refs = { ...options.observed.refs }
  const results = new Map<string, StepResult>()
  const waiting = plan.filter((step) => step.action !== 'keep')
  for (const step of plan) if (step.action === 'keep') results.set(step.id, { step, status: 'done', ms: 0 })

  const leaving = new Set(plan.filter(({ action }) => action === 'delete').map(({ id }) => id))
  const coming = new Set(plan.filter(({ action }) => action === 'create').map(({ id }) => id))
  const blockers = (step: Step): readonly string[] => {
    const resource = byId.get(step.id)!
    if (step.action === 'delete') return [...resource.removeAfter, resource.goesWith ?? '']
    // One that goes as soon as this one no longer uses it is not waited for.
    const first = coming.has(step.id) ? (resource.makeAfter ?? []).filter((id) => coming.has(id)) : []
    const needs = resource.needs.filter(
      (id) => !(leaving.has(id) && byId.get(id)?.removeAfter.includes(step.id)),
    )
    return [...needs, ...first]
  }
  const planned = new Set(plan.map((step) => step.id))
  const isReady = (step: Step) => blockers(step).every((id) => results.has(id) || !planned.has(id))

  const running = new Map<string, Promise<void>>()
  let failed = false

  const run = async (step: Step): Promise<void> => {
    const started = aws.clock.now()
    emit({ type: 'start', step })
    try {
      await play(step)
      const ms = aws.clock.now() - started
      results.set(step.id, { step, status: 'done', ms })
      emit({ type: 'done', step, ms })
    } catch (error) {
      failed = true
      const ms = aws.clock.now() - started
      results.set(step.id, { step, status: 'failed', ms, error })
      emit({ type: 'failed', step, ms, error })
    }
    running.delete(step.id)
  }

  const play = async (step: Step): Promise<void> => {
    const resource = byId.get(step.id)!
    if (step.action === 'delete') {
      const goesToo = plan.some((other) => other.id === resource.goesWith && other.action === 'delete')
      if (!goesToo) await resource.remove(aws, have.get(step.id))
      have.delete(step.id)
      return
    }
    const made = await (step.by === 'detach'
      ? resource.detach!.play(aws, have.get(step.id), fieldsOf(step))
      : make(step, resource))
    have.set(step.id, made)
    Object.assign(refs, resource.refs?.(made))
  }

  const make = async (step: Step, resource: AnyResource): Promise<unknown> => {
    // Ids that were unknown when the plan was made are known by now.
    const want = resource.want(options.inputs!, refs)
    if (step.action === 'create') return resource.create(aws, want)
    const known = have.get(step.id)
    const ours = step.by === 'adopt' ? await resource.adopt!(aws, known) : known
    const fields = fieldsOf(step)
    return fields.size > 0 ? resource.update(aws, want, ours, fields) : ours
  }

  while (waiting.length + running.size > 0) {
    if (!failed && !aws.signal?.aborted) {
      for (const step of waiting.filter(isReady)) {
        if (running.size >= concurrency) break
        waiting.splice(waiting.indexOf(step), 1)
        running.set(step.id, run(step))
      }
    }
    if (running.size === 0) break
    await Promise.race(running.values())
  }
  for (const step of waiting) results.set(step.id, { step, status: 'skipped', ms: 0 })
  return { have, refs, results: plan.map((step) => results.get(step.id)!) }
}
