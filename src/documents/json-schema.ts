// JSON Schemas, draft 2020-12, of the documents, of an error, and of whatsapp-otp.json.
import * as z from 'zod'
import { stagePattern } from '../names.ts'
import type { Setting } from '../settings/rows.ts'
import { isSecret, schema, settingKeys } from '../settings/schema.ts'
import { documents } from './documents.ts'

type Json = Record<string, unknown>

const draft = 'https://json-schema.org/draft/2020-12/schema'

/** `title` says where the document comes from. */
function published(name: string, title: string, json: Json): Json {
  const { $schema: _, ...rest } = json
  return { $schema: draft, $id: `urn:whatsapp-otp:${name}`, title, ...rest }
}

const version = z.literal(1)

/** Of one alternative of a document, `schemaVersion` first. */
const versioned = (shape: z.ZodType): z.ZodType =>
  shape instanceof z.ZodUnion
    ? z.union(shape.options.map((one) => versioned(one as z.ZodType)))
    : (shape as z.ZodObject).extend({ schemaVersion: version })

/** Of every command, by its name. */
export function documentSchemas(): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(documents).map(([name, shape]) => {
      const whole = name === 'logs' ? shape : versioned(shape)
      const title = `What whatsapp-otp ${name} --json prints${name === 'logs' ? ', for each line' : ''}`
      return [name, published(name, title, z.toJSONSchema(whole) as Json)]
    }),
  )
}

/** Of what every command prints instead when it fails; `codes` are those that there are. */
export function errorSchema(codes: readonly string[]): Json {
  const error = z.strictObject({
    code: z.enum(codes as [string, ...string[]]).describe('stable; later versions have more'),
    message: z.string(),
    why: z.string().optional(),
    next: z.array(z.string()).describe('commands or actions, the most likely first'),
  })
  const whole = z.strictObject({ schemaVersion: version, error })
  return published('error', 'What --json prints where a command fails', z.toJSONSchema(whole) as Json)
}

/** The value as it is meant to be written: typed where the check leads to a type, else as the check takes it. */
function memberOf({ check }: Setting<unknown>): Json {
  const options = { unrepresentable: 'any' } as const
  // Not every validator knows formats, and none has to.
  const as = (io: 'input' | 'output'): Json => {
    const { $schema: _, format: __, ...json } = z.toJSONSchema(check, { ...options, io }) as Json
    return json
  }
  const typed = as('output')
  return typed.type === undefined && typed.anyOf === undefined ? { ...as('input'), ...typed } : typed
}

/** Of whatsapp-otp.json: no secret is among its members. */
export function configFileSchema(): Json {
  const settings = Object.fromEntries(
    settingKeys
      .filter((key) => !isSecret(key))
      .map((key) => {
        const row: Setting<unknown> = schema[key]
        const preset = row.default === undefined ? {} : { default: row.default }
        return [key, { ...memberOf(row), description: `${row.help} (${row.env})`, ...preset }]
      }),
  )
  const block = {
    ...settings,
    region: { type: 'string', description: 'AWS region' },
    profile: { type: 'string', description: 'AWS profile' },
    account: { type: 'string', pattern: '^\\d{12}$', description: 'the only account to deploy to' },
  }
  return published('whatsapp-otp', 'Settings of whatsapp-otp for a project, for all stages and for each', {
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      stage: { type: 'string', pattern: stagePattern.source, description: 'the stage to work on' },
      ...block,
      stages: {
        type: 'object',
        description: 'the same for one stage each',
        additionalProperties: { type: 'object', properties: block, additionalProperties: false },
      },
    },
    additionalProperties: false,
  })
}
