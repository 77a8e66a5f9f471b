// The parts of AWS that the functions call, in memory: DynamoDB with its conditions, SSM, Cognito, SNS.
import { setImmediate as turn } from 'node:timers/promises'
import { type Aws, AwsError } from '../../../triggers/outside/aws-call.ts'

type Value = { S?: string; N?: string }
type Item = Record<string, Value>

interface Write {
  Key?: { pk: Value }
  Item?: Item
  ConditionExpression?: string
  UpdateExpression?: string
  ExpressionAttributeNames?: Record<string, string>
  ExpressionAttributeValues?: Item
}

/** `before` refuses without effect; `after` carries the call out and loses the answer. */
export interface Fault {
  operation: string
  when: 'before' | 'after'
  error: AwsError
  times: number
}

export interface TestAws extends Aws {
  items: Map<string, Item>
  /** Attributes by user name, as AdminUpdateUserAttributes left them. */
  users: Map<string, Record<string, string>>
  /** Stands in each parameter but the findings. */
  secrets: string
  findings: string
  sms: URLSearchParams[]
  /** The operations called, in order. */
  calls: string[]
  fail(operation: string, when?: Fault['when'], times?: number, error?: AwsError): void
  /** Runs once, between somebody's read and his write. */
  interrupt: (() => Promise<void>) | undefined
}

const conditionFailed = () => new AwsError('ConditionalCheckFailedException', 400, false)

/** The name that a placeholder in an expression stands for. */
const resolve = (write: Write, name = '') => write.ExpressionAttributeNames?.[name] ?? name

/** Judges exactly the forms that the store and the counters use, and refuses any other. */
function holds(expression: string, item: Item | undefined, write: Write): boolean {
  return expression.split(' AND ').every((part) =>
    part
      .replace(/^\((.*)\)$/, '$1')
      .split(' OR ')
      .some((term) => {
        const absent = /^attribute_not_exists\((#?\w+)\)$/.exec(term)
        if (absent) return item?.[resolve(write, absent[1])] === undefined
        const comparison = /^(#?\w+) (=|<) (:\w+)$/.exec(term)
        if (!comparison) throw new Error(`Unknown condition: ${term}`)
        const left = Number(item?.[resolve(write, comparison[1])]?.N)
        const right = Number(write.ExpressionAttributeValues?.[comparison[3] ?? '']?.N)
        return comparison[2] === '=' ? left === right : left < right
      }),
  )
}

/** Carries out exactly the form that the counters use, and refuses any other. */
function updated(item: Item | undefined, write: Write): Item {
  const form = /^SET (#\w+) = (:\w+) ADD (.+)$/.exec(write.UpdateExpression ?? '')
  if (!form) throw new Error(`Unknown update: ${write.UpdateExpression}`)
  const [, name, value = '', sums = ''] = form
  const values = write.ExpressionAttributeValues ?? {}
  const next: Item = { ...item, ...write.Key, [resolve(write, name)]: values[value] ?? {} }
  for (const sum of sums.split(', ')) {
    const [counter, by = ''] = sum.split(' ')
    const key = resolve(write, counter)
    next[key] = { N: String(Number(next[key]?.N ?? 0) + Number(values[by]?.N)) }
  }
  return next
}

export function createTestAws(secrets: string): TestAws {
  const faults: Fault[] = []
  const items = new Map<string, Item>()
  const users = new Map<string, Record<string, string>>()
  /** What a read that is not consistent may still see. */
  const outdated = new Map<string, Item | undefined>()

  function takeFault(operation: string, when: Fault['when']) {
    const fault = faults.find((one) => one.operation === operation && one.when === when && one.times > 0)
    if (!fault) return
    fault.times--
    throw fault.error
  }

  function write(input: Write): Record<string, unknown> {
    const pk = (input.Item?.pk ?? input.Key?.pk)?.S ?? ''
    const item = items.get(pk)
    if (input.ConditionExpression && !holds(input.ConditionExpression, item, input)) throw conditionFailed()
    outdated.set(pk, item)
    items.set(pk, input.Item ?? updated(item, input))
    return {}
  }

  const operations: Record<string, (input: Record<string, unknown>) => Promise<Record<string, unknown>>> = {
    GetItem: async (input) => {
      const from = input.ConsistentRead ? items : outdated
      const Item = from.get((input as Write).Key?.pk.S ?? '')
      return Item ? { Item } : {}
    },
    PutItem: async (input) => {
      const { interrupt } = aws
      aws.interrupt = undefined
      await interrupt?.()
      return write(input)
    },
    UpdateItem: async (input) => write(input),
    GetParameters: async ({ Names }) => ({
      Parameters: (Names as string[]).map((Name) => ({
        Name,
        Value: Name === 'findings' ? aws.findings : aws.secrets,
      })),
    }),
    AdminUpdateUserAttributes: async (input) => {
      const given = input.UserAttributes as { Name: string; Value: string }[]
      const user = users.get(input.Username as string)
      if (!user) throw new AwsError('UserNotFoundException', 400, false)
      for (const { Name, Value } of given) user[Name] = Value
      return {}
    },
  }

  const aws: TestAws = {
    items,
    users,
    secrets,
    findings: '{}',
    sms: [],
    calls: [],
    interrupt: undefined,
    fail: (operation, when = 'before', times = 1, error = new AwsError('timeout', 0, true)) => {
      faults.push({ operation, when, times, error })
    },
    json: async (_service, operation, input) => {
      aws.calls.push(operation)
      await turn()
      takeFault(operation, 'before')
      const run = operations[operation]
      if (!run) throw new Error(`Unexpected call: ${operation}`)
      const answer = await run(input as Record<string, unknown>)
      takeFault(operation, 'after')
      return answer
    },
    post: async ({ service, body }) => {
      aws.calls.push(`${service}.Publish`)
      await turn()
      takeFault('Publish', 'before')
      aws.sms.push(new URLSearchParams(body))
      takeFault('Publish', 'after')
      return '<PublishResult><MessageId>sms-1</MessageId></PublishResult>'
    },
  }
  return aws
}
