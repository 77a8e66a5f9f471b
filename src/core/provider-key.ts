// The keys of WhatsApp providers, as JSON: written by the deployer, read by the function that sends.
import type { Provider } from './messaging/providers.ts'
import { parseDocument, textOf } from './secrets-document.ts'

/** What somebody gives, by the names of its settings: the key of each provider. */
export type GivenSecrets = { [K in Provider['key']['setting']]: string }
export type GivenName = keyof GivenSecrets

/** Whatever else only the function that sends may know stands beside the keys: unknown members are kept. */
export interface ProviderKeyDocument extends GivenSecrets {
  [unknown: string]: unknown
}

/** Throws SecretsError where one of `needed` is missing. */
export function parseProviderKey(text: string, needed: readonly GivenName[]): ProviderKeyDocument {
  const document = parseDocument(text)
  for (const name of needed) textOf(document[name], name)
  return document as ProviderKeyDocument
}
