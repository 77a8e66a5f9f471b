// Values of flags and arguments as people type them: triggers, a port, spans of time.
import { usageError } from '../errors.ts'
import { type FunctionName, functionNames, names, shortNames } from '../names.ts'

/** The resource that `--function <trigger>` restricts a deploy to; undefined for all of them. */
export function onlyFunction(trigger: unknown): ReadonlySet<string> | undefined {
  if (trigger === undefined) return undefined
  if (functionNames.includes(trigger as FunctionName)) return new Set([`function:${trigger}`])
  throw usageError('UNKNOWN_TRIGGER', `«${String(trigger)}» is not a trigger`, {
    why: `they are ${functionNames.join(', ')} (functions named ${names.function('<stage>', 'preSignUp')} and so on)`,
    next: ['whatsapp-otp deploy --function createAuthChallenge'],
  })
}

/** The trigger that a word names in full or as the logs shorten it; all where there is none. */
export function triggersOf(word: string | undefined): readonly FunctionName[] {
  if (word === undefined) return functionNames
  const found = functionNames.find((name) => name === word || shortNames[name] === word)
  if (found) return [found]
  throw usageError('UNKNOWN_TRIGGER', `«${word}» is not a trigger`, {
    why: `they are ${functionNames.join(', ')}`,
    next: ['whatsapp-otp logs createAuthChallenge'],
  })
}

export function portOf(flag: unknown): number {
  const port = Number(flag ?? 4580)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw usageError('PORT_INVALID', `«${String(flag)}» is not a port`, {
    why: 'it must be a number from 0 to 65535',
    next: ['whatsapp-otp dev --port 0'],
  })
}

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `10m` -> 600,000. */
export function spanOf(text: unknown): number {
  const [, number, unit = ''] = /^(\d+)([smhd])$/.exec(String(text)) ?? []
  if (number) return Number(number) * units[unit]!
  throw usageError('SINCE_INVALID', `«${String(text)}» is not a span of time`, {
    why: 'it must be a number with s, m, h or d, as in 10m',
    next: ['whatsapp-otp logs --since 10m'],
  })
}

/** `--timeout <seconds>` in milliseconds. */
export function timeoutOf(flag: unknown): number {
  const seconds = Number(flag ?? 60)
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1000
  throw usageError('TIMEOUT_INVALID', `«${String(flag)}» is not a number of seconds`, {
    next: ['whatsapp-otp test-send <phone> --timeout 60'],
  })
}
