// Reads what AWS has, everything in parallel, and changes nothing.
import type { Aws } from '../aws/clients.ts'
import type { AnyResource, Refs } from './resource.ts'

export interface Observed {
  /** By resource id; what does not exist is not in it. */
  have: Map<string, unknown>
  refs: Refs
}

/** Reads every resource; those with `readAfter` wait for the ids they need, all others start at once. */
export async function readStack(aws: Aws, resources: readonly AnyResource[]): Promise<Observed> {
  const have = new Map<string, unknown>()
  const refs: Refs = {}
  const reads = new Map<string, Promise<void>>()
  const byId = new Map(resources.map((resource) => [resource.id, resource]))

  const read = (resource: AnyResource): Promise<void> => {
    const known = reads.get(resource.id)
    if (known) return known
    const started = (async () => {
      await Promise.all(
        (resource.readAfter ?? []).map((id) => byId.get(id)).map((other) => other && read(other)),
      )
      const found = await resource.read(aws, refs)
      if (found === undefined) return
      have.set(resource.id, found)
      if (resource.isOurs(found)) Object.assign(refs, resource.refs?.(found))
    })()
    reads.set(resource.id, started)
    return started
  }

  await Promise.all(resources.map(read))
  return { have, refs }
}
