// AWS Signature Version 4 as the one who is called sees it: reads a signature, and works out what it must be.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { Recent } from './recent.ts'

/** What a signature covers, as it came over the wire. */
export interface SignedRequest {
  method: string
  /** Path and query, untouched. */
  target: string
  headers: Record<string, string>
  body: Buffer
}

export interface Signature {
  accessKeyId: string
  /** `YYYYMMDD` */
  day: string
  region: string
  service: string
  signedHeaders: string[]
  value: string
}

const scheme = 'AWS4-HMAC-SHA256'

/** Undefined where a request is not signed, `'incomplete'` where it means to be. */
export function readSignature(header: string | undefined): Signature | 'incomplete' | undefined {
  if (!header?.startsWith('AWS4-')) return undefined
  if (!header.startsWith(`${scheme} `)) return 'incomplete'
  const fields = new Map(
    header
      .slice(scheme.length)
      .split(',')
      .map((field): [string, string] => {
        const at = field.indexOf('=')
        return [field.slice(0, at).trim(), field.slice(at + 1).trim()]
      }),
  )
  const [accessKeyId = '', day = '', region = '', service = '', end, ...more] =
    fields.get('Credential')?.split('/') ?? []
  const value = fields.get('Signature') ?? ''
  const signedHeaders = fields.get('SignedHeaders')?.toLowerCase().split(';') ?? []
  const isWhole = accessKeyId && /^\d{8}$/.test(day) && service && end === 'aws4_request' && more.length === 0
  if (!isWhole || !value || !signedHeaders.includes('host')) return 'incomplete'
  return { accessKeyId, day, region, service, signedHeaders, value }
}

/** When it was signed, as `YYYYMMDDTHHMMSSZ`; undefined when the request does not say. */
export function signingTime(headers: Record<string, string>): string | undefined {
  const amz = headers['x-amz-date']
  if (amz !== undefined) return /^\d{8}T\d{6}Z$/.test(amz) ? amz : undefined
  const date = Date.parse(headers.date ?? '')
  return Number.isNaN(date) ? undefined : new Date(date).toISOString().replace(/[-:]|\.\d+/g, '')
}

/** A signing time as epoch milliseconds. */
export const timeOf = (stamp: string): number =>
  Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

/** Whether the secret has made the signature of this very request; the body counts, whatever a header says of it. */
export function isSignedWith(
  secret: string,
  signature: Signature,
  stamp: string,
  request: SignedRequest,
): boolean {
  const scope = `${signature.day}/${signature.region}/${signature.service}/aws4_request`
  const text = [scheme, stamp, scope, sha256(canonical(signature, request))].join('\n')
  const wanted = createHmac('sha256', signingKey(secret, signature)).update(text).digest()
  const given = Buffer.from(signature.value, 'hex')
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** They hold for a day, and whoever calls again signs with the same one. */
const signingKeys = new Recent<string, Buffer>(1_000)

function signingKey(secret: string, { day, region, service }: Signature): Buffer {
  const name = JSON.stringify([secret, day, region, service])
  const known = signingKeys.get(name)
  if (known) return known
  const made = [day, region, service, 'aws4_request'].reduce<Buffer>(
    (last, part) => createHmac('sha256', last).update(part).digest(),
    Buffer.from(`AWS4${secret}`),
  )
  signingKeys.set(name, made)
  return made
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')

function canonical({ signedHeaders }: Signature, { method, target, headers, body }: SignedRequest): string {
  const [path = '', query = ''] = splitOnce(target, '?')
  return [
    method,
    // Encoded once more, as every service but S3 wants it.
    encode(path).replaceAll('%2F', '/'),
    canonicalQuery(query),
    ...signedHeaders.map((name) => `${name}:${headerOf(headers, name).trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    sha256(body),
  ].join('\n')
}

/** A proxy that leads here under another name says which one was signed. */
function headerOf(headers: Record<string, string>, name: string): string {
  const [first] = name === 'host' ? (headers['x-forwarded-host']?.split(',') ?? []) : []
  return first ?? headers[name] ?? ''
}

function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .filter(Boolean)
    .map((pair) => splitOnce(pair, '=').map((part) => encode(decode(part))))
  return pairs
    .map(([name = '', value = '']) => `${name}=${value}`)
    .sort((a, b) => (a < b ? -1 : 1))
    .join('&')
}

function splitOnce(text: string, at: string): [string, string] {
  const index = text.indexOf(at)
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)]
}

/** RFC 3986, which leaves fewer characters alone than encodeURIComponent; a lone surrogate cannot be encoded. */
function encode(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
