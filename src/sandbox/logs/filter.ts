// The filter patterns of CloudWatch Logs: terms, and `{ $.field = "value" }` on JSON events.

import { AwsFault } from '../account/aws-fault.ts'

export type EventFilter = (message: string) => boolean

const invalid = () => new AwsFault('InvalidParameterException', 'Invalid filter pattern')

/** An empty pattern matches everything; throws InvalidParameterException for what cannot be read. */
export function parseFilter(pattern: string | undefined): EventFilter {
  const trimmed = pattern?.trim() ?? ''
  if (trimmed === '') return () => true
  if (trimmed.startsWith('[')) throw invalid()
  return trimmed.startsWith('{') ? parseJsonFilter(trimmed) : parseTerms(trimmed)
}

/** All plain terms must occur, no `-term` may, and one of the `?term`s must if there are any. */
function parseTerms(pattern: string): EventFilter {
  const terms = [...pattern.matchAll(/([-?]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map((m) => ({
    sign: m[1] ?? '',
    term: m[2] ?? m[3] ?? '',
  }))
  const of = (sign: string) => terms.filter((t) => t.sign === sign).map((t) => t.term)
  const [all, none, any] = [of(''), of('-'), of('?')]
  return (message) =>
    all.every((t) => message.includes(t)) &&
    !none.some((t) => message.includes(t)) &&
    (any.length === 0 || any.some((t) => message.includes(t)))
}

const comparison = /^\(?\s*\$\.([\w.[\]-]+)\s*(=|!=|<=|>=|<|>)\s*(?:"((?:[^"\\]|\\.)*)"|([\w.*+-]+))\s*\)?$/

/** Comparisons joined by `&&` or by `||`, not both: brackets around a group are not offered. */
function parseJsonFilter(pattern: string): EventFilter {
  if (!pattern.endsWith('}')) throw invalid()
  const inner = pattern.slice(1, -1).trim()
  const any = inner.includes('||')
  const tests = inner.split(any ? '||' : '&&').map((part) => parseComparison(part.trim()))
  return (message) => {
    let event: unknown
    try {
      event = JSON.parse(message)
    } catch {
      return false
    }
    return any ? tests.some((test) => test(event)) : tests.every((test) => test(event))
  }
}

function parseComparison(part: string): (event: unknown) => boolean {
  const match = comparison.exec(part)
  if (!match) throw invalid()
  const [, path = '', operator = '=', quoted, bare] = match
  const wanted = quoted ?? bare ?? ''
  const same = new RegExp(`^${wanted.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('*', '.*')}$`, 's')
  return (event) => {
    const value = path
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], event)
    if (operator === '!=') return value !== undefined && !same.test(String(value))
    if (value === undefined || value === null) return false
    if (operator === '=') return same.test(String(value))
    const [a, b] = [Number(value), Number(wanted)]
    if (operator === '<') return a < b
    if (operator === '>') return a > b
    return operator === '<=' ? a <= b : a >= b
  }
}
