// Compares what is wanted with what AWS has. Pure: the plan is data, to be shown, printed and played.
import { AppError } from '../errors.ts'
import type { Observed } from './have.ts'
import { type AnyResource, type Change, foreignWords, type Inputs } from './resource.ts'

export type Action = 'create' | 'update' | 'replace-refused' | 'delete' | 'keep'

export interface Step {
  id: string
  kind: string
  name: string
  action: Action
  fields: Change[]
  /** Why a step is refused. */
  why?: string
  /** `adopt`: an update of somebody else's; `detach`: of what stays when the rest of the stage goes. */
  by?: 'adopt' | 'detach'
}

export type Plan = Step[]

/** The steps that turn what is there into what is wanted; `adopt` names the ids that may be taken over. */
export function planDeploy(
  resources: readonly AnyResource[],
  inputs: Inputs,
  observed: Observed,
  adopt: ReadonlySet<string> = new Set(),
): Plan {
  const owner = findForeignOwner(resources, observed)
  return resources.map((resource): Step => {
    const base = { id: resource.id, kind: resource.kind, name: resource.name }
    const have = observed.have.get(resource.id)
    const foreign = owner(resource)
    const isTaken = foreign !== undefined && foreign.adopt !== undefined && adopt.has(foreign.id)
    if (foreign && !isTaken) {
      return { ...base, action: 'replace-refused', fields: [], why: foreignWords(foreign.kind) }
    }
    if (have === undefined) return { ...base, action: 'create', fields: [] }
    const diff = resource.diff(resource.want(inputs, observed.refs), have)
    const fields = foreign === resource ? [newOwner(inputs), ...diff] : diff
    const blocked = fields.find((field) => field.blocked)
    if (blocked?.blocked) return { ...base, action: 'replace-refused', fields, why: blocked.blocked }
    if (foreign === resource) return { ...base, action: 'update', fields, by: 'adopt' }
    return { ...base, action: fields.length > 0 ? 'update' : 'keep', fields }
  })
}

const newOwner = ({ place }: Inputs): Change => ({
  field: 'owner',
  from: 'somebody else',
  to: `whatsapp-otp, stage ${place.stage}`,
})

/** The steps that remove everything of ours; `keep` names the ids that stay. */
export function planDestroy(
  resources: readonly AnyResource[],
  observed: Observed,
  keep: ReadonlySet<string> = new Set(),
): Plan {
  const owner = findForeignOwner(resources, observed)
  return resources.flatMap((resource): Step[] => {
    const { id, kind, name, goesWith = '' } = resource
    const base = { id, kind, name, fields: [] }
    const have = observed.have.get(id)
    // What goes with another is not looked for: AWS removes it, or has none.
    const isPart = observed.have.has(goesWith) && (!keep.has(goesWith) || keep.has(id))
    if (have === undefined && !isPart) return []
    const foreign = owner(resource)
    if (foreign) return [{ ...base, action: 'keep', why: foreignWords(foreign.kind) }]
    if (!keep.has(id)) return [{ ...base, action: 'delete' }]
    const fields = (have !== undefined && resource.detach?.diff(have)) || []
    return [
      fields.length > 0 ? { ...base, action: 'update', fields, by: 'detach' } : { ...base, action: 'keep' },
    ]
  })
}

/** True when playing the plan would change something. */
export function hasChanges(plan: Plan): boolean {
  return plan.some((step) => step.action !== 'keep')
}

/** True for what differs only because something else is missing: making that again puts it right too. */
export function isConsequence({ action, fields }: Step): boolean {
  return action === 'update' && fields.length > 0 && fields.every(({ to }) => to === '(known after apply)')
}

/** Throws when the plan holds a step that must not be played. */
export function assertPlayable(plan: Plan): void {
  const refused = plan.find((step) => step.action === 'replace-refused')
  if (!refused) return
  throw new AppError('PLAN_REFUSED', `The ${refused.kind} ${refused.name} stays as it is`, {
    ...(refused.why ? { why: refused.why } : {}),
    next: ['whatsapp-otp plan   shows every step that is refused, and why'],
  })
}

/** Finds the resource that makes this one somebody else's: itself, or what it is a part of. */
function findForeignOwner(resources: readonly AnyResource[], observed: Observed) {
  const byId = new Map(resources.map((resource) => [resource.id, resource]))
  const find = (resource: AnyResource): AnyResource | undefined => {
    const have = observed.have.get(resource.id)
    if (have !== undefined && !resource.isOurs(have)) return resource
    const parent = byId.get(resource.partOf ?? '')
    return parent && find(parent)
  }
  return find
}
