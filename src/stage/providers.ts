// The CLI's half of every provider that the core lists, and the account that a stage's settings lead to.
import { type ProviderName, providerOf } from '../core/messaging/providers.ts'
import type { AccountOptions, ConnectAccount, ProviderAccount } from '../messaging/provider.ts'
import { createSendzenApi } from '../messaging/sendzen/api.ts'
import type { Settings } from '../settings/schema.ts'

const connectors: Record<ProviderName, ConnectAccount> = { sendzen: createSendzenApi }

/** Asks nothing yet: whether the key is good shows with the first call. */
export function connectAccount(
  settings: Partial<Settings>,
  options: Omit<AccountOptions, 'url'>,
): ProviderAccount {
  const { name, address } = providerOf(settings)
  return connectors[name]({ ...options, url: settings[address.setting] ?? address.default })
}
