// Reads the members of a decoded request, with AWS's own words for what is missing.

import { AwsFault } from '../account/aws-fault.ts'

export type Input = Record<string, unknown>

/** A member that must be a non-empty string; `code` is the service's validation error. */
export function text(input: Input, key: string, code = 'ValidationException'): string {
  const value = input[key]
  if (typeof value === 'string' && value !== '') return value
  const member = key.charAt(0).toLowerCase() + key.slice(1)
  const shown = value === '' ? "''" : 'null'
  throw new AwsFault(
    code,
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: Member must not be null`,
  )
}

export function optionalText(input: Input, key: string): string | undefined {
  const value = input[key]
  return typeof value === 'string' ? value : undefined
}

/** Query requests carry numbers as text. */
export function optionalNumber(input: Input, key: string): number | undefined {
  const value = input[key]
  if (value === undefined || value === null || value === '') return undefined
  const number = Number(value)
  return Number.isNaN(number) ? undefined : number
}

export function flag(input: Input, key: string): boolean {
  return input[key] === true || input[key] === 'true'
}

/** A list member; absent means empty. */
export function list<T = string>(input: Input, key: string): T[] {
  const value = input[key]
  return Array.isArray(value) ? (value as T[]) : []
}

/** A map member; absent means undefined, because several services tell the two apart. */
export function optionalMap<T = string>(input: Input, key: string): Record<string, T> | undefined {
  const value = input[key]
  return value && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, T>)
    : undefined
}

/** `[{ Key, Value }]`, the form of tags in IAM, SSM and DynamoDB, as a map. */
export function tagMap(tags: { Key?: string; Value?: string }[]): Record<string, string> {
  return Object.fromEntries(tags.map((tag) => [tag.Key ?? '', tag.Value ?? '']))
}

export function tagList(tags: Record<string, string>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** One page of a list; the token is the index of the next entry. */
export function page<T>(all: T[], token: string | undefined, size: number): { items: T[]; next?: string } {
  const start = Number(token ?? 0) || 0
  const items = all.slice(start, start + size)
  return start + size < all.length ? { items, next: String(start + size) } : { items }
}
