// What one invocation of a function brings along: its deadline, and a log that says whose it is.
import type { Context } from 'aws-lambda'
import { type Deadline, invocationDeadline, systemClock } from './clock.ts'
import { type Environment, readCommon } from './config.ts'
import { createLog, type Log } from './log.ts'

interface AnyEvent {
  userPoolId: string
  callerContext: { clientId: string }
}

/** Opens each invocation of one function. Throws ConfigError when the environment lacks the common settings. */
export function createInvocations(trigger: string, env: Environment) {
  const common = readCommon(env)
  let coldStart = true
  return (event: AnyEvent, context: Context): { deadline: Deadline; log: Log } => {
    const log = createLog(
      { ...common, now: systemClock.now },
      {
        trigger,
        requestId: context.awsRequestId,
        userPoolId: event.userPoolId,
        client: event.callerContext.clientId,
        coldStart,
      },
    )
    coldStart = false
    return { deadline: invocationDeadline(systemClock, context.getRemainingTimeInMillis()), log }
  }
}
