// The parameter with the keys that codes are made with and numbers are filed under; made once, never by hand.
import { isDeepStrictEqual } from 'node:util'
import type { Aws } from '../aws/clients.ts'
import { type MasterKeyDocument, newMasterKey, parseMasterKey, withNewMasterKey } from '../core/master-key.ts'
import { finish } from '../engine/refusal.ts'
import type { Change, Resource } from '../engine/resource.ts'
import { names, type Place, triggerNames } from '../names.ts'
import { formerIn, readFormer, understood } from './former-secrets.ts'
import {
  createParameter,
  functionParameterPermissions,
  hasOurTags,
  type ReadTexts,
  readTexts,
  removeParameter,
  replaceParameter,
} from './parameter.ts'

interface Have {
  /** Undefined when it cannot be read. */
  document: MasterKeyDocument | undefined
  /** What an older version has left, while it is there. */
  former: MasterKeyDocument | undefined
  isOurs: boolean
}

const type = 'SecureString' as const

export function masterKey(place: Place, readAll: ReadTexts = readTexts): Resource<undefined, Have> {
  const name = names.masterKey(place.stage)
  const former = names.secrets(place.stage)

  const read = async (aws: Aws, readIn = readTexts): Promise<Have | undefined> => {
    const texts = await readIn(aws, [name, former])
    const text = texts.get(name)
    if (text === undefined) return undefined
    const document = understood(text, parseMasterKey)
    const isOurs = document !== undefined || (await hasOurTags(aws, name))
    return { document, former: formerIn(texts, place)?.masterKey, isOurs }
  }

  const self: Resource<undefined, Have> = {
    kind: 'master-key',
    id: 'master-key',
    name,
    needs: [],
    movesFrom: 'secrets',
    removeAfter: triggerNames.map((trigger) => `function:${trigger}`),
    permissions: functionParameterPermissions(place, name),

    want: () => undefined,
    read: (aws) => read(aws, readAll),
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
        read(aws),
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
 * Makes codes with a new master key from now on; those made with the old one can still be answered. Gives false
 * where it cannot be read or belongs to somebody else; nothing is changed then.
 */
export async function renewMasterKey(aws: Aws): Promise<boolean> {
  const have = await masterKey(aws.place).read(aws, {})
  if (!have?.isOurs || !have.document) return false
  const text = JSON.stringify(withNewMasterKey(have.document, aws.clock.now()))
  await replaceParameter(aws, { name: names.masterKey(aws.place.stage), type, text })
  return true
}

/** As the functions go by it; undefined where there is none that can be read. Nothing of it may be shown or logged. */
export async function readMasterKey(aws: Pick<Aws, 'ssm' | 'place'>): Promise<MasterKeyDocument | undefined> {
  const name = names.masterKey(aws.place.stage)
  const texts = await readTexts(aws, [name, names.secrets(aws.place.stage)])
  const text = texts.get(name)
  return formerIn(texts, aws.place)?.masterKey ?? ((text && understood(text, parseMasterKey)) || undefined)
}
