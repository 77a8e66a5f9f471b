// What the functions call of AWS, in memory, with the faults of a network.
import { setImmediate as turn } from 'node:timers/promises'
import { type Aws, AwsError } from '../../../triggers/outside/aws-call.ts'
import { createTestTable, type Item } from './table.ts'
import { createTestUsers, type User } from './users.ts'

/** `before` refuses without effect; `after` carries the call out and loses the answer. */
export interface Fault {
  operation: string
  when: 'before' | 'after'
  error: AwsError
  times: number
}

export interface TestAws extends Aws {
  items: Map<string, Item>
  users: Map<string, User>
  /** Stands in each parameter but the findings and the brake. */
  secrets: string
  findings: string
  /** Undefined: there is none. */
  brake: string | undefined
  sms: URLSearchParams[]
  /** What waits in the queue, and for how many seconds. */
  queue: { body: string; seconds: number }[]
  /** The operations called, in order. */
  calls: string[]
  fail(operation: string, when?: Fault['when'], times?: number, error?: AwsError): void
  /** Runs once, between somebody's read and his write. */
  interrupt: (() => Promise<void>) | undefined
}

export function createTestAws(secrets: string): TestAws {
  const faults: Fault[] = []
  const table = createTestTable()
  const { users, operations: cognito } = createTestUsers()

  function takeFault(operation: string, when: Fault['when']) {
    const fault = faults.find((one) => one.operation === operation && one.when === when && one.times > 0)
    if (!fault) return
    fault.times--
    throw fault.error
  }

  const operations: Record<string, (input: Record<string, unknown>) => Promise<Record<string, unknown>>> = {
    GetItem: async (input) => table.read(input),
    PutItem: async (input) => {
      const { interrupt } = aws
      aws.interrupt = undefined
      await interrupt?.()
      return table.write(input)
    },
    UpdateItem: async (input) => table.write(input),
    SendMessage: async ({ MessageBody, DelaySeconds }) => {
      aws.queue.push({ body: String(MessageBody), seconds: Number(DelaySeconds) })
      return {}
    },
    GetParameters: async ({ Names }) => ({
      Parameters: (Names as string[])
        .map((Name) => ({
          Name,
          Value: Name === 'findings' ? aws.findings : Name === 'brake' ? aws.brake : aws.secrets,
        }))
        .filter(({ Value }) => Value !== undefined),
    }),
  }

  const aws: TestAws = {
    items: table.items,
    users,
    secrets,
    findings: '{}',
    brake: undefined,
    sms: [],
    queue: [],
    calls: [],
    interrupt: undefined,
    fail: (operation, when = 'before', times = 1, error = new AwsError('timeout', 0, true)) => {
      faults.push({ operation, when, times, error })
    },
    json: async (_service, operation, input) => {
      aws.calls.push(operation)
      await turn()
      takeFault(operation, 'before')
      const run = operations[operation] ?? cognito[operation as keyof typeof cognito]
      if (!run) throw new Error(`Unexpected call: ${operation}`)
      const answer = await run(input as never)
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
