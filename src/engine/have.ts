// Reads what AWS has, everything in parallel, and changes nothing.
import type { Aws } from '../aws/clients.ts'
import type { AnyResource, Refs } from './resource.ts'

export interface Observed {
  /** By resource id; what does not exist is not in it. */
  have: Map<string, unknown>
  refs: Refs
}

export interface ReadOptions {
  /** What was read a moment ago, by resource id; undefined for what was not there. */
  known?: ReadonlyMap<string, unknown>
  /** Ids of what is not ours yet, and is read as if it were. */
  adopt?: ReadonlySet<string>
}

/**
 * Reads every resource; those with `readAfter` wait for the ids they need, parts for the whole without which
 * there is none of them. All others start at once.
 */
export async function readStack(
  aws: Aws,
  resources: readonly AnyResource[],
  { known = new Map(), adopt = new Set() }: ReadOptions = {},
): Promise<Observed> {
  const have = new Map<string, unknown>()
  const refs: Refs = {}
  const reads = new Map<string, Promise<void>>()
  const byId = new Map(resources.map((resource) => [resource.id, resource]))

  const read = (resource: AnyResource): Promise<void> => {
    const running = reads.get(resource.id)
    if (running) return running
    const started = (async () => {
      const { id, partOf } = resource
      const looked = known.has(id) ? undefined : resource.look?.(aws)
      // Whoever reads it hears of it.
      looked?.catch(() => {})
      const before = [...(resource.readAfter ?? []), ...(partOf ? [partOf] : [])]
      await Promise.all(before.map((other) => byId.get(other)).map((other) => other && read(other)))
      if (partOf && byId.has(partOf) && !have.has(partOf)) return
      const found = known.has(id) ? known.get(id) : await resource.read(aws, refs, looked)
      if (found === undefined) return
      have.set(id, found)
      if (resource.isOurs(found) || adopt.has(id)) Object.assign(refs, resource.refs?.(found))
    })()
    reads.set(resource.id, started)
    return started
  }

  await Promise.all(resources.map(read))
  return { have, refs }
}
