// What must not be played: one error for the plan that is shown, the plan that is played, and the lone `create`.
import type { Aws } from '../aws/clients.ts'
import { AppError } from '../errors.ts'
import { compare, fieldsOf, type Plan, refusedAsForeign, type Step } from './plan.ts'
import type { Resource } from './resource.ts'

/**
 * Throws when the plan holds a step that must not be played: FOREIGN_RESOURCE for what somebody else made,
 * REPLACE_REFUSED for what AWS cannot change in place.
 */
export function refuseBlocked(plan: Plan, stage: string): void {
  const refused = plan.filter((step) => step.action === 'replace-refused')
  const [first] = refused
  if (!first) return
  const { kind, name, fields, why } = first
  const isForeign = fields.length === 0
  const back = `set ${fields.map(({ field }) => field).join(', ')} back, or make a new stage beside ${stage}`
  throw new AppError(isForeign ? 'FOREIGN_RESOURCE' : 'REPLACE_REFUSED', `${kind} ${name} stays as it is`, {
    why: `${why}${refused.length > 1 ? `; the same goes for ${refused.length - 1} more` : ''}`,
    next: isForeign
      ? [
          `choose another stage name, or remove that ${kind} yourself`,
          `whatsapp-otp deploy --stage ${stage} --adopt   takes it over, after showing what that changes`,
        ]
      : [...(fields.find(({ blocked }) => blocked)?.next ?? [back])],
  })
}

type Known<Want, Have> = Pick<Resource<Want, Have>, 'id' | 'kind' | 'name' | 'isOurs' | 'diff' | 'update'>

/**
 * For a `create` that meets one of its name, which no plan has seen: one of ours, from a run that was cut off or
 * from another one beside this, becomes as wanted. Throws as `refuseBlocked` for all others.
 */
export async function finish<Want, Have>(
  resource: Known<Want, Have>,
  aws: Aws,
  want: Want,
  have: Have,
): Promise<Have> {
  const step: Step = resource.isOurs(have) ? compare(resource, want, have) : refusedAsForeign(resource)
  refuseBlocked([step], aws.place.stage)
  return step.action === 'keep' ? have : resource.update(aws, want, have, fieldsOf(step))
}
