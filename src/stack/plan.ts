// Compares what is wanted with what AWS has. Pure: the plan is data, to be shown, printed and played.
import type { Observed } from './have.ts'
import type { AnyResource, Change, Inputs } from './resource.ts'

export type Action = 'create' | 'update' | 'replace-refused' | 'delete' | 'keep'

export interface Step {
  id: string
  kind: string
  name: string
  action: Action
  fields: Change[]
  /** Why a step is refused. */
  why?: string
}

export type Plan = Step[]

/** The steps that turn what is there into what is wanted. */
export function planDeploy(resources: readonly AnyResource[], inputs: Inputs, observed: Observed): Plan {
  return resources.map((resource): Step => {
    const base = { id: resource.id, kind: resource.kind, name: resource.name }
    const have = observed.have.get(resource.id)
    if (have === undefined) return { ...base, action: 'create', fields: [] }
    if (!resource.isOurs(have))
      return { ...base, action: 'replace-refused', fields: [], why: foreign(resource) }
    const fields = resource.diff(resource.want(inputs, observed.refs), have)
    const blocked = fields.find((field) => field.blocked)
    if (blocked?.blocked) return { ...base, action: 'replace-refused', fields, why: blocked.blocked }
    return { ...base, action: fields.length > 0 ? 'update' : 'keep', fields }
  })
}

/** The steps that remove everything of ours; `keep` names the ids that stay. */
export function planDestroy(
  resources: readonly AnyResource[],
  observed: Observed,
  keep: ReadonlySet<string> = new Set(),
): Plan {
  return resources.flatMap((resource): Step[] => {
    const have = observed.have.get(resource.id)
    if (have === undefined) return []
    const base = { id: resource.id, kind: resource.kind, name: resource.name, fields: [] }
    if (!resource.isOurs(have)) return [{ ...base, action: 'keep', why: foreign(resource) }]
    return [{ ...base, action: keep.has(resource.id) ? 'keep' : 'delete' }]
  })
}

/** True when playing the plan would change something. */
export function hasChanges(plan: Plan): boolean {
  return plan.some((step) => step.action !== 'keep')
}

function foreign(resource: AnyResource): string {
  return `a ${resource.kind} of this name exists that whatsapp-otp did not make for this stage`
}
