// What a function that reports partial failures says of a batch, read as Lambda reads it.

import { isObject } from '../protocol/fields.ts'

/** The ids that have failed: none where the answer says nothing, and all where it cannot be understood. */
export function failedItems(answer: string, ids: string[]): string[] {
  const report = parse(answer || 'null')
  if (report === null) return []
  if (!isObject(report)) return ids
  const failures = report.batchItemFailures ?? []
  if (!Array.isArray(failures)) return ids
  const named = failures.map((one) => (isObject(one) ? one.itemIdentifier : undefined))
  return named.every((id) => typeof id === 'string' && ids.includes(id)) ? (named as string[]) : ids
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
