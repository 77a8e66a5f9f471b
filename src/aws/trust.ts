// Addresses named by a file of the working directory. A cloned repository could send signatures, keys and codes
// anywhere with one, so each counts for this computer only, or once the user has agreed to exactly that address.
import { usageError } from '../errors.ts'
import { isLoopback } from './proxies.ts'

/** The files of the working directory that are read. */
export type FolderFile = '.env' | 'whatsapp-otp.json'

/** What the user has agreed to, each in the form of `shownAddress`. */
export type Trusted = ReadonlySet<string>

/** An address that must not be asked before the user has agreed to it. */
export interface Doubt {
  /** In the form of `shownAddress`. */
  address: string
  /** As in `AWS_ENDPOINT_URL in .env`. */
  from: string
  /** What it would be sent. */
  gets: string
}

/** True for what names a server in full. */
export function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
}

/** Scheme, host and path: without user, password and a slash at the end. Agreement is to this and nothing shorter. */
export function shownAddress(url: string): string {
  const { protocol, host, pathname, search } = new URL(url)
  return `${protocol}//${host}${pathname.replace(/\/$/, '')}${search}`
}

export function isTrusted(url: string, trusted: Trusted | undefined): boolean {
  return isLoopback(new URL(url).hostname) || trusted?.has(shownAddress(url)) === true
}

/** What was agreed to beforehand. Throws ADDRESS_INVALID. */
export function trustedIn(addresses: readonly string[]): Set<string> {
  return new Set(
    addresses.map((text) => {
      if (isAddress(text)) return shownAddress(text)
      throw usageError('ADDRESS_INVALID', `«${text}» is not an address to agree to`, {
        why: 'it must begin with https:// or http://',
        next: ['give it as the refusal shows it'],
      })
    }),
  )
}

export function notAgreed({ address, from, gets }: Doubt) {
  return usageError('ADDRESS_NOT_AGREED', `${address} would get ${gets}`, {
    why: `it comes from ${from}, a file that anybody may have written; nothing was sent`,
    next: [
      'remove the line if you do not know the address',
      `--trust ${address}   agrees to it, as does setting it in the environment`,
    ],
  })
}
