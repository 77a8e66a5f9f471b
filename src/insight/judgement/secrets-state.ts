// Whether the secrets of a stage are there, and since when its provider's key is this one; nothing is decrypted.
import type { Aws } from '../../aws/clients.ts'
import { names } from '../../names.ts'
import { readTimes } from '../../resources/parameter.ts'
import { onlyWithReports } from '../../settings/parts.ts'
import type { SecretState } from './problem.ts'

export interface SecretsState {
  masterKey: SecretState
  providerKey: SecretState
  /** Epoch milliseconds; 0 where there is none. */
  keyChangedAt: number
  /** Since when delivery reports can be signed with the secret that is there; 0 where none are taken. */
  webhookChangedAt: number
}

/** One call. Throws what AWS answered. */
export async function readSecretsState(
  aws: Pick<Aws, 'ssm' | 'place'>,
  settings: object,
): Promise<SecretsState> {
  const { stage } = aws.place
  const [master, provider, former] = [names.masterKey(stage), names.providerKey(stage), names.secrets(stage)]
  const webhook = names.webhookSecret(stage)
  // Who may look at a stage without reports need not be allowed to ask for it.
  const asked = [master, provider, former, ...(onlyWithReports.isWanted(settings) ? [webhook] : [])]
  const times = await readTimes(aws, asked)
  // Until a deploy has moved them, an older version's functions go by what it has left.
  const stateOf = (name: string): SecretState =>
    times.has(name) || times.has(former) ? undefined : 'missing'
  return {
    masterKey: stateOf(master),
    providerKey: stateOf(provider),
    keyChangedAt: times.get(provider) ?? times.get(former) ?? 0,
    webhookChangedAt: times.get(webhook) ?? 0,
  }
}
