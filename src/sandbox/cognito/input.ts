// Reads and checks the members of a Cognito request; the messages are those of Cognito's own validation.
import { AwsFault } from '../account/aws-fault.ts'

type Input = Record<string, unknown>

/** Cognito's answer to a value that it does not accept. */
export const invalid = (message: string) => new AwsFault('InvalidParameterException', message)

/** Cognito's answer to a sign-in or a token that it does not accept. */
export const notAuthorized = (message: string) => new AwsFault('NotAuthorizedException', message)

/** The form in which the service reports a member that breaks the model. `at` is the member's path. */
export function unmet(value: unknown, at: string, constraint: string): AwsFault {
  const shown = value === undefined ? 'null' : `'${String(value)}'`
  return invalid(
    `1 validation error detected: Value ${shown} at '${at}' failed to satisfy constraint: ${constraint}`,
  )
}

const memberPath = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)

/** A required string member. */
export function text(input: Input, name: string): string {
  const value = input[name]
  if (value === undefined || value === null)
    throw unmet(undefined, memberPath(name), 'Member must not be null')
  if (typeof value !== 'string') throw new AwsFault('SerializationException', `${name} must be a string`)
  if (!value) throw unmet(value, memberPath(name), 'Member must have length greater than or equal to 1')
  return value
}

export function optionalText(input: Input, name: string): string | undefined {
  return input[name] === undefined || input[name] === null ? undefined : text(input, name)
}

/** A list of `{ Name, Value }`, as attributes and validation data are sent; the last of two wins. */
export function pairs(input: Input, name: string): Record<string, string> {
  const list = input[name] ?? []
  if (!Array.isArray(list)) throw new AwsFault('SerializationException', `${name} must be a list`)
  return Object.fromEntries(list.map((pair: Input) => [text(pair, 'Name'), String(pair.Value ?? '')]))
}

/** A map of strings, or undefined when it was not sent. */
export function stringMap(input: Input, name: string): Record<string, string> | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (!isStringMap(value)) throw new AwsFault('SerializationException', `${name} must be a map of strings`)
  return value
}

/** Those of the named members that were sent; null counts as not sent. */
export function membersOf<T extends object>(input: object, names: readonly string[]): Partial<T> {
  const sent = Object.entries(input).filter(
    ([name, value]) => names.includes(name) && value !== undefined && value !== null,
  )
  return Object.fromEntries(sent) as Partial<T>
}

/** Members that are not known here, named as AWS names its own: those of an AWS newer than the sandbox. */
export function newerMembers(input: Input, known: ReadonlySet<string>): Input {
  const names = Object.keys(input).filter((name) => /^[A-Z]\w*$/.test(name) && !known.has(name))
  return membersOf<Input>(input, names) as Input
}

export function isStringMap(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((v) => typeof v === 'string')
  )
}

/** Refuses a number outside its range; undefined passes. */
export function within(value: number | undefined, at: string, least: number, most: number): void {
  if (value === undefined) return
  if (value < least) throw unmet(value, at, `Member must have value greater than or equal to ${least}`)
  if (value > most) throw unmet(value, at, `Member must have value less than or equal to ${most}`)
}

/** Refuses a value outside its enumeration; undefined passes. */
export function oneOf(value: string | undefined, at: string, values: readonly string[]): void {
  if (value === undefined || values.includes(value)) return
  throw unmet(value, at, `Member must satisfy enum value set: [${values.join(', ')}]`)
}

/** Refuses a string that does not match; undefined passes. */
export function matching(value: string | undefined, at: string, pattern: RegExp): void {
  if (value === undefined || pattern.test(value)) return
  const shown = pattern.source.replace(/^\^/, '').replace(/\$$/, '')
  throw unmet(value, at, `Member must satisfy regular expression pattern: ${shown}`)
}

/**
 * One page of a list. The token names the last item of the page before, so that a deletion between two
 * pages neither repeats nor skips an item; `seq` grows with each item that is made.
 */
export function pageOf<T extends { seq: number }>(items: T[], token: string | undefined, size: number) {
  const after = token === undefined ? -1 : Number(Buffer.from(token, 'base64url').toString())
  if (Number.isNaN(after)) throw invalid('Invalid pagination token')
  const rest = items.filter((item) => item.seq > after)
  const page = rest.slice(0, size)
  const last = page.at(-1)
  const next =
    last && rest.length > page.length ? Buffer.from(String(last.seq)).toString('base64url') : undefined
  return { page, next }
}
