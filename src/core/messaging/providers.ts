// The providers there are. A new one is listed here and, with the CLI's half, in src/stage/providers.ts.
import type { ProviderDescription } from './provider.ts'
import { sendzen } from './sendzen.ts'

export const providers = { sendzen } as const satisfies { [name: string]: ProviderDescription }

export type ProviderName = keyof typeof providers
export type Provider = (typeof providers)[ProviderName]

/**
 * The provider of a stage, by its settings or by a function's environment. With one there is nothing to choose;
 * with two, the choice is a setting, and this is the only place that reads it.
 */
export function providerOf(_settings: object): Provider {
  return providers.sendzen
}
