// The stage's secrets in one SSM SecureString: the SendZen key and the master key of the codes.
import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import type { Aws } from '../aws/clients.ts'
import { finish } from '../engine/refusal.ts'
import type { Change, Resource } from '../engine/resource.ts'
import { usageError } from '../errors.ts'
import { names, type Place, triggerNames } from '../names.ts'
import {
  createParameter,
  parameterPermissions,
  readParameter,
  readText,
  removeParameter,
  replaceParameter,
} from './parameter.ts'

/** Unknown members (a previous key after a rotation, …) are kept as they are. */
const documentSchema = z.looseObject({
  sendzenApiKey: z.string().min(1),
  /** base64url of 32 bytes. */
  otpMasterKey: z.string().regex(/^[\w-]{43}$/),
  /** Tells which master key made a code. */
  kid: z.string().min(1),
})

export type SecretsDocument = z.output<typeof documentSchema>

interface Want {
  /** Undefined where nobody gave a new one. */
  sendzenApiKey: string | undefined
}

interface Have {
  /** Undefined when it cannot be read. */
  document: SecretsDocument | undefined
  isOurs: boolean
}

export function secrets(place: Place): Resource<Want, Have> {
  const name = names.secrets(place.stage)
  const type = 'SecureString' as const

  const read = async (aws: Aws): Promise<Have | undefined> => {
    const found = await readParameter(aws, name, parse)
    return found && { document: found.content, isOurs: found.isOurs }
  }

  const self: Resource<Want, Have> = {
    kind: 'secrets',
    id: 'secrets',
    name,
    needs: [],
    removeAfter: triggerNames.map((trigger) => `function:${trigger}`),
    permissions: parameterPermissions(place, name),

    want: (inputs) => ({ sendzenApiKey: inputs.secrets.sendzenApiKey }),

    read,
    isOurs: (have) => have.isOurs,
    diff,

    async create(aws, want) {
      const { sendzenApiKey } = want
      if (!sendzenApiKey) {
        throw usageError('SENDZEN_KEY_MISSING', 'There is no SendZen API key', {
          why: 'neither SENDZEN_API_KEY nor the stage has one',
          next: ['set SENDZEN_API_KEY in the environment or in .env'],
        })
      }
      // Numbers are filed under a key of their own, so that a new master key loses no counter.
      const document = { sendzenApiKey, ...newMasterKey(), idMasterKey: newKey() }
      const text = JSON.stringify(document)
      const there = await createParameter(aws, { name, type, text }, () => read(aws))
      return there ? finish(self, aws, want, there) : { document, isOurs: true }
    },

    async update(aws, { sendzenApiKey }, have) {
      if (!have.document || !sendzenApiKey)
        throw new Error('Secrets are played with a key, over what can be read')
      // The master key stays: every stored code and counter is filed under it.
      const document = { ...have.document, sendzenApiKey }
      await replaceParameter(aws, { name, type, text: JSON.stringify(document) })
      return { ...have, document }
    },

    remove: (aws) => removeParameter(aws, name),
  }
  return self
}

/** Values are never shown, not even shortened. */
function diff(want: Want, { document }: Have): Change[] {
  if (!document) {
    const blocked = 'its content cannot be read, and replacing it would lose the key that codes are made with'
    return [{ field: 'content', blocked }]
  }
  if (want.sendzenApiKey === undefined || want.sendzenApiKey === document.sendzenApiKey) return []
  return [{ field: 'sendzenApiKey', from: '(hidden)', to: '(a new one)' }]
}

const newKey = () => randomBytes(32).toString('base64url')

function newMasterKey(): { otpMasterKey: string; kid: string } {
  return { otpMasterKey: newKey(), kid: randomBytes(4).toString('hex') }
}

/**
 * Makes codes with a new master key from now on. The old one stays as `previous`: codes made with it can
 * still be answered, by containers that know either. Gives false where the secrets cannot be read or belong
 * to somebody else; nothing is changed then.
 */
export async function renewMasterKey(aws: Aws): Promise<boolean> {
  const name = names.secrets(aws.place.stage)
  const found = await readParameter(aws, name, parse)
  if (!found?.isOurs || !found.content) return false
  const { otpMasterKey, kid, ...rest } = found.content
  const document = { ...rest, ...newMasterKey(), previous: { otpMasterKey, kid } }
  await replaceParameter(aws, { name, type: 'SecureString', text: JSON.stringify(document) })
  return true
}

/** The secrets of a stage; undefined when it has none. Nothing of them may be shown or logged. */
export async function readSecrets(aws: Pick<Aws, 'ssm' | 'place'>): Promise<SecretsDocument | undefined> {
  const text = await readText(aws, names.secrets(aws.place.stage))
  return text === undefined ? undefined : parse(text)
}

function parse(text: string): SecretsDocument | undefined {
  try {
    return documentSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
