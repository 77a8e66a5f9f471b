// Reads the members of a decoded request, with AWS's own words for what is missing.

import { AwsFault } from '../account/aws-fault.ts'

export type Input = Record<string, unknown>

const wrongKind = (key: string, kind: string) =>
  new AwsFault('SerializationException', `${key} is not ${kind}.`)

/** Null is as good as nothing; an empty list or map of a Query request is an empty text. */
const isAbsent = (value: unknown) => value === undefined || value === null || value === ''

export const isObject = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A member that must be a non-empty string; `code` is the service's validation error. */
export function text(input: Input, key: string, code = 'ValidationException'): string {
  const value = input[key]
  if (!isAbsent(value)) return optionalText(input, key) as string
  const member = key.charAt(0).toLowerCase() + key.slice(1)
  const shown = value === '' ? "''" : 'null'
  throw new AwsFault(
    code,
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: Member must not be null`,
  )
}

export function optionalText(input: Input, key: string): string | undefined {
  const value = input[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw wrongKind(key, 'a string')
  return value
}

/** Query requests carry numbers as text. */
export function optionalNumber(input: Input, key: string): number | undefined {
  const value = input[key]
  if (isAbsent(value)) return undefined
  const number = typeof value === 'string' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) throw wrongKind(key, 'a number')
  return number
}

export function flag(input: Input, key: string): boolean {
  return input[key] === true || input[key] === 'true'
}

function elements(input: Input, key: string): unknown[] {
  const value = input[key]
  if (isAbsent(value)) return []
  if (!Array.isArray(value)) throw wrongKind(key, 'a list')
  return value
}

/** A list of strings; absent means empty. */
export function list(input: Input, key: string): string[] {
  const all = elements(input, key)
  if (!all.every((one) => typeof one === 'string')) throw wrongKind(key, 'a list of strings')
  return all
}

/** A list of structures; absent means empty. */
export function objects(input: Input, key: string): Input[] {
  const all = elements(input, key)
  if (!all.every(isObject)) throw wrongKind(key, 'a list of structures')
  return all
}

/** A structure; absent means undefined, because several services tell the two apart. */
export function optionalObject(input: Input, key: string): Input | undefined {
  const value = input[key]
  if (isAbsent(value)) return undefined
  if (!isObject(value)) throw wrongKind(key, 'a structure')
  return value
}

/** A map of strings; absent means undefined. */
export function optionalMap(input: Input, key: string): Record<string, string> | undefined {
  const map = optionalObject(input, key)
  if (!Object.values(map ?? {}).every((value) => typeof value === 'string')) {
    throw wrongKind(key, 'a map of strings')
  }
  return map as Record<string, string> | undefined
}

/** `[{ Key, Value }]`, the form of tags in IAM, SSM and DynamoDB, as a map. */
export function tagMap(tags: Input[]): Record<string, string> {
  return Object.fromEntries(
    tags.map((tag) => [optionalText(tag, 'Key') ?? '', optionalText(tag, 'Value') ?? '']),
  )
}

export function tagList(tags: Record<string, string>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** One page of a list; the token is the index of the next entry. */
export function page<T>(all: T[], token: string | undefined, size: number): { items: T[]; next?: string } {
  const start = Math.max(0, Math.trunc(Number(token ?? 0)) || 0)
  const end = start + Math.max(1, Math.trunc(size))
  const items = all.slice(start, end)
  return end < all.length ? { items, next: String(end) } : { items }
}
