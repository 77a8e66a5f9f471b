// Calls whose JSON goes and comes as it is: what AWS has that the bundled SDK does not know stays in it.
import { NormalizedSchema } from '@smithy/core/schema'
import {
  type InitializeMiddleware,
  type MetadataBearer,
  type Pluggable,
  type SchemaRef,
  SMITHY_CONTEXT_KEY,
  type StaticOperationSchema,
} from '@smithy/types'

/**
 * Marks a command of a service that speaks JSON. Everything else of the call stays the SDK's: address, signature,
 * retries, errors. A time in its answer is a number, in seconds. What AWS gives as null says nothing, as for the
 * SDK, and is left out.
 */
export function raw<C extends { middlewareStack: { use(plugin: never): void } }>(command: C): C {
  command.middlewareStack.use(plugin as never)
  return command
}

/** The SDK's schema for anything that JSON can say. */
const anything = 15 as const

const asItIs: InitializeMiddleware<object, MetadataBearer> = (next, context) => async (args) => {
  const inner = context as { [SMITHY_CONTEXT_KEY]?: { operationSchema?: StaticOperationSchema } }
  const [kind, namespace, name, traits] = inner[SMITHY_CONTEXT_KEY]!.operationSchema!
  const operationSchema: StaticOperationSchema = [kind, namespace, name, traits, anything, anything]
  inner[SMITHY_CONTEXT_KEY] = { ...inner[SMITHY_CONTEXT_KEY], operationSchema }
  const result = await next(args)
  return { ...result, output: withoutNulls(result.output) as MetadataBearer }
}

const plugin: Pluggable<object, MetadataBearer> = {
  applyToStack: (stack) => stack.add(asItIs, { step: 'initialize', name: 'raw' }),
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isPlain(value)) return value
  const said = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(said.map(([key, inner]) => [key, withoutNulls(inner)]))
}

/** The SDK may give a number that JavaScript cannot hold as an object of its own. */
const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** Where `value` has members that the bundled SDK does not know, as in `Policies.PasswordPolicy.Pepper`. */
export function unknownIn(schema: SchemaRef, value: unknown): string[] {
  const known = NormalizedSchema.of(schema)
  if (Array.isArray(value)) {
    return known.isListSchema() ? value.flatMap((one) => unknownIn(known.getValueSchema(), one)) : []
  }
  if (!isPlain(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    if (inner === undefined) return []
    if (known.isMapSchema()) return below(key, unknownIn(known.getValueSchema(), inner))
    if (!known.isStructSchema()) return []
    const member = [...known.structIterator()].find(([name]) => name === key)
    return member ? below(key, unknownIn(member[1], inner)) : [key]
  })
}

const below = (key: string, paths: string[]) => paths.map((path) => `${key}.${path}`)
