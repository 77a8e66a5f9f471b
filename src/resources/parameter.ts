// What the two SSM parameters of a stage have in common: reading, making and replacing one with our tags.
import {
  DeleteParameterCommand,
  GetParameterCommand,
  ListTagsForResourceCommand,
  type ParameterType,
  PutParameterCommand,
} from '@aws-sdk/client-ssm'
import type { Aws } from '../aws/clients.ts'
import { ifFound, isAlreadyThere, isConcurrentChange } from '../aws/errors.ts'
import { retryWhile, waitFor } from '../aws/wait.ts'
import { isOurs, tagsOf } from '../names.ts'
import { foreignError } from '../stack/resource.ts'

export interface Parameter {
  text: string
  tags: Record<string, string>
}

/** Undefined when there is none. Secure strings are decrypted. */
export async function readParameter({ ssm }: Pick<Aws, 'ssm'>, Name: string): Promise<Parameter | undefined> {
  const [found, listed] = await Promise.all([
    ifFound(ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))),
    ifFound(ssm.send(new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: Name }))),
  ])
  if (found?.Parameter?.Value === undefined) return undefined
  const tags = (listed?.TagList ?? []).map((tag) => [tag.Key, tag.Value])
  return { text: found.Parameter.Value, tags: Object.fromEntries(tags) }
}

/**
 * Makes the parameter and gives undefined, or gives the one of ours that is there already. Throws
 * FOREIGN_RESOURCE for somebody else's. A name that was just deleted may stay taken for half a minute.
 */
export async function createParameter(
  aws: Aws,
  input: { kind: string; name: string; type: ParameterType; text: string },
): Promise<Parameter | undefined> {
  const { ssm, clock, signal, place } = aws
  const Tags = Object.entries(tagsOf(place.stage)).map(([Key, Value]) => ({ Key, Value }))
  const made = await waitFor({ clock, signal, capMs: 60_000, what: `${input.name} to be free` }, async () => {
    try {
      const { name: Name, type: Type, text: Value } = input
      await ssm.send(new PutParameterCommand({ Name, Type, Value, Tags }))
      return { there: undefined }
    } catch (error) {
      if (!isAlreadyThere(error)) throw error
      const there = await readParameter(aws, input.name)
      return there && { there }
    }
  })
  if (made.there && !isOurs(place.stage, made.there.tags)) throw foreignError(input.kind, input.name)
  return made.there
}

/** Replaces the value. SSM takes no tags together with Overwrite; those that are there stay. */
export async function replaceParameter(
  { ssm, clock, signal }: Aws,
  { name: Name, type: Type, text: Value }: { name: string; type: ParameterType; text: string },
): Promise<void> {
  await retryWhile(isConcurrentChange, { clock, signal, capMs: 30_000, what: `${Name} to be free` }, () =>
    ssm.send(new PutParameterCommand({ Name, Type, Value, Overwrite: true })),
  )
}

export async function removeParameter({ ssm }: Aws, Name: string): Promise<void> {
  await ifFound(ssm.send(new DeleteParameterCommand({ Name })))
}
