// The deployer's clients over the functions' AWS in memory: what one side writes, the other can read.
import type { Connection } from '../../src/aws/account.ts'
import type { StageRecord } from '../../src/resources/stage-record.ts'
import { AwsError } from '../../triggers/outside/aws-call.ts'
import { deadlineIn } from '../../triggers/outside/clock.ts'
import { settings } from '../resources/stage-fixture.ts'
import { type Pool, poolId } from '../triggers/rounds/pool.ts'

interface Command {
  constructor: { name: string }
  input: Record<string, unknown>
}

/** The pool as an operator sees it. `notes` holds what was written into logs. */
export function deployerOf({ aws, clock, clients }: Pick<Pool, 'aws' | 'clock' | 'clients'>) {
  const notes: string[] = []
  const others: Record<string, (input: Record<string, unknown>) => object> = {
    CreateLogStream: () => ({}),
    ListTagsForResource: () => ({ TagList: [] }),
    PutLogEvents: ({ logEvents }) => {
      notes.push(...(logEvents as { message: string }[]).map(({ message }) => message))
      return {}
    },
  }
  const clientOf = (service: 'dynamodb' | 'ssm') => ({
    send: async (command: Command) => {
      const operation = command.constructor.name.replace(/Command$/, '')
      // What the deployer reads is old enough for every read to see it.
      const input = { ...command.input, ConsistentRead: true }
      try {
        return (
          others[operation]?.(input) ?? (await aws.json(service, operation, input, deadlineIn(clock, 1000)))
        )
      } catch (error) {
        throw error instanceof AwsError ? Object.assign(error, { name: error.code }) : error
      }
    },
  })
  const connection = {
    dynamodb: clientOf('dynamodb'),
    ssm: clientOf('ssm'),
    cognito: clientOf('ssm'),
    logs: clientOf('ssm'),
    clock,
    place: { stage: 'test', account: '1', region: 'us-east-1', partition: 'aws' },
    who: 'user/ana',
  } as unknown as Connection
  const record = {
    userPoolId: poolId,
    signupClientId: clients.signup,
    loginClientId: clients.login,
    settings,
  } as unknown as StageRecord
  return { connection, record, notes }
}
