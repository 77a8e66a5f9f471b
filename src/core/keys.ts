// All cryptography of a code: the hash a number is filed under, the tag a code is checked by, its seal.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

/** The keys that one master key stands for; `kid` tells which, so that a master can be replaced. */
export interface Keys {
  kid: string
  tagKey: Buffer
  sealKey: Buffer
}

/** What a code is bound to: it is worth nothing in another pool, client, user or challenge. */
export interface Binding {
  pool: string
  client: string
  user: string
  cid: string
}

function derive(master: Buffer, label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `whatsapp-otp/${label}/v1`, 32))
}

const prepared = new WeakMap<Buffer, KeyObject>()

/** Node takes five times as long with a key as bytes, each time. */
function prepare(key: Buffer): KeyObject {
  const object = prepared.get(key) ?? createSecretKey(key)
  prepared.set(key, object)
  return object
}

export function deriveKeys(kid: string, master: Buffer): Keys {
  return { kid, tagKey: derive(master, 'tag'), sealKey: derive(master, 'seal') }
}

export function deriveIdKey(master: Buffer): Buffer {
  return derive(master, 'id')
}

/** The key that a proven number is kept with, for the day it has to be given back. Stays as long as the id key. */
export function deriveNumberKey(master: Buffer): Buffer {
  return derive(master, 'number')
}

/** A keyed hash, so that neither table nor log holds a number, and nobody can try all numbers against them. */
export function hashId(
  idKey: Buffer,
  kind: 'num' | 'uid' | 'block' | 'device' | 'test',
  pool: string,
  value: string,
): string {
  return createHmac('sha256', prepare(idKey)).update(`${kind}|${pool}|${value}`).digest('hex').slice(0, 32)
}

/**
 * The tag stored in place of the code. A million codes are quickly tried, so what protects the stored tag is
 * the key, which lives elsewhere than the table.
 */
export function tagOf(keys: Keys, { pool, client, user, cid }: Binding, code: string): string {
  return createHmac('sha256', prepare(keys.tagKey))
    .update(`v1|${pool}|${client}|${user}|${cid}|${code}`)
    .digest('base64url')
}

/** Compares two tags in constant time. */
export function sameTag(one: string, other: string): boolean {
  const a = Buffer.from(one, 'base64url')
  const b = Buffer.from(other, 'base64url')
  return a.length === 32 && b.length === 32 && timingSafeEqual(a, b)
}

function bindingText({ pool, client, user, cid }: Binding): Buffer {
  return Buffer.from(`${pool}|${client}|${user}|${cid}`)
}

/** Encrypts the code for a resend, bound to its challenge. */
export function sealCode(keys: Keys, binding: Binding, code: string): string {
  return seal(keys.sealKey, bindingText(binding), code)
}

/** Throws when the seal was made with another key or for another challenge. */
export function unsealCode(keys: Keys, binding: Binding, sealed: string): string {
  return unseal(keys.sealKey, bindingText(binding), sealed)
}

/** Encrypts a number, bound to what it is kept for. */
export function sealNumber(numberKey: Buffer, purpose: string, phone: string): string {
  return seal(numberKey, Buffer.from(purpose), phone)
}

/** Throws when the seal was made with another key or for another purpose. */
export function unsealNumber(numberKey: Buffer, purpose: string, sealed: string): string {
  return unseal(numberKey, Buffer.from(purpose), sealed)
}

/** AES-256-GCM: nonce, body, tag. */
function seal(key: Buffer, context: Buffer, text: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', prepare(key), nonce).setAAD(context)
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')
}

function unseal(key: Buffer, context: Buffer, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', prepare(key), bytes.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(context).setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
}
