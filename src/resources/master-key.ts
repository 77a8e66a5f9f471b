// The parameter with the keys that codes are made with and numbers are filed under; made once, never by hand.
import { isDeepStrictEqual } from 'node:util'
import type { Aws } from '../aws/clients.ts'
import { type MasterKeyDocument, newMasterKey, parseMasterKey } from '../core/master-key.ts'
import { finish } from '../engine/refusal.ts'
import type { Change, Resource } from '../engine/resource.ts'
import { functionNames, names, type Place } from '../names.ts'
import { type MovedHave, type MovedPart, readFormer, readInForce, readMoved } from './former-secrets.ts'
import {
  createParameter,
  functionParameterPermissions,
  type ReadTexts,
  readTexts,
  removeParameter,
  replaceParameter,
} from './parameter.ts'

type Have = MovedHave<'masterKey'>

const type = 'SecureString' as const
const moved: MovedPart<'masterKey'> = { part: 'masterKey', name: names.masterKey, parse: parseMasterKey }

export function masterKey(place: Place, readAll: ReadTexts = readTexts): Resource<undefined, Have> {
  const name = names.masterKey(place.stage)
  const former = names.secrets(place.stage)

  const self: Resource<undefined, Have> = {
    kind: 'master-key',
    id: 'master-key',
    name,
    needs: [],
    movesFrom: 'secrets',
    removeAfter: functionNames.map((trigger) => `function:${trigger}`),
    permissions: functionParameterPermissions(place, name),

    want: () => undefined,
    read: (aws) => readMoved(aws, moved, readAll),
    isOurs: (have) => have.isOurs,

    diff(_, { document, former: kept }): Change[] {
      if (!document) {
        const blocked =
          'its content cannot be read, and replacing it would lose the key that codes are made with'
        return [{ field: 'content', blocked }]
      }
      // A run was cut off before the functions went by this one, and an older version has changed that one since.
      if (!kept || isDeepStrictEqual(kept, document)) return []
      return [{ field: 'content', from: '(hidden)', to: `(as in ${former})` }]
    },

    async create(aws, want) {
      const document = (await readFormer(aws))?.masterKey ?? newMasterKey()
      const there = await createParameter(aws, { name, type, text: JSON.stringify(document) }, () =>
        readMoved(aws, moved),
      )
      return there ? finish(self, aws, want, there) : { document, former: undefined, isOurs: true }
    },

    async update(aws, _, have) {
      const document = (await readFormer(aws))?.masterKey
      if (!document) return have
      await replaceParameter(aws, { name, type, text: JSON.stringify(document) })
      return { ...have, document, former: document }
    },

    remove: (aws) => removeParameter(aws, name),
  }
  return self
}

/**
 * Writes what `change` makes of the document. Gives false where it cannot be read or belongs to somebody else;
 * nothing is changed then. For a run that holds the stage.
 */
export async function changeMasterKey(
  aws: Aws,
  change: (document: MasterKeyDocument, now: number) => MasterKeyDocument,
): Promise<boolean> {
  const have = await readMoved(aws, moved)
  if (!have?.isOurs || !have.document) return false
  const text = JSON.stringify(change(have.document, aws.clock.now()))
  await replaceParameter(aws, { name: names.masterKey(aws.place.stage), type, text })
  return true
}

/** See `readInForce`. */
export function readMasterKey(aws: Pick<Aws, 'ssm' | 'place'>): Promise<MasterKeyDocument | undefined> {
  return readInForce(aws, moved)
}
