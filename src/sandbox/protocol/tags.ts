// What calls on tags have in common, whatever they are tags of.

import { type Context, tagContext } from '../account/condition.ts'
import { type Input, list, objects, optionalMap, tagMap } from './fields.ts'
import type { Call, Operation } from './service.ts'

type Tags = Record<string, string>

/** The tags that a request gives: a list of `{ Key, Value }`, or a map; absent means none. */
export const givenTags = (input: Input, member = 'Tags'): Tags =>
  Array.isArray(input[member]) ? tagMap(objects(input, member)) : (optionalMap(input, member) ?? {})

/** The condition keys of a call with `Tags` or `TagKeys`, or neither, on something that has tags or is not there. */
export const tagsAsked = (own: Tags | undefined, input: Input): Context =>
  tagContext(own, givenTags(input), list(input, 'TagKeys'))

/** The two operations that change tags, by `Tags` and `TagKeys`; `find` also asks whether the caller may. */
export function tagChanges(find: (input: Input, call: Call) => { tags: Tags }): {
  give: Operation
  take: Operation
} {
  return {
    give(input, call) {
      Object.assign(find(input, call).tags, givenTags(input))
      return {}
    },
    take(input, call) {
      const { tags } = find(input, call)
      for (const key of list(input, 'TagKeys')) delete tags[key]
      return {}
    },
  }
}
