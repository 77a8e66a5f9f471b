// What the SSM parameters of a stage have in common: reading, making and replacing one with our tags.
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersCommand,
  ListTagsForResourceCommand,
  type ParameterType,
  PutParameterCommand,
} from '@aws-sdk/client-ssm'
import type { Aws } from '../aws/clients.ts'
import { ifFound, isAlreadyThere, isConcurrentChange } from '../aws/errors.ts'
import { ungated } from '../aws/gate.ts'
import { retryWhile, waitFor } from '../aws/wait.ts'
import { finish } from '../engine/refusal.ts'
import type { Permission, Resource } from '../engine/resource.ts'
import { arns, isOurs, type Place, tagsOf, triggerNames } from '../names.ts'

type Ssm = Pick<Aws, 'ssm'> & { place: Pick<Place, 'stage'> }

/** Undefined when there is none. Secure strings are decrypted. */
export async function readText({ ssm }: Pick<Aws, 'ssm'>, Name: string): Promise<string | undefined> {
  const found = await ifFound(ssm.send(new GetParameterCommand({ Name, WithDecryption: true })))
  return found?.Parameter?.Value
}

/** Contents by name; what does not exist is not among them. Secure strings are decrypted. */
export type Texts = ReadonlyMap<string, string>

/** Gives at least those of `Names` that exist. */
export type ReadTexts = (aws: Pick<Aws, 'ssm'>, Names: string[]) => Promise<Texts>

/** Up to ten of them with one call. */
export const readTexts: ReadTexts = async ({ ssm }, Names) => {
  const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names, WithDecryption: true }))
  return new Map(Parameters.map(({ Name = '', Value = '' }) => [Name, Value]))
}

/** When each of up to ten was last written, in epoch milliseconds; what does not exist is not among them. */
export async function readTimes({ ssm }: Pick<Aws, 'ssm'>, Names: string[]): Promise<Map<string, number>> {
  const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names }))
  return new Map(
    Parameters.map(({ Name = '', LastModifiedDate }) => [Name, LastModifiedDate?.getTime() ?? 0]),
  )
}

export interface ParameterHave<T> {
  /** Undefined when it cannot be read. */
  document: T | undefined
  isOurs: boolean
}

/**
 * One of what was read; undefined where it is not there. `parse` gives undefined for what is not in our form. A
 * document that `proves` it is ours; of anything else the tags tell.
 */
export async function haveIn<T>(
  aws: Ssm,
  texts: Texts,
  name: string,
  parse: (text: string) => T | undefined,
  proves: (document: T) => boolean = () => true,
): Promise<ParameterHave<T> | undefined> {
  const text = texts.get(name)
  if (text === undefined) return undefined
  const document = parse(text)
  const isProven = document !== undefined && proves(document)
  return { document, isOurs: isProven || (await hasOurTags(aws, name)) }
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

/**
 * Replaces the value. SSM takes no tags together with Overwrite; those that are there stay. `unheld`: also while
 * somebody else holds the stage, or nobody.
 */
export async function replaceParameter(
  { ssm, clock, signal }: Aws,
  { name: Name, type: Type, text: Value }: { name: string; type: ParameterType; text: string },
  { unheld = false } = {},
): Promise<void> {
  const allow: typeof ungated = unheld ? ungated : (command) => command
  await retryWhile(isConcurrentChange, { clock, signal, capMs: 30_000, what: `${Name} to be free` }, () =>
    ssm.send(allow(new PutParameterCommand({ Name, Type, Value, Overwrite: true }))),
  )
}

export async function tagParameter({ ssm, place }: Ssm, ResourceId: string): Promise<void> {
  await ssm.send(
    new AddTagsToResourceCommand({ ResourceType: 'Parameter', ResourceId, Tags: tagList(place) }),
  )
}

/** What a deploy makes with nothing in it but the stage, and what others write into and every deploy keeps. */
export function stageDocument<Document extends { stage: string; [unknown: string]: unknown }>(
  place: Place,
  of: {
    /** The id too: there is one of each. */
    kind: string
    name: string
    parse: (text: string) => Document | undefined
    /** What one says that was just made. */
    empty: string
  },
  readAll: ReadTexts,
): Resource<{ stage: string }, ParameterHave<Document>> {
  const { stage } = place
  const { kind, name, parse, empty } = of
  const type = 'String' as const
  const read = async (aws: Aws, readIn = readTexts): Promise<ParameterHave<Document> | undefined> =>
    haveIn(aws, await readIn(aws, [name]), name, parse, (document) => document.stage === stage)

  const self: Resource<{ stage: string }, ParameterHave<Document>> = {
    kind,
    id: kind,
    name,
    needs: [],
    removeAfter: triggerNames.map((trigger) => `function:${trigger}`),
    permissions: functionParameterPermissions(place, name),

    want: () => ({ stage }),
    read: (aws) => read(aws, readAll),
    isOurs: (have) => have.isOurs,
    diff: (_, { document }) =>
      document?.stage === stage ? [] : [{ field: 'content', from: '(unreadable)', to: empty }],

    async create(aws, want) {
      const text = JSON.stringify(want)
      const there = await createParameter(aws, { name, type, text }, () => read(aws))
      return there ? finish(self, aws, want, there) : { document: want as Document, isOurs: true }
    },

    async adopt(aws, have) {
      await tagParameter(aws, name)
      return { ...have, isOurs: true }
    },

    async update(aws, want, have) {
      const document = { ...have.document, ...want } as Document
      await replaceParameter(aws, { name, type, text: JSON.stringify(document) })
      return { ...have, document }
    },

    remove: (aws) => removeParameter(aws, name),
  }
  return self
}

const tagList = ({ stage }: Pick<Place, 'stage'>) =>
  Object.entries(tagsOf(stage)).map(([Key, Value]) => ({ Key, Value }))

const permissions = [
  'ssm:PutParameter',
  'ssm:AddTagsToResource',
  'ssm:ListTagsForResource',
  'ssm:DeleteParameter',
]

/** Of one that is read by itself. */
export function parameterPermissions(place: Place, name: string): Permission[] {
  return [{ actions: ['ssm:GetParameter', ...permissions], on: [arns.parameter(place, name)] }]
}

/** Of one that is read with others. The key of a SecureString is AWS's own, which takes no permission. */
export function functionParameterPermissions(place: Place, name: string): Permission[] {
  return [{ actions: ['ssm:GetParameters', ...permissions], on: [arns.parameter(place, name)] }]
}

export async function removeParameter({ ssm }: Aws, Name: string): Promise<void> {
  await ifFound(ssm.send(new DeleteParameterCommand({ Name })))
}
