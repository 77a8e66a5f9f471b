// The attributes of a pool: the standard ones, the custom ones, and what a value must look like.
import type { AttributeDataType, SchemaAttributeType } from '@aws-sdk/client-cognito-identity-provider'
import { invalid } from './input.ts'
import type { Client, Pool, Store } from './store.ts'

const standardStrings =
  'name given_name family_name middle_name nickname preferred_username profile picture website email gender birthdate zoneinfo locale phone_number address'

function standard(name: string, type: AttributeDataType): SchemaAttributeType {
  const fixed = {
    Name: name,
    AttributeDataType: type,
    DeveloperOnlyAttribute: false,
    Mutable: true,
    Required: false,
  }
  if (name === 'birthdate')
    return { ...fixed, StringAttributeConstraints: { MinLength: '10', MaxLength: '10' } }
  if (type === 'String')
    return { ...fixed, StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' } }
  if (type === 'Number') return { ...fixed, NumberAttributeConstraints: { MinValue: '0' } }
  return fixed
}

/** The schema of a pool: all standard attributes, changed and extended as CreateUserPool asks. */
export function schemaOf(wanted: SchemaAttributeType[]): SchemaAttributeType[] {
  const schema: SchemaAttributeType[] = [
    {
      ...standard('sub', 'String'),
      Mutable: false,
      Required: true,
      StringAttributeConstraints: { MinLength: '1', MaxLength: '2048' },
    },
    ...standardStrings.split(' ').map((name) => standard(name, 'String')),
    standard('email_verified', 'Boolean'),
    standard('phone_number_verified', 'Boolean'),
    standard('updated_at', 'Number'),
  ]
  const added = wanted.filter((a) => !schema.some((s) => s.Name === a.Name))
  for (const change of wanted.filter((a) => !added.includes(a))) {
    const own = schema.find((s) => s.Name === change.Name) as SchemaAttributeType
    if (change.AttributeDataType && change.AttributeDataType !== own.AttributeDataType) {
      throw invalid(
        `You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute ${own.Name}`,
      )
    }
    Object.assign(own, change)
  }
  return addCustom(schema, added)
}

/** The schema with more custom attributes; names come without their prefix and are at most 20 long. */
export function addCustom(
  schema: SchemaAttributeType[],
  wanted: SchemaAttributeType[],
): SchemaAttributeType[] {
  const grown = [...schema]
  for (const attribute of wanted) {
    const bare = attribute.Name ?? ''
    if (!/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,20}$/u.test(bare)) {
      throw invalid(
        `1 validation error detected: Value '${bare}' at 'customAttributes.1.member.name' failed to satisfy constraint: Member must have length less than or equal to 20`,
      )
    }
    const name = `custom:${bare}`
    if (attribute.Required) throw invalid('Required custom attributes are not supported currently.')
    if (grown.some((s) => s.Name === name)) {
      throw invalid(`${name}: Existing attribute already has name ${name}.`)
    }
    grown.push({
      Name: name,
      AttributeDataType: attribute.AttributeDataType ?? 'String',
      DeveloperOnlyAttribute: attribute.DeveloperOnlyAttribute ?? false,
      Mutable: attribute.Mutable ?? true,
      Required: false,
      ...((attribute.AttributeDataType ?? 'String') === 'String' && {
        StringAttributeConstraints: attribute.StringAttributeConstraints ?? {},
      }),
      ...(attribute.AttributeDataType === 'Number' && {
        NumberAttributeConstraints: attribute.NumberAttributeConstraints ?? {},
      }),
    })
  }
  if (grown.filter((s) => s.Name?.startsWith('custom:')).length > 50) {
    throw invalid('Limit exceeded: at most 50 custom attributes.')
  }
  return grown
}

/** Verification flags and the sub are Cognito's: no client may be given the right to write them. */
const neverWritable = ['sub', 'phone_number_verified', 'email_verified']

