// What an older version kept in one parameter, as what it is today: the keys of codes, and all else.
import type { Aws } from '../aws/clients.ts'
import { type MasterKeyDocument, masterKeyMembers, parseMasterKey } from '../core/master-key.ts'
import { type ProviderKeyDocument, parseProviderKey } from '../core/provider-key.ts'
import { SecretsError } from '../core/secrets-document.ts'
import { AppError } from '../errors.ts'
import { names, type Place } from '../names.ts'
import { secretKeys } from '../settings/schema.ts'
import { haveIn, type ParameterHave, type ReadTexts, readTexts, type Texts } from './parameter.ts'

export interface FormerSecrets {
  masterKey: MasterKeyDocument
  providerKey: ProviderKeyDocument
}

/** Undefined where `parse` throws SecretsError. */
function understood<T>(text: string, parse: (text: string) => T): T | undefined {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof SecretsError) return undefined
    throw error
  }
}

/** Undefined for what is not in our form. */
export function parseFormer(text: string): FormerSecrets | undefined {
  return understood(text, () => {
    const entries = Object.entries({ ...parseMasterKey(text), ...parseProviderKey(text, secretKeys) })
    const isOfMaster = ([name]: [string, unknown]) => (masterKeyMembers as readonly string[]).includes(name)
    return {
      masterKey: Object.fromEntries(entries.filter(isOfMaster)) as MasterKeyDocument,
      providerKey: Object.fromEntries(entries.filter((entry) => !isOfMaster(entry))) as ProviderKeyDocument,
    }
  })
}

/** Of what was read. As long as it is there, it counts: a function of the older version may go by it. */
function formerIn(texts: Texts, { stage }: Place): FormerSecrets | undefined {
  const text = texts.get(names.secrets(stage))
  return text === undefined ? undefined : parseFormer(text)
}

/** As it is now, for whoever makes of it what takes its place. Throws SECRETS_UNREADABLE. */
export async function readFormer(aws: Pick<Aws, 'ssm' | 'place'>): Promise<FormerSecrets | undefined> {
  const name = names.secrets(aws.place.stage)
  const text = (await readTexts(aws, [name])).get(name)
  if (text === undefined) return undefined
  const former = parseFormer(text)
  if (former) return former
  throw new AppError('SECRETS_UNREADABLE', `The secrets of stage «${aws.place.stage}» cannot be moved`, {
    why: `${name} is not in a form that whatsapp-otp has written, and without it every code would be lost`,
    next: [`aws ssm get-parameter-history --name ${name} --with-decryption   shows what it held before`],
  })
}

/** A parameter that holds a part of what the former one held. */
export interface MovedPart<K extends keyof FormerSecrets> {
  part: K
  name(stage: string): string
  /** Throws SecretsError. */
  parse(text: string): FormerSecrets[K]
}

export interface MovedHave<K extends keyof FormerSecrets> extends ParameterHave<FormerSecrets[K]> {
  /** What an older version has left, while it is there. */
  former: FormerSecrets[K] | undefined
}

type Ssm = Pick<Aws, 'ssm' | 'place'>

const textsOf = ({ place }: Ssm, name: string) => [name, names.secrets(place.stage)]

/** Undefined where it is not there, whatever an older version has left. */
export async function readMoved<K extends keyof FormerSecrets>(
  aws: Ssm,
  { part, name: nameOf, parse }: MovedPart<K>,
  readIn: ReadTexts = readTexts,
): Promise<MovedHave<K> | undefined> {
  const name = nameOf(aws.place.stage)
  const texts = await readIn(aws, textsOf(aws, name))
  const have = await haveIn(aws, texts, name, (text) => understood(text, parse))
  return have && { ...have, former: formerIn(texts, aws.place)?.[part] }
}

/** As the functions go by it; undefined where there is none that can be read. Nothing of it may be shown or logged. */
export async function readInForce<K extends keyof FormerSecrets>(
  aws: Ssm,
  { part, name: nameOf, parse }: MovedPart<K>,
): Promise<FormerSecrets[K] | undefined> {
  const name = nameOf(aws.place.stage)
  const texts = await readTexts(aws, textsOf(aws, name))
  const text = texts.get(name)
  return formerIn(texts, aws.place)?.[part] ?? (text === undefined ? undefined : understood(text, parse))
}
