// The secret that reports are signed with: read from SSM at start, kept ten minutes, longer if SSM fails.

import {
  parseWebhookSecret,
  secretsOf,
  type WebhookSecretDocument,
} from '../../src/core/reports/webhook-secret.ts'
import { SecretsError } from '../../src/core/secrets-document.ts'
import type { Aws } from './aws-call.ts'
import type { Clock, Deadline } from './clock.ts'

export interface WebhookSecrets {
  /** Begins to read while the function starts; `get` waits for it. */
  start(deadline: Deadline): void
  /** Those that count now. Throws when none were ever read. */
  get(deadline: Deadline): Promise<string[]>
  /** Reads again, where that was not done a moment ago: the secret may be newer than what is known here. */
  again(deadline: Deadline): Promise<string[]>
}

const lifeMs = 10 * 60_000
/** Between two attempts to read, whatever is posted: who guesses signatures makes no calls. */
const pauseMs = 10_000

export function createWebhookSecrets(aws: Aws, clock: Clock, parameter: string): WebhookSecrets {
  let known: WebhookSecretDocument | undefined
  let readAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let starting: Promise<unknown> | undefined

  async function read(deadline: Deadline): Promise<WebhookSecretDocument> {
    triedAt = clock.now()
    const input = { Names: [parameter], WithDecryption: true }
    const { Parameters = [] } = await aws.json('ssm', 'GetParameters', input, deadline)
    const [found] = Parameters as { Value?: string }[]
    if (!found?.Value) throw new SecretsError('The webhook secret holds no value.')
    known = parseWebhookSecret(found.Value)
    readAt = clock.now()
    return known
  }

  async function document(maxAgeMs: number, deadline: Deadline): Promise<WebhookSecretDocument> {
    await starting
    const now = clock.now()
    const isDue = now - readAt >= maxAgeMs && now - triedAt >= pauseMs
    if (known && !isDue) return known
    const old = known
    return read(deadline).catch((error) => {
      if (old) return old
      throw error
    })
  }

  return {
    start: (deadline) => {
      starting = read(deadline).catch(() => undefined)
    },
    get: async (deadline) => secretsOf(await document(lifeMs, deadline), clock.now()),
    again: async (deadline) => secretsOf(await document(0, deadline), clock.now()),
  }
}
