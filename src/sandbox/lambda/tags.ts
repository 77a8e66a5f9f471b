// The operations on tags, which name a function or an event source mapping by its ARN.

import { type Context, requestTags } from '../account/condition.ts'
import { type Input, list, optionalMap, text } from '../protocol/fields.ts'
import { at, type RestOperation } from '../protocol/rest.ts'
import type { Call } from '../protocol/service.ts'
import type { MappingStore } from './event-source-store.ts'
import type { FunctionStore } from './functions.ts'

const path = '/2017-03-31/tags/{Resource}'

/** The operations on tags. */
export function tagOperations(store: FunctionStore, mappings: MappingStore): Record<string, RestOperation> {
  function tagged(input: Input, call: Call, context?: Context): { tags: Record<string, string> } {
    const arn = text(input, 'Resource')
    return /:event-source-mapping:[^:]+$/.test(arn)
      ? mappings.taggedFor(arn, call, context)
      : store.functionFor(input, call, 'Resource', undefined, context)
  }

  return {
    ListTags: at({ method: 'GET', path }, (input, call) => ({ Tags: tagged(input, call).tags })),

    TagResource: at({ method: 'POST', path, status: 204 }, (input, call) => {
      const given = optionalMap(input, 'Tags') ?? {}
      Object.assign(tagged(input, call, requestTags(given)).tags, given)
      return {}
    }),

    UntagResource: at({ method: 'DELETE', path, status: 204, lists: ['tagKeys'] }, (input, call) => {
      const keys = list(input, 'tagKeys')
      const { tags } = tagged(input, call, { 'aws:TagKeys': keys })
      for (const key of keys) delete tags[key]
      return {}
    }),
  }
}
