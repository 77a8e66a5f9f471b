// How IAM reads names, and writes documents, pages and errors.

import { AwsFault } from '../account/aws-fault.ts'
import type { World } from '../account/world.ts'
import { type Input, optionalNumber, optionalText, page, text } from '../protocol/fields.ts'

/** IAM escapes what encodeURIComponent leaves alone: it follows RFC 3986. */
export const encodeDocument = (json: string) =>
  encodeURIComponent(json).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

export const missing = (what: string) => new AwsFault('NoSuchEntity', `The ${what} cannot be found.`, 404)
export const invalid = (message: string) => new AwsFault('ValidationError', message)

export function roleNameOf(input: Input): string {
  const name = text(input, 'RoleName', 'ValidationError')
  if (name.length > 64) {
    throw invalid(
      `1 validation error detected: Value '${name}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    )
  }
  if (!/^[\w+=,.@-]+$/.test(name)) {
    throw invalid(
      'The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    )
  }
  return name
}

/** One page in IAM's form: `Marker` and `IsTruncated`. */
export function listed<T>(world: World, input: Input, key: string, all: T[]) {
  const size = Math.min(optionalNumber(input, 'MaxItems') ?? world.pageSize, world.pageSize)
  const { items, next } = page(all, optionalText(input, 'Marker'), size)
  return { [key]: items, IsTruncated: next !== undefined, Marker: next }
}
