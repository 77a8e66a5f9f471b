// The secret that the provider signs its delivery reports with, as JSON: written by the deployer, read by one function.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { parseDocument, textOf } from '../secrets-document.ts'

export interface WebhookSecretDocument {
  /** 32 random bytes as base64url. The provider signs with these characters, not with the bytes that they stand for. */
  secret: string
  /** The one before it, as long as somebody may still have to tell the provider of the new one. */
  previous?: { secret: string /** Epoch milliseconds. */; until: number }
  [unknown: string]: unknown
}

/** How long after a rotation reports with the old secret are taken. */
const overlapMs = 24 * 3_600_000

/** Throws SecretsError where there is no secret in it. */
export function parseWebhookSecret(text: string): WebhookSecretDocument {
  const document = parseDocument(text)
  textOf(document.secret, 'secret')
  return document as WebhookSecretDocument
}

export const newWebhookSecret = (): WebhookSecretDocument => ({
  secret: randomBytes(32).toString('base64url'),
})

/** With a new secret at `now` (epoch milliseconds); the old one counts for a day. */
export function withNewWebhookSecret(
  { secret, ...rest }: WebhookSecretDocument,
  now: number,
): WebhookSecretDocument {
  return { ...rest, ...newWebhookSecret(), previous: { secret, until: now + overlapMs } }
}

/** Those that count at `now` (epoch milliseconds), the current one first. */
export function secretsOf({ secret, previous }: WebhookSecretDocument, now: number): string[] {
  const { secret: before, until = 0 } = previous ?? {}
  return [secret, ...(typeof before === 'string' && before && until > now ? [before] : [])]
}

/** What the provider sends as X-Hub-Signature-256: over the raw bytes of the body. */
export function signatureOf(secret: string, body: Uint8Array): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

/** True for a signature by one of the secrets; each is compared in constant time. */
export function isSignedBy(secrets: readonly string[], body: Uint8Array, signature: string): boolean {
  const given = Buffer.from(signature)
  const matches = secrets.map((secret) => {
    const wanted = Buffer.from(signatureOf(secret, body))
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  })
  return matches.includes(true)
}
