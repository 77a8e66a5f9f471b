// The conditions of IAM's policy language.

import { fitsPattern } from './pattern.ts'

/** Condition keys and what the request has for them; a list for those with many values, as `aws:TagKeys`. */
export type Context = Record<string, string | readonly string[]>

export type Condition = Record<string, Record<string, string | string[] | boolean>>

type Compare = (expected: string, actual: string) => boolean

const operators = new Map<string, Compare>([
  ['StringEquals', (expected, actual) => expected === actual],
  ['StringEqualsIgnoreCase', (expected, actual) => expected.toLowerCase() === actual.toLowerCase()],
  ['StringLike', fitsCondition],
  ['ArnEquals', fitsCondition],
  ['ArnLike', fitsCondition],
  ['Bool', (expected, actual) => expected.toLowerCase() === actual.toLowerCase()],
])

function fitsCondition(expected: string, actual: string): boolean {
  return fitsPattern(expected, actual)
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [String(value)])

/** Keys are compared without regard to case. All of a condition must hold. */
export function conditionHolds(condition: Condition, context: Context): boolean {
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]))
  return Object.entries(condition).every(([written, keys]) =>
    Object.entries(keys).every(([key, expected]) => {
      const actual = known.get(key.toLowerCase())
      // Without a value it is as if it were absent.
      return keyHolds(
        written,
        texts(expected),
        Array.isArray(actual) && actual.length === 0 ? undefined : actual,
      )
    }),
  )
}

/** One key under one operator, which may begin with `ForAllValues:` and end with `IfExists`. */
function keyHolds(written: string, expected: string[], actual: Context[string] | undefined): boolean {
  const [, set, name = '', ifExists] = /^(ForAllValues:|ForAnyValue:)?(.*?)(IfExists)?$/.exec(written) ?? []
  if (name === 'Null') return expected.includes(String(actual === undefined))
  const negated = /^(String|Arn)Not/.test(name)
  const compare = operators.get(name.replace('Not', ''))
  if (!compare) return false
  if (actual === undefined) return set === 'ForAllValues:' || (set === undefined && negated) || !!ifExists
  const fits = (value: string) => expected.some((one) => compare(one, value)) !== negated
  return set === 'ForAllValues:' ? texts(actual).every(fits) : texts(actual).some(fits)
}

/** The keys that a condition asks for. */
export const keysOf = (condition: Condition): string[] => Object.values(condition).flatMap(Object.keys)

/** The condition keys for the tags of what a call changes. */
export const resourceTags = (tags: Record<string, string>, service?: string): Context => ({
  ...prefixed('aws:ResourceTag/', tags),
  ...(service && prefixed(`${service}:ResourceTag/`, tags)),
})

/** The condition keys for the tags that a request carries; without any there are none. */
export const requestTags = (tags: Record<string, string>): Context =>
  Object.keys(tags).length === 0
    ? {}
    : { ...prefixed('aws:RequestTag/', tags), 'aws:TagKeys': Object.keys(tags) }

/** The condition keys of a call that changes tags, or any other, on something that has some. */
export const tagContext = (
  own: Record<string, string> | undefined,
  given: Record<string, string> = {},
  taken: readonly string[] = [],
): Context => ({
  ...resourceTags(own ?? {}),
  ...requestTags(given),
  ...(taken.length > 0 && { 'aws:TagKeys': taken }),
})

function prefixed(prefix: string, tags: Record<string, string>): Context {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}${key}`, value]))
}
