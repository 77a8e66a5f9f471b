// Compares what is wanted with what AWS has. Pure: the plan is data, to be shown, printed and played.
import type { Observed } from './have.ts'
import type { AnyResource, Change, Danger, Inputs, Resource } from './resource.ts'

export type Action = 'create' | 'update' | 'replace-refused' | 'delete' | 'keep'

export interface Step {
  id: string
  kind: string
  name: string
  action: Action
  fields: Change[]
  /** Why a step is refused. */
  why?: string
  /**
   * `adopt`: an update of somebody else's; `detach`: of what stays when the rest of the stage goes; `move`: made of
   * what an older version kept elsewhere, so that nothing is missing yet.
   */
  by?: 'adopt' | 'detach' | 'move'
  /** What of others stays there, whatever the step does. */
  dangers?: Danger[]
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
  const former = (id: string | undefined) =>
    observed.have.has(id ?? '') ? resources.find((resource) => resource.id === id) : undefined
  return resources.flatMap((resource): Step[] => {
    const { id, kind, name, isRetired, isBorrowed } = resource
    const have = observed.have.get(id)
    if ((isRetired || isBorrowed) && have === undefined) return []
    const foreign = owner(resource)
    if (resource.isWanted?.(inputs.settings) === false) {
      return have === undefined || foreign ? [] : [{ id, kind, name, action: 'delete', fields: [] }]
    }
    const isTaken = foreign?.adopt !== undefined && adopt.has(foreign.id)
    if (foreign && !isTaken) return [refusedAsForeign(resource, foreign.kind)]
    if (have === undefined)
      return [made({ id, kind, name, action: 'create', fields: [] }, former(resource.movesFrom))]
    const step = compare(resource, resource.want(inputs, observed.refs), have)
    if (isRetired && !step.why) return [{ ...step, action: 'delete' }]
    return [withDangers(foreign === resource ? takenOver(step, inputs) : step, resource.dangers?.(have))]
  })
}

function withDangers(step: Step, dangers: Danger[] = []): Step {
  return dangers.length > 0 ? { ...step, dangers } : step
}

/** Those of all steps that no stage is well with. */
export function graveDangers(plan: Plan): { step: Step; danger: Danger }[] {
  return plan.flatMap((step) => {
    const grave = (step.dangers ?? []).filter(({ isGrave }) => isGrave)
    return grave.map((danger) => ({ step, danger }))
  })
}

/** The step of one that is made, of what stands in `former` where there is that. */
function made(step: Step, former: AnyResource | undefined): Step {
  if (!former) return step
  return { ...step, fields: [{ field: 'content', to: `(as in ${former.name})` }], by: 'move' }
}

type Compared<Want, Have> = Pick<Resource<Want, Have>, 'id' | 'kind' | 'name' | 'diff'>

/** The step of one that is there and may be changed. */
export function compare<Want, Have>(resource: Compared<Want, Have>, want: Want, have: Have): Step {
  const { id, kind, name } = resource
  const fields = resource.diff(want, have)
  const why = fields.find((field) => field.blocked)?.blocked
  if (why) return { id, kind, name, action: 'replace-refused', fields, why }
  return { id, kind, name, action: fields.length > 0 ? 'update' : 'keep', fields }
}

/** The step of one that somebody else made; the only refusal that names no field. */
export function refusedAsForeign(
  { id, kind, name }: Pick<AnyResource, 'id' | 'kind' | 'name'>,
  ofKind: string = kind,
): Step {
  return { id, kind, name, action: 'replace-refused', fields: [], why: foreignWords(ofKind) }
}

/** Why a resource of somebody else's is left alone. */
function foreignWords(kind: string): string {
  return `a ${kind.replaceAll('-', ' ')} of this name exists that whatsapp-otp did not make for this stage`
}

const ownerField = 'owner'

/** The same step, with the change of the owner before all others. */
function takenOver(step: Step, { place }: Inputs): Step {
  const owner = { field: ownerField, from: 'somebody else', to: `whatsapp-otp, stage ${place.stage}` }
  const fields = [owner, ...step.fields]
  return step.why ? { ...step, fields } : { ...step, action: 'update', fields, by: 'adopt' }
}

/** The names of the fields that a resource is to change. The owner is none of them: `adopt` changes that. */
export function fieldsOf({ fields, by }: Step): ReadonlySet<string> {
  const own = by === 'adopt' ? fields.filter(({ field }) => field !== ownerField) : fields
  return new Set(own.map(({ field }) => field))
}

/** The steps that remove everything of ours; `keep` names the ids that stay. */
export function planDestroy(
  resources: readonly AnyResource[],
  observed: Observed,
  keep: ReadonlySet<string> = new Set(),
): Plan {
  const owner = findForeignOwner(resources, observed)
  return resources.flatMap((resource): Step[] => {
    const { id, kind, name, isBorrowed, goesWith = '' } = resource
    const base = { id, kind, name, fields: [] }
    const have = observed.have.get(id)
    // What goes with another is not looked for: AWS removes it, or has none.
    const isPart = observed.have.has(goesWith) && (!keep.has(goesWith) || keep.has(id))
    if (have === undefined && !isPart) return []
    const foreign = owner(resource)
    if (foreign) return [{ ...base, action: 'keep', why: foreignWords(foreign.kind) }]
    if (!keep.has(id) && !isBorrowed) return [{ ...base, action: 'delete' }]
    const fields = (have !== undefined && resource.detach?.diff(have)) || []
    const step: Step =
      fields.length > 0 ? { ...base, action: 'update', fields, by: 'detach' } : { ...base, action: 'keep' }
    return [withDangers(step, have === undefined ? [] : resource.detach?.dangers?.(have))]
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
