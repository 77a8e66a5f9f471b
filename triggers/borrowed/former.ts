// The function that Cognito called before this stage came: invoked with the event as it came, and heard as it answers.
import type { Context } from 'aws-lambda'
import { codeOf } from '../outside/aws-call.ts'
import { createSigner } from '../outside/aws-request.ts'
import { type Clock, type Deadline, deadlineIn } from '../outside/clock.ts'
import type { Environment } from '../outside/config.ts'
import { type Http, type HttpAnswer, HttpFailure } from '../outside/http.ts'
import { createLog } from '../outside/log.ts'

/** Lambda takes and gives that much. */
const maxBytes = 6_300_000
/** Well below what Lambda keeps an idle connection for. */
const restMs = 10_000
/** Kept for saying what went wrong; the rest of the time is the former function's. */
const reserveMs = 60
const tries = 4
const pauseMs = 50

/** It could not be called, or its answer was not heard. */
class FormerFunctionError extends Error {
  override name = 'FormerFunctionError'
}

/** As it threw it: Cognito tells the app the same words as if it had been called itself. */
function thrownBy(payload: unknown): Error {
  const { errorType, errorMessage } = (payload ?? {}) as { errorType?: unknown; errorMessage?: unknown }
  const error = new Error(String(errorMessage ?? 'Unknown error'))
  error.name = String(errorType ?? 'Error')
  return error
}

/** `arn:aws:lambda:region:account:function:name`, with `:alias` or `:version` behind it where one was called. */
function pathOf(arn: string): string {
  const [name = '', qualifier] = arn.split(':').slice(6)
  const query = qualifier === undefined ? '' : `?Qualifier=${encodeURIComponent(qualifier)}`
  return `/2015-03-31/functions/${encodeURIComponent(name)}/invocations${query}`
}

/** As far as the log asks for it. */
export interface AnyEvent {
  userPoolId?: string
  callerContext?: { clientId?: string }
}

export interface FormerOptions {
  http: Http
  clock: Clock
  env: Environment
  /** The function of ours that Cognito calls in its place. */
  trigger: string
}

/**
 * Passes an event on, and its answer back, whatever it is. Throws what the former function threw, and
 * FormerFunctionError where it could not be heard; only that is logged, and nothing of the event.
 */
export function createFormer(arn: string, { http, clock, env, trigger }: FormerOptions) {
  const sign = createSigner({ clock, env })
  const path = pathOf(arn)

  async function invoke(body: string, deadline: Deadline): Promise<HttpAnswer> {
    const headers = { 'content-type': 'application/json', 'x-amz-invocation-type': 'RequestResponse' }
    const left = deadline.left()
    const bounds = { connectMs: Math.min(1000, left), totalMs: left, maxBytes }
    const request = sign({ service: 'lambda', path, headers, body })
    return http({ ...request, method: 'POST', ...bounds, keepAlive: true, restMs })
  }

  /** What has certainly not begun is tried again. */
  async function invokeOnce(body: string, deadline: Deadline): Promise<HttpAnswer> {
    for (let n = 1; ; n++) {
      const pause = pauseMs * 2 ** n
      const isLast = n === tries || deadline.left() < pause + reserveMs
      try {
        const answer = await invoke(body, deadline)
        if (answer.status !== 429 || isLast) return answer
      } catch (error) {
        if (!(error instanceof HttpFailure) || error.written || isLast) throw error
      }
      await clock.sleep(pause)
    }
  }

  function fail(
    event: AnyEvent,
    { awsRequestId: requestId }: Context,
    reason: string,
    httpStatus?: number,
  ): never {
    const about = { trigger, requestId, userPoolId: event.userPoolId, client: event.callerContext?.clientId }
    const log = createLog({ stage: env.STAGE ?? '', logLevel: 'error', now: clock.now }, about)
    log('former_failed', { reason, httpStatus })
    throw new FormerFunctionError(`The function that Cognito called before could not be heard: ${reason}`)
  }

  return async (event: AnyEvent, context: Context): Promise<unknown> => {
    const deadline = deadlineIn(clock, context.getRemainingTimeInMillis() - reserveMs)
    const answer = await invokeOnce(JSON.stringify(event), deadline).catch((error) => {
      if (error instanceof HttpFailure) return fail(event, context, error.kind)
      throw error
    })
    const { status, headers, text, truncated } = answer
    if (status !== 200) return fail(event, context, codeOf(answer), status)
    const payload = truncated ? undefined : payloadIn(text)
    if (payload === undefined) return fail(event, context, 'unreadable')
    if (headers['x-amz-function-error'] !== undefined) throw thrownBy(payload)
    return payload
  }
}

/** Undefined for what is no JSON: the words of a parser would quote it. */
function payloadIn(text: string): unknown {
  try {
    return JSON.parse(text || 'null')
  } catch {
    return undefined
  }
}
