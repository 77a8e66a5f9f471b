// The parameter with what a deploy has found out about AWS: made empty, filled by the check at the end of a deploy.
import type { Aws } from '../aws/clients.ts'
import { type Findings, type FindingsDocument, parseFindings } from '../core/findings.ts'
import { finish } from '../engine/refusal.ts'
import type { Resource } from '../engine/resource.ts'
import { names, type Place, triggerNames } from '../names.ts'
import {
  createParameter,
  functionParameterPermissions,
  haveIn,
  type ParameterHave,
  type ReadTexts,
  readTexts,
  removeParameter,
  replaceParameter,
  tagParameter,
} from './parameter.ts'

export type FindingsHave = ParameterHave<FindingsDocument>

const type = 'String' as const

export function findings(
  place: Place,
  readAll: ReadTexts = readTexts,
): Resource<Pick<FindingsDocument, 'stage'>, FindingsHave> {
  const { stage } = place
  const name = names.findings(stage)

  const read = async (aws: Aws, readIn = readTexts): Promise<FindingsHave | undefined> =>
    haveIn(aws, await readIn(aws, [name]), name, parseFindings, (document) => document.stage === stage)

  const self: Resource<Pick<FindingsDocument, 'stage'>, FindingsHave> = {
    kind: 'findings',
    id: 'findings',
    name,
    needs: [],
    removeAfter: triggerNames.map((trigger) => `function:${trigger}`),
    permissions: functionParameterPermissions(place, name),

    want: () => ({ stage }),
    read: (aws) => read(aws, readAll),
    isOurs: (have) => have.isOurs,
    diff: (_, { document }) =>
      document?.stage === stage
        ? []
        : [{ field: 'content', from: '(unreadable)', to: '(nothing found out yet)' }],

    async create(aws, want) {
      const text = JSON.stringify(want)
      const there = await createParameter(aws, { name, type, text }, () => read(aws))
      return there ? finish(self, aws, want, there) : { document: want, isOurs: true }
    },

    async adopt(aws, have) {
      await tagParameter(aws, name)
      return { ...have, isOurs: true }
    },

    async update(aws, want, have) {
      const document = { ...have.document, ...want }
      await replaceParameter(aws, { name, type, text: JSON.stringify(document) })
      return { ...have, document }
    },

    remove: (aws) => removeParameter(aws, name),
  }
  return self
}

/** Adds to what is there; nothing where it is gone, or not ours. */
export async function noteFindings(aws: Aws, found: Findings): Promise<void> {
  const resource = findings(aws.place)
  const have = await resource.read(aws, {})
  if (!have?.isOurs) return
  const document = { ...have.document, ...found, stage: aws.place.stage }
  const name = names.findings(aws.place.stage)
  await replaceParameter(aws, { name, type, text: JSON.stringify(document) })
}