/** Whether a client may be granted this attribute for writing or reading. */
export function grantable(pool: Pool, name: string, access: 'read' | 'write'): boolean {
  const attribute = pool.schema.find((s) => s.Name === name)
  if (!attribute) return false
  return access === 'read' || !neverWritable.includes(name)
}

/**
 * Whether the client's users may write the attribute. Without a list the standard ones are writable, as
 * the documentation has it; that custom ones are, too, is what reports of privilege escalation say.
 */
export function mayWrite({ world }: Pick<Store, 'world'>, client: Client, name: string): boolean {
  const list = client.settings.WriteAttributes
  if (list?.length) return list.includes(name)
  // What does not exist is refused for that, whoever writes it.
  if (!declared(client.pool, name)) return true
  const isOpen = !name.startsWith('custom:') || world.unsettled.omittedWriteAttributes === 'all'
  return isOpen && grantable(client.pool, name, 'write')
}

export function mayRead(client: Client, name: string): boolean {
  const list = client.settings.ReadAttributes
  return name === 'sub' || !list?.length || list.includes(name)
}

/** What tokens show of attributes: standard flags become booleans, custom attributes stay strings, whatever their type. */
export function readable(
  client: Client,
  attributes: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const claims = Object.entries(attributes).filter(([name]) => mayRead(client, name))
  return Object.fromEntries(
    claims.map(([name, value]) => [
      name,
      name === 'phone_number_verified' || name === 'email_verified' ? value === 'true' : value,
    ]),
  )
}

const declared = (pool: Pool, name: string) => pool.schema.some((s) => s.Name === name)

export const e164 = /^\+[1-9]\d{1,14}$/

/** Checks given values against the schema. `prefix` is what SignUp and AdminCreateUser say first. */
export function checkValues(pool: Pool, values: Record<string, string>, prefix = ''): void {
  for (const [name, value] of Object.entries(values)) {
    const attribute = pool.schema.find((s) => s.Name === name)
    if (!attribute) throw invalid(`${prefix}Type for attribute {${name}} could not be determined`)
    if (name === 'phone_number' && value && !e164.test(value)) throw invalid('Invalid phone number format.')
    if (name === 'email' && value && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(value)) {
      throw invalid('Invalid email address format.')
    }
    if (attribute.AttributeDataType === 'Boolean' && !['true', 'false', ''].includes(value)) {
      throw invalid(`${prefix}${name}: Boolean attribute must be true or false`)
    }
    if (attribute.AttributeDataType === 'Number' && !/^-?\d*$/.test(value)) {
      throw invalid(`${prefix}${name}: Number attribute must be an integer`)
    }
    const { MinLength = '0', MaxLength = '2048' } = attribute.StringAttributeConstraints ?? {}
    if (value.length > Number(MaxLength)) {
      throw invalid(`${prefix}${name}: String must be no longer than ${MaxLength} characters`)
    }
    if (value && value.length < Number(MinLength)) {
      throw invalid(`${prefix}${name}: String must be at least ${MinLength} characters`)
    }
  }
}

/** The first part of the message about attributes of a user who is being made. */
export const nonConforming = 'Attributes did not conform to the schema: '

/** Refuses a new user who lacks a required attribute. */
export function checkRequired(pool: Pool, values: Record<string, string>): void {
  const missing = pool.schema.filter((s) => s.Required && s.Name !== 'sub' && !values[s.Name ?? ''])
  if (missing.length) {
    throw invalid(nonConforming + missing.map((s) => `${s.Name}: The attribute is required\n`).join(''))
  }
}

/** Refuses changes of attributes that are fixed once set; `sub` always is. */
export function checkMutable(pool: Pool, values: Record<string, string>): void {
  for (const name of Object.keys(values)) {
    const attribute = pool.schema.find((s) => s.Name === name)
    if (attribute && attribute.Mutable === false) throw invalid(`user.${name}: Attribute cannot be updated.`)
  }
}
