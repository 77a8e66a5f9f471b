// Whether a stage works, without a plan of it: its pool is there and calls our functions, and they are active.
import { DescribeUserPoolCommand, type UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import { GetFunctionCommand } from '@aws-sdk/client-lambda'
import type { Aws } from '../aws/clients.ts'
import { ifFound } from '../aws/errors.ts'
import { toAppError } from '../aws/words.ts'
import { arns, names, type Place, type Trigger, triggerNames, triggers } from '../names.ts'
import { inactivityOf } from '../resources/function-settings.ts'

export interface Wiring {
  trigger: Trigger
  /** The ARN that the pool should call. */
  wanted: string
  /** What it calls; undefined when it calls nothing. */
  actual: string | undefined
}

/** What the pool calls at each of the five points, beside what it should call. */
export function wiringOf(place: Place, pool: UserPoolType): Wiring[] {
  return triggerNames.map((trigger) => ({
    trigger,
    wanted: arns.function(place, trigger),
    actual: pool.LambdaConfig?.[triggers[trigger]],
  }))
}

/** What is wrong with a stage, in a few words each; empty when nothing is. Changes nothing, never throws. */
export async function findProblems(aws: Aws, poolId: string): Promise<string[]> {
  const { cognito, lambda, place } = aws
  try {
    const [described, states] = await Promise.all([
      ifFound(cognito.send(new DescribeUserPoolCommand({ UserPoolId: poolId }))),
      Promise.all(
        triggerNames.map(async (trigger) => {
          const FunctionName = names.function(place.stage, trigger)
          const found = await ifFound(lambda.send(new GetFunctionCommand({ FunctionName })))
          if (!found) return { trigger, why: 'is missing' }
          if (found.Concurrency?.ReservedConcurrentExecutions === 0)
            return { trigger, why: 'may not run: its reserved concurrency is 0' }
          const why = inactivityOf(found.Configuration ?? {})
          return { trigger, why: why && `does not run: ${why}` }
        }),
      ),
    ])
    const pool = described?.UserPool
    const unwired = pool ? wiringOf(place, pool).filter(({ wanted, actual }) => wanted !== actual) : []
    return [
      ...(pool ? [] : ['its user pool is missing']),
      ...unwired.map(({ trigger }) => `the pool does not call ${trigger}`),
      ...states.flatMap(({ trigger, why }) => (why ? [`${trigger} ${why}`] : [])),
    ]
  } catch (error) {
    const { why, message } = toAppError(error, 'look')
    return [`not known: ${why ?? message}`]
  }
}
