// The CLI's half of every provider that the core lists, and the account that a stage's settings lead to.
import type { Aws } from '../aws/clients.ts'
import { isLoopback } from '../aws/proxies.ts'
import { shownAddress } from '../aws/trust.ts'
import { type ProviderName, providerOf } from '../core/messaging/providers.ts'
import { AppError } from '../errors.ts'
import type { AccountOptions, ConnectAccount, ProviderAccount } from '../messaging/provider.ts'
import { createSendzenApi } from '../messaging/sendzen/api.ts'
import { names } from '../names.ts'
import type { Resolved } from '../settings/resolve.ts'
import type { Settings } from '../settings/schema.ts'
import type { OpenStage } from './stage.ts'

const connectors: Record<ProviderName, ConnectAccount> = { sendzen: createSendzenApi }

/** Asks nothing yet: whether the key is good shows with the first call. */
export function connectAccount(
  settings: Partial<Settings>,
  options: Omit<AccountOptions, 'url'>,
): ProviderAccount {
  const { name, address } = providerOf(settings)
  return connectors[name]({ ...options, url: settings[address.setting] ?? address.default })
}

/** The account as a run uses it: on its clock, and ended and told of with it. */
export function accountFor(
  { clock, signal, bounds }: Pick<Aws, 'clock' | 'signal' | 'bounds'>,
  settings: Partial<Settings>,
  key: string,
): ProviderAccount {
  return connectAccount(settings, { key, clock, signal, bounds })
}

/** `SendZen is asked at https://relay.corp (.env)`; undefined at its own address and on this computer. */
export function foreignSender({
  settings,
  origins,
}: Pick<Resolved, 'settings' | 'origins'>): string | undefined {
  const { title, address } = providerOf(settings)
  const url = new URL(settings[address.setting] ?? address.default)
  if (url.origin === new URL(address.default).origin || isLoopback(url.hostname)) return undefined
  return `${title} is asked at ${shownAddress(url.href)} (${origins[address.setting]})`
}

/** Where the account is asked, without a path or a password in it. */
export function whereAsked(settings: Partial<Settings>): string {
  const { address } = providerOf(settings)
  return new URL(settings[address.setting] ?? address.default).origin
}

/** Nobody has forgotten an answer: somebody has removed what the stage had. */
export function refuseWithoutKey({ resolved, target: { stage } }: OpenStage): void {
  const { title, key } = providerOf(resolved.settings)
  if (resolved.secrets[key.setting]) return
  throw new AppError('SECRETS_MISSING', `The secrets of stage «${stage}» are missing`, {
    why: `${names.providerKey(stage)}, its ${title} key, is not there any more, and ${key.variable} gives no other`,
    next: [`${key.variable}=<key> whatsapp-otp deploy --stage ${stage}`],
  })
}
