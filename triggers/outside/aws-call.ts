// Calls AWS: what is tried again, and whether a call that failed may have been carried out.
import { createSigner, type Service, services } from './aws-request.ts'
import type { Clock, Deadline } from './clock.ts'
import { type Http, type HttpAnswer, HttpFailure } from './http.ts'

/** AWS refused, or could not be reached (`code` is then the kind of HttpFailure, `status` 0). */
export class AwsError extends Error {
  readonly code: string
  readonly status: number
  /** False only when AWS has certainly not carried the call out. */
  readonly maybeDone: boolean
  constructor(code: string, status: number, maybeDone: boolean) {
    super(`AWS answered ${code}`)
    this.name = 'AwsError'
    this.code = code
    this.status = status
    this.maybeDone = maybeDone
  }
}

export interface AwsOptions {
  http: Http
  clock: Clock
  env: Record<string, string | undefined>
}

interface AwsRequest {
  service: Service
  headers: Record<string, string>
  body: string
  deadline: Deadline
  /** How often to try; 1 for what must not happen twice. */
  attempts?: number
}

export interface Aws {
  /** One operation of a service that speaks JSON. Throws AwsError. */
  json(
    service: Exclude<Service, 'sns' | 'lambda'>,
    operation: string,
    input: object,
    deadline: Deadline,
  ): Promise<Record<string, unknown>>
  /** One signed POST with a body of any kind. Throws AwsError. */
  post(request: AwsRequest): Promise<string>
}

const transientCodes =
  /^(Throttling|ThrottlingException|ProvisionedThroughputExceededException|RequestLimitExceeded|TooManyRequestsException|InternalServerError|InternalErrorException)$/

/**
 * What AWS calls its refusal: `{"__type":"prefix#Code"}` in JSON, `<Code>Code</Code>` in the query protocol, a header
 * of services that speak REST.
 */
export function codeOf(answer: HttpAnswer): string {
  const { status, headers, text } = answer
  const type = /"(?:__type|code)"\s*:\s*"(?:[^"#]*#)?([\w.]+)"/.exec(text)
  const named =
    type ?? /<Code>([\w.]+)<\/Code>/.exec(text) ?? /^([\w.]+)/.exec(headers['x-amzn-errortype'] ?? '')
  return named?.[1] ?? `Http${status}`
}

function errorOf(thrown: unknown): AwsError {
  if (thrown instanceof AwsError) return thrown
  if (thrown instanceof HttpFailure) return new AwsError(thrown.kind, 0, thrown.written)
  throw thrown
}

export function createAws({ http, clock, env }: AwsOptions): Aws {
  const sign = createSigner({ clock, env })

  async function attempt({ deadline, attempts, ...request }: AwsRequest): Promise<string> {
    const left = deadline.left()
    if (left < 10) throw new AwsError('deadline', 0, false)
    const answer = await http({
      ...sign(request),
      method: 'POST',
      connectMs: Math.min(600, left),
      totalMs: Math.min(1000, left),
      maxBytes: 400_000,
      // A kept connection may be dead; what is tried only once cannot afford to find out.
      keepAlive: attempts !== 1,
    })
    if (answer.status >= 200 && answer.status < 300) return answer.text
    throw new AwsError(codeOf(answer), answer.status, answer.status >= 500)
  }

  async function post(request: AwsRequest): Promise<string> {
    const attempts = request.attempts ?? 3
    for (let n = 1; ; n++) {
      try {
        return await attempt(request)
      } catch (thrown) {
        const error = errorOf(thrown)
        const transient = error.status === 0 || error.status >= 500 || transientCodes.test(error.code)
        const pause = Math.random() * 50 * 2 ** n
        if (!transient || n >= attempts || request.deadline.left() < pause + 50) throw error
        await clock.sleep(pause)
      }
    }
  }

  return {
    post,
    json: async (service, operation, input, deadline) => {
      const { target, json } = services[service]
      const headers = {
        'content-type': `application/x-amz-json-${json}`,
        'x-amz-target': `${target}.${operation}`,
      }
      const text = await post({ service, headers, body: JSON.stringify(input), deadline })
      return text ? (JSON.parse(text) as Record<string, unknown>) : {}
    },
  }
}
