// What the two SSM parameters of a stage have in common: reading, making and replacing one with our tags.
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  GetParameterCommand,
  ListTagsForResourceCommand,
  type ParameterType,
  PutParameterCommand,
} from '@aws-sdk/client-ssm'
import type { Aws } from '../aws/clients.ts'
import { ifFound, isAlreadyThere, isConcurrentChange } from '../aws/errors.ts'
import { retryWhile, waitFor } from '../aws/wait.ts'
import type { Permission } from '../engine/resource.ts'
import { arns, isOurs, type Place, tagsOf } from '../names.ts'

type Ssm = Pick<Aws, 'ssm' | 'place'>

export interface Parameter<T> {
  /** Undefined for what is not written in our form. */
  content: T | undefined
  isOurs: boolean
}

/** Undefined when there is none. Secure strings are decrypted. */
export async function readText({ ssm }: Pick<Aws, 'ssm'>, Name: string): Promise<string | undefined> {
  const found = await ifFound(ssm.send(new GetParameterCommand({ Name, WithDecryption: true })))
  return found?.Parameter?.Value
}

/** Reads and understands one; `parse` gives undefined for what is not in our form, which proves it ours. */
export async function readParameter<T>(
  aws: Ssm,
  name: string,
  parse: (text: string) => T | undefined,
): Promise<Parameter<T> | undefined> {
  const text = await readText(aws, name)
  if (text === undefined) return undefined
  const content = parse(text)
  return { content, isOurs: content !== undefined || (await hasOurTags(aws, name)) }
}

/** For a content that proves nothing. */
export async function hasOurTags({ ssm, place }: Ssm, name: string): Promise<boolean> {
  const listed = await ifFound(
    ssm.send(new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: name })),
  )
  const tags = (listed?.TagList ?? []).map((tag) => [tag.Key, tag.Value])
  return isOurs(place.stage, Object.fromEntries(tags))
}

/**
 * Makes the parameter and gives undefined, or gives what `read` says of the one that is there already, whoever made
 * it. A name that was just deleted may stay taken for half a minute.
 */
export async function createParameter<Have>(
  aws: Aws,
  input: { name: string; type: ParameterType; text: string },
  read: () => Promise<Have | undefined>,
): Promise<Have | undefined> {
  const { ssm, clock, signal, place } = aws
  const Tags = tagList(place)
  const made = await waitFor({ clock, signal, capMs: 60_000, what: `${input.name} to be free` }, async () => {
    try {
      const { name: Name, type: Type, text: Value } = input
      await ssm.send(new PutParameterCommand({ Name, Type, Value, Tags }))
      return { there: undefined }
    } catch (error) {
      if (!isAlreadyThere(error)) throw error
      const there = await read()
      return there && { there }
    }
  })
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

export async function tagParameter({ ssm, place }: Ssm, ResourceId: string): Promise<void> {
  await ssm.send(
    new AddTagsToResourceCommand({ ResourceType: 'Parameter', ResourceId, Tags: tagList(place) }),
  )
}

const tagList = ({ stage }: Place) => Object.entries(tagsOf(stage)).map(([Key, Value]) => ({ Key, Value }))

/** The key of a SecureString is AWS's own, which takes no permission. */
export function parameterPermissions(place: Place, name: string): Permission[] {
  return [
    {
      actions: [
        'ssm:GetParameter',
        'ssm:PutParameter',
        'ssm:AddTagsToResource',
        'ssm:ListTagsForResource',
        'ssm:DeleteParameter',
      ],
      on: [arns.parameter(place, name)],
    },
  ]
}

export async function removeParameter({ ssm }: Aws, Name: string): Promise<void> {
  await ifFound(ssm.send(new DeleteParameterCommand({ Name })))
}
