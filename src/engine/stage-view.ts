// Typed access to what was observed of a stage: the resource itself is the key.
import type { Observed } from './have.ts'
import type { Resource } from './resource.ts'

/** What AWS has of this resource; undefined where it has none, or was not asked. */
export function haveOf<Want, Have>(observed: Observed, resource: Resource<Want, Have>): Have | undefined {
  // Whatever stands under an id was read by the resource of that id, which alone knows its type.
  return observed.have.get(resource.id) as Have | undefined
}
