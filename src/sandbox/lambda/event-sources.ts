// The operations on event source mappings. Those of a function or queue that is gone stay until they are deleted.

import { randomUUID } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import { requestTags } from '../account/condition.ts'
import type { Provided } from '../account/provided.ts'
import type { World } from '../account/world.ts'
import { optionalMap, optionalNumber, optionalText, page, text } from '../protocol/fields.ts'
import { at, type RestOperation } from '../protocol/rest.ts'
import { checkSource, readMapping, readSource } from './event-source-input.ts'
import type { MappingStore } from './event-source-store.ts'
import type { LambdaFunction } from './function/record.ts'
import { invalidParameter } from './function/settings.ts'
import type { FunctionStore } from './functions.ts'
import { nameOf } from './wire.ts'

const path = '/2015-03-31/event-source-mappings'
const onePath = `${path}/{UUID}`

/** The operations on event source mappings; `added` hears of each new one. */
export function eventSourceOperations(
  world: World,
  store: FunctionStore,
  mappings: MappingStore,
  { findQueue, findRole }: Pick<Provided, 'findQueue' | 'findRole'>,
  added: () => void,
): Record<string, RestOperation> {
  function functionNamed(given: string): LambdaFunction {
    const fn = store.find(nameOf(given))
    if (!fn) throw invalidParameter('Function does not exist')
    return fn
  }

  const check = (sourceArn: string, { settings }: LambdaFunction) =>
    checkSource(findQueue(sourceArn), findRole(settings.role), sourceArn, settings)

  function refuseTwice(sourceArn: string, fn: LambdaFunction, besides?: string): void {
    const other = mappings
      .all()
      .find((one) => one.sourceArn === sourceArn && one.functionArn === fn.arn && one.uuid !== besides)
    if (!other) return
    throw new AwsFault(
      'ResourceConflictException',
      `An event source mapping with SQS arn (" ${sourceArn} ") and function (" ${fn.name} ") already exists. Please update or delete the existing mapping with UUID ${other.uuid}`,
      409,
    )
  }

  return {
    CreateEventSourceMapping: at({ method: 'POST', path, status: 202 }, (input, call) => {
      const functionArn = store.arnOf(nameOf(text(input, 'FunctionName')))
      const tags = optionalMap(input, 'Tags') ?? {}
      const uuid = randomUUID()
      const asked = requestTags(tags)
      call.authorize('lambda:CreateEventSourceMapping', '*', { ...asked, 'lambda:FunctionArn': functionArn })
      if (Object.keys(tags).length > 0) call.authorize('lambda:TagResource', mappings.arnOf(uuid), asked)
      const sourceArn = readSource(input)
      const settings = readMapping(input)
      const fn = functionNamed(functionArn)
      check(sourceArn, fn)
      refuseTwice(sourceArn, fn)
      const mapping = mappings.add({ functionArn, sourceArn, settings, tags: { ...tags } }, uuid)
      added()
      return mappings.describe(mapping, mapping.underway)
    }),

    GetEventSourceMapping: at({ method: 'GET', path: onePath }, (input, call) =>
      mappings.describe(mappings.mappingFor(input, call)),
    ),

    UpdateEventSourceMapping: at({ method: 'PUT', path: onePath, status: 202 }, (input, call) => {
      const mapping = mappings.mappingFor(input, call)
      const named = optionalText(input, 'FunctionName')
      const functionArn = named ? store.arnOf(nameOf(named)) : mapping.functionArn
      if (functionArn !== mapping.functionArn) {
        call.authorize('lambda:UpdateEventSourceMapping', mapping.arn, { 'lambda:FunctionArn': functionArn })
      }
      mappings.refuseUnlessSettled(mapping, 'update')
      const settings = readMapping(input, mapping.settings)
      // One whose queue or function is gone can still be disabled.
      if (named || settings.isEnabled) {
        const fn = functionNamed(functionArn)
        check(mapping.sourceArn, fn)
        refuseTwice(mapping.sourceArn, fn, mapping.uuid)
      }
      mappings.change(mapping, settings, functionArn)
      return mappings.describe(mapping, mapping.underway)
    }),

    DeleteEventSourceMapping: at({ method: 'DELETE', path: onePath, status: 202 }, (input, call) => {
      const mapping = mappings.mappingFor(input, call)
      mappings.refuseUnlessSettled(mapping, 'delete')
      mappings.remove(mapping)
      return mappings.describe(mapping)
    }),

    ListEventSourceMappings: at({ method: 'GET', path }, (input, call) => {
      call.authorize('lambda:ListEventSourceMappings', '*')
      const name = optionalText(input, 'FunctionName')
      const source = optionalText(input, 'EventSourceArn')
      const found = mappings
        .all()
        .filter(({ functionArn }) => !name || functionArn === store.arnOf(nameOf(name)))
        .filter(({ sourceArn }) => !source || sourceArn === source)
      const size = Math.min(optionalNumber(input, 'MaxItems') ?? 100, world.pageSize)
      const { items, next } = page(found, optionalText(input, 'Marker'), size)
      return { EventSourceMappings: items.map((one) => mappings.describe(one)), NextMarker: next }
    }),
  }
}
