// Takes each request to its service: who calls, what is asked, faults, the record, and the answer's form.

import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { AwsFault } from '../account/aws-fault.ts'
import type { Caller, CallRecord } from '../account/call-record.ts'
import type { Callers } from '../account/callers.ts'
import type { Fault, Faults } from '../account/faults.ts'
import { remember } from '../account/recent.ts'
import { readSignature } from '../account/signature.ts'
import type { World } from '../account/world.ts'
import { type JsonService, jsonProtocol } from './json.ts'
import { type QueryService, queryProtocol } from './query.ts'
import { type Encoded, type Request, send } from './request.ts'
import { type RestService, restProtocol } from './rest.ts'
import { type AwsCall, type Protocol, type Service, signingName } from './service.ts'

export type AwsService = JsonService | QueryService | RestService

const mostBytes = 2 * 1024 * 1024

/** Sees a call on its way to its service; `input` reads it, and throws what the service would. */
export type AroundCall = (
  call: { service: string; operation: string; input(): Record<string, unknown> },
  perform: () => Promise<object>,
) => Promise<object>
const anonymous: Caller = { accessKeyId: '', arn: 'anonymous', userId: 'anonymous' }

export class Dispatcher {
  /** The newest of them. */
  readonly calls: CallRecord[] = []
  readonly #world: World
  readonly #services: readonly AwsService[]
  /** In the order in which they are asked; the last takes whatever is signed. */
  readonly #protocols: Protocol[]
  readonly #callers: Callers
  readonly #faults: Faults
  readonly #around: AroundCall

  constructor(
    world: World,
    services: readonly AwsService[],
    callers: Callers,
    faults: Faults,
    around: AroundCall = (_call, perform) => perform(),
  ) {
    this.#world = world
    this.#protocols = [
      jsonProtocol(services.filter((service) => service.protocol === 'json')),
      restProtocol(services.filter((service) => service.protocol === 'rest')),
      queryProtocol(services.filter((service) => service.protocol === 'query')),
    ]
    this.#services = services
    this.#callers = callers
    this.#faults = faults
    this.#around = around
  }

  /** How large a body may be, known before it is read: more only for who names a key of this account. */
  mostBytes(headers: Record<string, string>): number {
    if (Number(headers['content-length']) <= mostBytes) return mostBytes
    const signature = readSignature(headers.authorization)
    if (typeof signature !== 'object' || !this.#callers.knows(signature.accessKeyId)) return mostBytes
    return (
      this.#services.find((service) => signingName(service) === signature.service)?.mostBytes ?? mostBytes
    )
  }

  /** Whether a page of any origin may call it: AWS offers it without a signature. */
  isUnsigned(target: string): boolean {
    const [prefix = '', name = ''] = target.split('.')
    const service = this.#services.find((one) => one.protocol === 'json' && one.targetPrefix === prefix)
    return (
      service !== undefined &&
      Object.hasOwn(service.operations, name) &&
      service.operations[name]?.unsigned === true
    )
  }

  /** Answers an AWS call; false when the request is none. */
  async handle(request: Request, response: ServerResponse): Promise<boolean> {
    const requestId = randomUUID()
    const signature = readSignature(request.headers.authorization)
    const signedFor = typeof signature === 'object' ? signature.service : undefined
    const call = this.#recognise(request, signedFor, requestId)
    if (!call) return false
    const { service, operation } = call
    if (this.#world.delays.call > 0) await this.#world.sleep(this.#world.delays.call)
    const fault = this.#faults.take(service.name, operation)
    const identified = this.#callers.identify(request, signingName(service))
    const caller = identified && 'arn' in identified ? identified : undefined
    const record: CallRecord = {
      service: service.name,
      operation: operation.slice(0, 100),
      caller: caller ?? anonymous,
      at: this.#world.now(),
      ok: true,
    }
    remember(this.calls, record)
    let answer: Encoded
    try {
      const output = await this.#around({ service: service.name, operation, input: call.input }, async () => {
        if (fault) await this.#injectBefore(fault, service)
        if (identified && 'kind' in identified) throw call.refusals.refused(identified)
        return this.#perform(call, caller, request)
      })
      answer = call.encode(output)
    } catch (error) {
      const known = toFault(error)
      record.ok = false
      record.code = known.code
      if (known.code === defect) {
        record.defect = error instanceof Error ? (error.stack ?? error.message) : String(error)
        for (const name of response.getHeaderNames()) response.removeHeader(name)
      }
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
    if (!caller && !run.unsigned) throw call.refusals.missing()
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

  async #injectBefore(fault: Fault, service: Service): Promise<void> {
    if (fault.kind === 'slow') await this.#world.sleep(fault.ms ?? 1_000)
    if (fault.kind === 'fail-before') {
      throw new AwsFault('InternalFailure', 'An internal error occurred (injected).', 500)
    }
    if (fault.kind === 'throttle') {
      const { code, status } = service.throttling ?? { code: 'ThrottlingException', status: 400 }
      throw new AwsFault(code, 'Rate exceeded', status)
    }
  }

  #recognise(request: Request, signedFor: string | undefined, requestId: string): AwsCall | undefined {
    for (const protocol of this.#protocols) {
      const call = protocol(request, signedFor, requestId)
      if (call) return call
    }
    return undefined
  }
}

const defect = 'SandboxDefect'

/** An error that no service meant is a defect of the sandbox, and says so instead of looking like AWS. */
function toFault(error: unknown): AwsFault {
  if (error instanceof AwsFault) return error
  return new AwsFault(defect, 'The sandbox failed; its record of calls says where.', 500)
}
