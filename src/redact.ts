// Takes secrets and personal data out of text before anybody sees it.
import { maskPhone } from './core/mask.ts'

const hidden = '[hidden]'

/**
 * Removes the given secrets, bearer tokens, JWTs, keys, long opaque strings (Cognito's `Session`, AWS's
 * session tokens) and phone numbers. Words, ids of requests, ARNs and paths stay readable.
 */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let result = text
  // The longest first: one secret may contain another.
  const known = [...secrets].filter((secret) => secret.length >= 4).sort((a, b) => b.length - a.length)
  for (const secret of known) {
    for (const form of new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])) {
      result = result.replaceAll(form, hidden)
    }
  }
  return result
    .replace(/\b(Bearer|Basic)\s+[^\s"',;]+/gi, `$1 ${hidden}`)
    .replace(/\beyJ[\w-]+(?:\.[\w-]*){2,4}/g, hidden)
    .replace(/\b(?:sk|sz)_(?:live|test)_[\w-]+/g, hidden)
    .replace(/[\w+/=-]{40,}/g, (match) => (isOpaque(match) ? hidden : match))
    .replace(/(?:\+|%2B)([1-9](?:[ ().-]{0,2}\d){6,14})(?!\d)/gi, (_, digits: string) => maskPhone(digits))
    .replace(namedNumber, (_, before: string, digits: string) => `${before}${maskPhone(digits)}`)
}

/** Digits alone may be anything (an account, a time); after one of these names they are somebody's number. */
const namedNumber =
  /\b((?:to|from|phone|phone_?number|recipient_id|wa_id|username)["']?\s*[:=]\s*["']?)(\d{7,15})\b/gi

/** Random text mixes cases and digits: more than a quarter are neither lower case nor a separator. */
function isOpaque(text: string): boolean {
  const mixed = text.replace(/[^A-Z0-9+=]/g, '').length
  return mixed / text.length > 0.25
}
