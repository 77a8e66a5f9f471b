// Takes each request to its service: who calls, what is asked, faults, the record, and the answer's form.

import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type Callers, parseSignature } from '../account/callers.ts'
import type { CallRecord, Fault, Faults } from '../account/faults.ts'
import { AwsFault, type Caller, type JsonService, type Service, type World } from '../account/world.ts'
import { type Encoded, encodeJson, encodeJsonFault, encodeRestFault } from './json.ts'
import { decodeQuery, encodeQuery, encodeQueryFault, type QueryService } from './query.ts'
import { type Request, send } from './request.ts'
import { encodeLambda, type LambdaService, matchLambda } from './rest.ts'

export interface Services {
  json: JsonService[]
  query: QueryService[]
  lambda: LambdaService
}

/** A request that was recognised as an AWS call, with the way its answer is encoded. */
interface AwsCall {
  service: Service
  operation: string
  /** Decoded when the call is performed, so that a body that cannot be read is answered in form. */
  input(): Record<string, unknown>
  encode(output: object): Encoded
  encodeFault(fault: AwsFault): Encoded
}

const throttled: Record<string, [code: string, status: number]> = {
  iam: ['Throttling', 400],
  sts: ['Throttling', 400],
  sns: ['Throttling', 400],
  lambda: ['TooManyRequestsException', 429],
  'cognito-idp': ['TooManyRequestsException', 400],
}

function unsignedFault(service: Service): AwsFault {
  const query = 'xmlNamespace' in service
  return query
    ? new AwsFault('MissingAuthenticationToken', 'Request is missing Authentication Token', 403)
    : new AwsFault('MissingAuthenticationTokenException', 'Missing Authentication Token', 403)
}

const anonymous: Caller = { accessKeyId: '', arn: 'anonymous', userId: 'anonymous' }

const malformedJson = () => new AwsFault('SerializationException', 'The request body is not valid JSON.')

export class Dispatcher {
  readonly calls: CallRecord[] = []
  readonly #world: World
  readonly #services: Services
  readonly #callers: Callers
  readonly #faults: Faults

  constructor(world: World, services: Services, callers: Callers, faults: Faults) {
    this.#world = world
    this.#services = services
    this.#callers = callers
    this.#faults = faults
  }

  /** Answers an AWS call; false when the request is none. */
  async handle(request: Request, response: ServerResponse): Promise<boolean> {
    const requestId = randomUUID()
    const call = this.#recognise(request, requestId)
    if (!call) return false
    const { service, operation } = call
    if (this.#world.delays.call > 0) await this.#world.sleep(this.#world.delays.call)
    const fault = this.#faults.take(service.name, operation)
    const signature = parseSignature(request.headers.authorization)
    const caller = signature && this.#callers.identify(signature.accessKeyId)
    const record: CallRecord = {
      service: service.name,
      operation,
      caller: caller ?? anonymous,
      at: this.#world.now(),
      ok: true,
    }
    this.calls.push(record)
    let answer: Encoded
    try {
      if (fault) await this.#injectBefore(fault, service.name)
      answer = call.encode(await this.#perform(call, caller, request))
    } catch (error) {
      const known = toFault(error)
      record.ok = false
      record.code = known.code
      answer = call.encodeFault(known)
    }
    // After the effect, the caller never learns how it ended.
    if (fault?.kind === 'fail-after') response.destroy()
    else send(response, answer, requestId)
    return true
  }

  async #perform(call: AwsCall, caller: Caller | undefined, request: Request): Promise<object> {
    const { service, operation } = call
    const run = Object.hasOwn(service.operations, operation) ? service.operations[operation] : undefined
    if (!run) {
      throw new AwsFault(
        'NotImplemented',
        `The sandbox does not offer ${service.name}:${operation || request.url.pathname}.`,
        501,
      )
    }
    if (!caller && !service.unsigned?.has(operation)) throw unsignedFault(service)
    const known = caller ?? anonymous
    return run(call.input(), {
      service: service.name,
      operation,
      caller: known,
      headers: request.headers,
      authorize: (action, resource, context) => {
        // An operation that AWS offers without a signature asks for no permission either.
        if (caller) this.#callers.authorize(known, action, resource, context)
      },
    })
  }

  async #injectBefore(fault: Fault, service: string): Promise<void> {
    if (fault.kind === 'slow') await this.#world.sleep(fault.ms ?? 1_000)
    if (fault.kind === 'fail-before') {
      throw new AwsFault('InternalFailure', 'An internal error occurred (injected).', 500)
    }
    if (fault.kind === 'throttle') {
      const [code, status] = throttled[service] ?? ['ThrottlingException', 400]
      throw new AwsFault(code, 'Rate exceeded', status)
    }
  }

  #recognise(request: Request, requestId: string): AwsCall | undefined {
    const target = request.headers['x-amz-target']
    if (target) return this.#recogniseJson(target, request)
    const lambda = matchLambda(request)
    if (lambda) {
      const service = this.#services.lambda
      const encode = (output: object) => encodeLambda(lambda.operation, output)
      return { service, ...lambda, encode, encodeFault: encodeRestFault }
    }
    return this.#recogniseQuery(request, requestId)
  }

  #recogniseJson(target: string, request: Request): AwsCall {
    const [prefix = '', operation = ''] = target.split('.')
    const found = this.#services.json.find((service) => service.targetPrefix === prefix)
    const service = found ?? {
      name: prefix,
      targetPrefix: prefix,
      jsonVersion: '1.1' as const,
      operations: {},
    }
    const version = service.jsonVersion
    return {
      service,
      operation,
      input: () => {
        try {
          return request.body.length > 0 ? JSON.parse(request.body.toString()) : {}
        } catch {
          throw malformedJson()
        }
      },
      encode: (output) => encodeJson(output, version),
      encodeFault: (fault) => encodeJsonFault(fault, version),
    }
  }

  /** Signed requests name their service; of unsigned ones the API version tells it. */
  #recogniseQuery(request: Request, requestId: string): AwsCall | undefined {
    const form =
      request.method === 'POST' && request.headers['content-type']?.startsWith('application/x-www-form')
        ? new URLSearchParams(request.body.toString())
        : request.url.searchParams
    const operation = form.get('Action') ?? ''
    const signed = parseSignature(request.headers.authorization)?.service
    const version = form.get('Version')
    const known = this.#services.query.find((s) => (signed ? s.name === signed : s.version === version))
    if (!known && !signed) return undefined
    // A signed call is one to AWS in any case, and learns what it cannot have.
    const service = known ?? { name: signed ?? '', version: '', xmlNamespace: '', operations: {} }
    return {
      service,
      operation,
      input: () => decodeQuery(form),
      encode: (output) => encodeQuery(service, operation, output, requestId),
      encodeFault: (fault) => encodeQueryFault(fault, service, requestId),
    }
  }
}

/** An error that no service meant is a defect of the sandbox, and says so instead of looking like AWS. */
function toFault(error: unknown): AwsFault {
  if (error instanceof AwsFault) return error
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new AwsFault('SandboxDefect', `The sandbox failed: ${text}`, 500)
}
