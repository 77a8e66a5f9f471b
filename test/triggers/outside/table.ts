// A DynamoDB table in memory: exactly the forms of conditions and updates that the store and the counters use.
import { isDeepStrictEqual } from 'node:util'
import { AwsError } from '../../../triggers/outside/aws-call.ts'

type Value = { S?: string; N?: string; SS?: string[] }
export type Item = Record<string, Value>

interface Write {
  Key?: { pk: Value }
  Item?: Item
  ConditionExpression?: string
  UpdateExpression?: string
  ExpressionAttributeNames?: Record<string, string>
  ExpressionAttributeValues?: Item
  ReturnValues?: string
  ConsistentRead?: boolean
}

const conditionFailed = () => new AwsError('ConditionalCheckFailedException', 400, false)

/** The name that a placeholder in an expression stands for. */
const resolve = (write: Write, name = '') => write.ExpressionAttributeNames?.[name] ?? name

/** Refuses any form that nobody uses. */
function holds(expression: string, item: Item | undefined, write: Write): boolean {
  return expression.split(' AND ').every((part) =>
    part
      .replace(/^\((.*)\)$/, '$1')
      .split(' OR ')
      .some((term) => {
        const existence = /^attribute_(not_)?exists\((#?\w+)\)$/.exec(term)
        if (existence) return (item?.[resolve(write, existence[2])] === undefined) === Boolean(existence[1])
        const without = /^NOT contains\((#?\w+), (:\w+)\)$/.exec(term)
        if (without) {
          const { SS = [] } = item?.[resolve(write, without[1])] ?? {}
          return !SS.includes(write.ExpressionAttributeValues?.[without[2] ?? '']?.S ?? '')
        }
        const comparison = /^(#?\w+) (=|<|>) (:\w+)$/.exec(term)
        if (!comparison) throw new Error(`Unknown condition: ${term}`)
        const one = item?.[resolve(write, comparison[1])]
        const other = write.ExpressionAttributeValues?.[comparison[3] ?? '']
        if (comparison[2] === '=') return one !== undefined && isDeepStrictEqual(one, other)
        return comparison[2] === '<' ? Number(one?.N) < Number(other?.N) : Number(one?.N) > Number(other?.N)
      }),
  )
}

/** Refuses any form that nobody uses. */
function updated(item: Item | undefined, write: Write): Item {
  const form = /^(?:SET (.+?))? ?(?:ADD (.+))?$/.exec(write.UpdateExpression ?? '')
  const [, sets, sums] = form ?? []
  if (!sets && !sums) throw new Error(`Unknown update: ${write.UpdateExpression}`)
  const values = write.ExpressionAttributeValues ?? {}
  const next: Item = { ...item, ...write.Key }
  for (const set of sets?.split(', ') ?? []) {
    const [name, value = ''] = set.split(' = ')
    next[resolve(write, name)] = values[value] ?? {}
  }
  for (const sum of sums?.split(', ') ?? []) {
    const [counter, by = ''] = sum.split(' ')
    const key = resolve(write, counter)
    const { SS } = values[by] ?? {}
    next[key] = SS
      ? { SS: [...new Set([...(next[key]?.SS ?? []), ...SS])] }
      : { N: String(Number(next[key]?.N ?? 0) + Number(values[by]?.N)) }
  }
  return next
}

export function createTestTable() {
  const items = new Map<string, Item>()
  /** What a read that is not consistent may still see. */
  const outdated = new Map<string, Item | undefined>()
  return {
    items,
    read(input: object) {
      const { Key, ConsistentRead } = input as Write
      const Item = (ConsistentRead ? items : outdated).get(Key?.pk.S ?? '')
      return Item ? { Item } : {}
    },
    write(given: object) {
      const input = given as Write
      const pk = (input.Item?.pk ?? input.Key?.pk)?.S ?? ''
      const item = items.get(pk)
      if (input.ConditionExpression && !holds(input.ConditionExpression, item, input)) throw conditionFailed()
      outdated.set(pk, item)
      items.set(pk, input.Item ?? updated(item, input))
      return item && input.ReturnValues === 'ALL_OLD' ? { Attributes: item } : {}
    },
  }
}
