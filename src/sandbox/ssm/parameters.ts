// The parameters of the account, how each is shown, and how they are found.

import { createHash } from 'node:crypto'
import * as z from 'zod'
import { AwsFault } from '../account/aws-fault.ts'
import type { Keep } from '../account/keep.ts'
import type { World } from '../account/world.ts'
import { type Input, list } from '../protocol/fields.ts'

export interface Parameter {
  name: string
  type: 'String' | 'StringList' | 'SecureString'
  value: string
  version: number
  modifiedAt: number
  modifiedBy: string
  description: string | undefined
  keyId: string | undefined
  tags: Record<string, string>
}

const shape = z.array(
  z.object({
    name: z.string(),
    type: z.enum(['String', 'StringList', 'SecureString']),
    value: z.string(),
    version: z.number(),
    modifiedAt: z.number(),
    modifiedBy: z.string(),
    description: z.string().optional(),
    keyId: z.string().optional(),
    tags: z.record(z.string(), z.string()),
  }),
)

/** Stands for KMS's ciphertext: opaque, and the same for the same version. */
const sealed = (p: Parameter) =>
  `AQICAH${createHash('sha512').update(`${p.name}:${p.version}:${p.value}`).digest('base64')}`

export function createParameterStore(world: World) {
  const parameters = new Map<string, Parameter>()
  const arnOf = (name: string) =>
    `arn:${world.partition}:ssm:${world.region}:${world.account}:parameter${name.startsWith('/') ? '' : '/'}${name}`

  function shown(p: Parameter, decrypt: boolean) {
    return {
      Name: p.name,
      Type: p.type,
      Value: p.type === 'SecureString' && !decrypt ? sealed(p) : p.value,
      Version: p.version,
      LastModifiedDate: new Date(p.modifiedAt),
      ARN: arnOf(p.name),
      DataType: 'text',
    }
  }

  function metadata(p: Parameter) {
    const { Value: _value, ...rest } = shown(p, false)
    return {
      ...rest,
      Description: p.description,
      KeyId: p.keyId,
      LastModifiedUser: p.modifiedBy,
      Tier: 'Standard',
      Policies: [],
    }
  }

  /** Reads `name` or `name:version`; older versions are not kept. */
  function find(reference: string): Parameter | undefined {
    const [name = '', version] = reference.split(':')
    const parameter = parameters.get(name)
    if (!parameter || (version && Number(version) !== parameter.version)) return undefined
    return parameter
  }

  const keep: Keep = {
    save: () => [...parameters.values()],
    restore(saved) {
      for (const one of shape.parse(saved)) parameters.set(one.name, one as Parameter)
    },
  }

  return { arnOf, find, keep, metadata, parameters, shown }
}

/** The filters of DescribeParameters that people use: by name, path and type. */
export function fits(p: Parameter, filter: Input): boolean {
  const values = list(filter, 'Values')
  if (filter.Key === 'Path') return values.some((v) => p.name.startsWith(v.endsWith('/') ? v : `${v}/`))
  const actual = filter.Key === 'Type' ? p.type : filter.Key === 'Name' ? p.name : undefined
  if (actual === undefined) {
    throw new AwsFault('InvalidFilterKey', `The filter key ${filter.Key} is not offered by the sandbox.`)
  }
  if (filter.Option === 'BeginsWith') return values.some((v) => actual.startsWith(v))
  return filter.Option === 'Contains' ? values.some((v) => actual.includes(v)) : values.includes(actual)
}
