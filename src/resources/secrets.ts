// The stage's secrets in one SSM SecureString: the SendZen key and the master key of the codes.
import type { Aws } from '../aws/clients.ts'
import {
  type GivenSecrets,
  newSecrets,
  parseSecrets,
  type SecretsDocument,
  SecretsError,
  withGiven,
  withNewMasterKey,
} from '../core/secrets-document.ts'
import { finish } from '../engine/refusal.ts'
import type { Change, Resource } from '../engine/resource.ts'
import { usageError } from '../errors.ts'
import { names, type Place, triggerNames } from '../names.ts'
import { type SecretKey, type Secrets, schema, secretKeys } from '../settings/schema.ts'
import {
  createParameter,
  parameterPermissions,
  readParameter,
  readText,
  removeParameter,
  replaceParameter,
} from './parameter.ts'

interface Have {
  /** Undefined when it cannot be read. */
  document: SecretsDocument | undefined
  isOurs: boolean
}

export function secrets(place: Place): Resource<Secrets, Have> {
  const name = names.secrets(place.stage)
  const type = 'SecureString' as const

  const read = async (aws: Aws): Promise<Have | undefined> => {
    const found = await readParameter(aws, name, parse)
    return found && { document: found.content, isOurs: found.isOurs }
  }

  const self: Resource<Secrets, Have> = {
    kind: 'secrets',
    id: 'secrets',
    name,
    needs: [],
    removeAfter: triggerNames.map((trigger) => `function:${trigger}`),
    permissions: parameterPermissions(place, name),

    want: (inputs) => inputs.secrets,

    read,
    isOurs: (have) => have.isOurs,
    diff,

    async create(aws, want) {
      const document = newSecrets(requireAll(want))
      const text = JSON.stringify(document)
      const there = await createParameter(aws, { name, type, text }, () => read(aws))
      return there ? finish(self, aws, want, there) : { document, isOurs: true }
    },

    async update(aws, want, have, fields) {
      if (!have.document) throw new Error('Secrets are played over what can be read')
      // The master key stays: every stored code and counter is filed under it.
      const document = withGiven(have.document, given(want, fields))
      await replaceParameter(aws, { name, type, text: JSON.stringify(document) })
      return { ...have, document }
    },

    remove: (aws) => removeParameter(aws, name),
  }
  return self
}

/** Values are never shown, not even shortened. */
function diff(want: Secrets, { document }: Have): Change[] {
  if (!document) {
    const blocked = 'its content cannot be read, and replacing it would lose the key that codes are made with'
    return [{ field: 'content', blocked }]
  }
  return secretKeys
    .filter((key) => want[key] !== undefined && want[key] !== document[key])
    .map((field) => ({ field, from: '(hidden)', to: '(a new one)' }))
}

/** Those of `fields` that somebody gave. */
function given(want: Secrets, fields: ReadonlySet<string>): Partial<GivenSecrets> {
  const wanted = secretKeys.filter((key) => fields.has(key)).map((key) => [key, want[key]])
  return Object.fromEntries(wanted.filter(([, value]) => value))
}

/** Throws SENDZEN_KEY_MISSING. */
function requireAll(want: Secrets): Record<SecretKey, string> {
  const missing = secretKeys.find((key) => !want[key])
  if (!missing) return want as Record<SecretKey, string>
  const { env, help } = schema[missing]
  throw usageError('SENDZEN_KEY_MISSING', `There is no ${help}`, {
    why: `neither ${env} nor the stage has one`,
    next: [`set ${env} in the environment or in .env`],
  })
}

/**
 * Makes codes with a new master key from now on; those made with the old one can still be answered. Gives false
 * where the secrets cannot be read or belong to somebody else; nothing is changed then.
 */
export async function renewMasterKey(aws: Aws): Promise<boolean> {
  const name = names.secrets(aws.place.stage)
  const found = await readParameter(aws, name, parse)
  if (!found?.isOurs || !found.content) return false
  const text = JSON.stringify(withNewMasterKey(found.content, aws.clock.now()))
  await replaceParameter(aws, { name, type: 'SecureString', text })
  return true
}

/** The secrets of a stage; undefined when it has none. Nothing of them may be shown or logged. */
export async function readSecrets(aws: Pick<Aws, 'ssm' | 'place'>): Promise<SecretsDocument | undefined> {
  const text = await readText(aws, names.secrets(aws.place.stage))
  return text === undefined ? undefined : parse(text)
}

function parse(text: string): SecretsDocument | undefined {
  try {
    return parseSecrets(text, secretKeys)
  } catch (error) {
    if (error instanceof SecretsError) return undefined
    throw error
  }
}
