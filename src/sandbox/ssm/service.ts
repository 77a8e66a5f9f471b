// SSM Parameter Store: standard parameters, plain or SecureString.

import { AwsFault } from '../account/aws-fault.ts'
import { requestTags, tagContext } from '../account/condition.ts'
import type { Keep } from '../account/keep.ts'
import type { World } from '../account/world.ts'
import {
  flag,
  type Input,
  list,
  objects,
  optionalNumber,
  optionalText,
  page,
  tagList,
  text,
} from '../protocol/fields.ts'
import type { JsonService } from '../protocol/json.ts'
import type { Call, Operation } from '../protocol/service.ts'
import { givenTags, tagChanges, tagsAsked } from '../protocol/tags.ts'
import { createParameterStore, fits, type Parameter } from './parameters.ts'

const notFound = (name = '') => new AwsFault('ParameterNotFound', name && `Parameter ${name} not found.`)
const invalid = (message: string) => new AwsFault('ValidationException', message)

export function createSsm(world: World): JsonService & { keep: Keep } {
  const { arnOf, find, keep, metadata, parameters, shown } = createParameterStore(world)

  function put(input: Input, call: Call) {
    const name = text(input, 'Name')
    const tags = givenTags(input)
    call.authorize('ssm:PutParameter', arnOf(name), tagContext(parameters.get(name)?.tags, tags))
    const tagged = Object.keys(tags).length > 0
    if (tagged) call.authorize('ssm:AddTagsToResource', arnOf(name), requestTags(tags))
    if (!/^\/?[\w.-]+(\/[\w.-]+)*$/.test(name) || /^\/?(aws|ssm)/i.test(name)) {
      throw invalid(
        'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
      )
    }
    const overwrite = flag(input, 'Overwrite')
    if (overwrite && tagged) {
      throw invalid(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
      )
    }
    const value = text(input, 'Value')
    if (Buffer.byteLength(value) > 4096) {
      throw invalid(
        'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html',
      )
    }
    const old = parameters.get(name)
    if (old && !overwrite) {
      throw new AwsFault(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      )
    }
    const type = optionalText(input, 'Type') ?? old?.type
    if (!type) throw invalid('A parameter type is required when you create a parameter.')
    if (!['String', 'StringList', 'SecureString'].includes(type)) {
      throw invalid(
        `1 validation error detected: Value '${type}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [SecureString, StringList, String]`,
      )
    }
    const parameter: Parameter = {
      name,
      type: type as Parameter['type'],
      value,
      version: (old?.version ?? 0) + 1,
      modifiedAt: world.now(),
      modifiedBy: call.caller.arn,
      description: optionalText(input, 'Description') ?? old?.description,
      keyId:
        type === 'SecureString' ? (optionalText(input, 'KeyId') ?? old?.keyId ?? 'alias/aws/ssm') : undefined,
      tags: old?.tags ?? tags,
    }
    parameters.set(name, parameter)
    return { Version: parameter.version, Tier: 'Standard' }
  }

  /** Tags are kept on the parameter's plain name, not on its ARN. */
  function tagged(input: Input, call: Call): Parameter {
    const type = text(input, 'ResourceType')
    const id = text(input, 'ResourceId')
    const parameter = parameters.get(id)
    call.authorize(`ssm:${call.operation}`, arnOf(id), tagsAsked(parameter?.tags, input))
    if (type !== 'Parameter') throw new AwsFault('InvalidResourceType', `${type} is not offered.`)
    if (!parameter) throw new AwsFault('InvalidResourceId', `The resource ID "${id}" is not valid.`)
    return parameter
  }

  const changes = tagChanges(tagged)

  const operations: Record<string, Operation> = {
    PutParameter: put,
    GetParameter(input, call) {
      const reference = text(input, 'Name')
      call.authorize('ssm:GetParameter', arnOf(reference.split(':')[0] ?? ''))
      const parameter = find(reference)
      if (!parameter) throw notFound()
      return { Parameter: shown(parameter, flag(input, 'WithDecryption')) }
    },
    GetParameters(input, call) {
      const names = list(input, 'Names')
      for (const name of names) call.authorize('ssm:GetParameters', arnOf(name.split(':')[0] ?? ''))
      if (names.length < 1 || names.length > 10) {
        const rule = names.length < 1 ? 'greater than or equal to 1' : 'less than or equal to 10'
        throw invalid(
          `1 validation error detected: Value '[${names.join(', ')}]' at 'names' failed to satisfy constraint: Member must have length ${rule}`,
        )
      }
      const found = names.map(find).filter((p) => p !== undefined)
      return {
        Parameters: found.map((p) => shown(p, flag(input, 'WithDecryption'))),
        InvalidParameters: names.filter((name) => !find(name)),
      }
    },
    GetParametersByPath(input, call) {
      const path = text(input, 'Path')
      // The path as it was sent: with a slash at its end it is another resource than without.
      call.authorize('ssm:GetParametersByPath', arnOf(path))
      if (!path.startsWith('/')) {
        throw invalid(
          'The parameter path must start with a forward slash, and can consist of sub-paths divided by slashes.',
        )
      }
      const prefix = path.endsWith('/') ? path : `${path}/`
      const below = [...parameters.values()]
        .filter((p) => p.name.startsWith(prefix))
        .filter((p) => flag(input, 'Recursive') || !p.name.slice(prefix.length).includes('/'))
        .sort((a, b) => a.name.localeCompare(b.name))
      const size = Math.min(optionalNumber(input, 'MaxResults') ?? 10, 10, world.pageSize)
      const { items, next } = page(below, optionalText(input, 'NextToken'), size)
      return { Parameters: items.map((p) => shown(p, flag(input, 'WithDecryption'))), NextToken: next }
    },
    DescribeParameters(input, call) {
      call.authorize('ssm:DescribeParameters', '*')
      const filters = objects(input, 'ParameterFilters')
      const matching = [...parameters.values()].filter((p) => filters.every((filter) => fits(p, filter)))
      const size = Math.min(optionalNumber(input, 'MaxResults') ?? 50, 50, world.pageSize)
      const { items, next } = page(matching, optionalText(input, 'NextToken'), size)
      return { Parameters: items.map(metadata), NextToken: next }
    },
    DeleteParameter(input, call) {
      const name = text(input, 'Name')
      call.authorize('ssm:DeleteParameter', arnOf(name))
      if (!parameters.delete(name)) throw notFound()
      return {}
    },
    DeleteParameters(input, call) {
      const names = list(input, 'Names')
      for (const name of names) call.authorize('ssm:DeleteParameters', arnOf(name))
      const known = names.filter((name) => parameters.has(name))
      for (const name of known) parameters.delete(name)
      return { DeletedParameters: known, InvalidParameters: names.filter((name) => !known.includes(name)) }
    },
    AddTagsToResource: changes.give,
    RemoveTagsFromResource: changes.take,
    ListTagsForResource: (input, call) => ({ TagList: tagList(tagged(input, call).tags) }),
  }

  return {
    name: 'ssm',
    protocol: 'json',
    targetPrefix: 'AmazonSSM',
    jsonVersion: '1.1',
    operations,
    keep,
    inventory: () => [...parameters.keys()].map((name) => ({ kind: 'parameter', name })),
  }
}
