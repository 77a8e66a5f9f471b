// The parameter with the provider's key, which only the function that sends may read.
import type { Aws } from '../aws/clients.ts'
import { type GivenSecrets, type ProviderKeyDocument, parseProviderKey } from '../core/provider-key.ts'
import { finish } from '../engine/refusal.ts'
import type { Change, Resource } from '../engine/resource.ts'
import { usageError } from '../errors.ts'
import { functionNames, names, type Place } from '../names.ts'
import { type Secrets, schema, secretKeys } from '../settings/schema.ts'
import { type MovedHave, type MovedPart, readFormer, readInForce, readMoved } from './former-secrets.ts'
import {
  createParameter,
  functionParameterPermissions,
  type ReadTexts,
  readTexts,
  removeParameter,
  replaceParameter,
} from './parameter.ts'

type Have = MovedHave<'providerKey'>

const type = 'SecureString' as const
const moved: MovedPart<'providerKey'> = {
  part: 'providerKey',
  name: names.providerKey,
  parse: (text) => parseProviderKey(text, secretKeys),
}

export function providerKey(place: Place, readAll: ReadTexts = readTexts): Resource<Secrets, Have> {
  const name = names.providerKey(place.stage)

  const self: Resource<Secrets, Have> = {
    kind: 'provider-key',
    id: 'provider-key',
    name,
    needs: [],
    movesFrom: 'secrets',
    removeAfter: functionNames.map((trigger) => `function:${trigger}`),
    permissions: functionParameterPermissions(place, name),

    want: (inputs) => inputs.secrets,
    read: (aws) => readMoved(aws, moved, readAll),
    isOurs: (have) => have.isOurs,
    diff,

    async create(aws, want) {
      const kept = (await readFormer(aws))?.providerKey
      const document = requireAll({ ...kept, ...given(want) })
      const there = await createParameter(aws, { name, type, text: JSON.stringify(document) }, () =>
        readMoved(aws, moved),
      )
      return there ? finish(self, aws, want, there) : { document, former: undefined, isOurs: true }
    },

    async update(aws, want, have, fields) {
      if (!have.document) throw new Error('A key is played over what can be read')
      const changed = given({ ...have.former, ...given(want) } as Secrets, fields)
      const document = { ...have.document, ...changed }
      await replaceParameter(aws, { name, type, text: JSON.stringify(document) })
      return { ...have, document }
    },

    remove: (aws) => removeParameter(aws, name),
  }
  return self
}

/** Values are never shown, not even shortened. */
function diff(want: Secrets, { document, former }: Have): Change[] {
  if (!document) {
    const blocked = 'its content cannot be read, and what else it holds would be lost'
    return [{ field: 'content', blocked }]
  }
  return secretKeys
    .filter((key) => ![undefined, document[key]].includes(want[key] ?? former?.[key]))
    .map((field) => ({ field, from: '(hidden)', to: '(a new one)' }))
}

/** Those of `fields` that somebody gave. */
function given(want: Secrets, fields: ReadonlySet<string> = new Set(secretKeys)): Partial<GivenSecrets> {
  const wanted = secretKeys.filter((key) => fields.has(key)).map((key) => [key, want[key]])
  return Object.fromEntries(wanted.filter(([, value]) => value))
}

/** Throws SENDZEN_KEY_MISSING. */
function requireAll(document: Partial<GivenSecrets>): ProviderKeyDocument {
  const missing = secretKeys.find((key) => !document[key])
  if (!missing) return document as ProviderKeyDocument
  const { env, help } = schema[missing]
  throw usageError('SENDZEN_KEY_MISSING', `There is no ${help}`, {
    why: `neither ${env} nor the stage has one`,
    next: [`set ${env} in the environment or in .env`],
  })
}

/** See `readInForce`. */
export function readProviderKey(aws: Pick<Aws, 'ssm' | 'place'>): Promise<ProviderKeyDocument | undefined> {
  return readInForce(aws, moved)
}
