// A body of JSON as it may come from anybody.

import { isObject } from './fields.ts'

/** More than any call nests. What works on a deeper one by recursion would run out of stack. */
const mostLevels = 100

/** The members of an object; undefined for whatever is none, is no JSON, or nests too deeply. */
export function readObject(body: Buffer): Record<string, unknown> | undefined {
  if (body.length === 0) return {}
  if (levelsOf(body) > mostLevels) return undefined
  try {
    const value: unknown = JSON.parse(body.toString())
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const [quote, backslash, square, curly] = [0x22, 0x5c, 0x5b, 0x7b]
/** From a bracket that opens to the one that closes. */
const closing = 2

/** How deep brackets nest, strings left out. */
export function levelsOf(body: Buffer): number {
  let most = 0
  let level = 0
  let inString = false
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] as number
    if (inString) {
      if (byte === backslash) at++
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (byte === square || byte === curly) most = Math.max(most, ++level)
    else if (byte === square + closing || byte === curly + closing) level--
  }
  return most
}
