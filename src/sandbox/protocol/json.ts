// AWS JSON 1.0 and 1.1: `x-amz-target` names the operation, the body is its input.

import { AwsFault } from '../account/aws-fault.ts'
import { readObject } from './body.ts'
import type { Encoded } from './request.ts'
import type { Protocol, Service, SignatureFaults } from './service.ts'

export interface JsonService extends Service {
  protocol: 'json'
  /** The part of `x-amz-target` before the dot. */
  targetPrefix: string
  jsonVersion: '1.0' | '1.1'
  /** Writes the name of an error as `__type`, for a service that puts a namespace before it. */
  typeOf?(code: string): string
}

/** A target is AWS's in any case: a service that is not here learns what it cannot have. */
export function jsonProtocol(services: readonly JsonService[]): Protocol {
  return (request, signedFor) => {
    const target = request.headers['x-amz-target']
    if (!target) return undefined
    const [prefix = '', operation = ''] = target.split('.')
    const service: JsonService = services.find((known) => known.targetPrefix === prefix) ?? {
      // Its target is not what a service is signed for, and who would call it would be told so instead.
      name: signedFor ?? prefix,
      protocol: 'json',
      targetPrefix: prefix,
      jsonVersion: '1.1',
      operations: {},
    }
    return {
      service,
      operation,
      input: () => {
        const input = readObject(request.body)
        if (!input) throw new AwsFault('SerializationException', 'The request body is not valid JSON.')
        return input
      },
      encode: (output) => encode(output, service.jsonVersion),
      encodeFault: (fault) => encodeFault(fault, service),
      refusals,
    }
  }
}

const codes = {
  incomplete: 'IncompleteSignatureException',
  'unknown-key': 'UnrecognizedClientException',
  wrong: 'InvalidSignatureException',
} as const

/** Of JSON and REST-JSON alike. */
export const refusals: SignatureFaults = {
  missing: () => new AwsFault('MissingAuthenticationTokenException', 'Missing Authentication Token', 403),
  refused: ({ kind, message }) => new AwsFault(codes[kind], message, 403),
}

/** SDKs expect epoch seconds for timestamps in AWS JSON; operations may answer Dates. */
export function toJson(output: object): string {
  return JSON.stringify(output, function (key, value) {
    const raw = (this as Record<string, unknown>)[key]
    return raw instanceof Date ? raw.getTime() / 1000 : value
  })
}

function encode(output: object, version: '1.0' | '1.1'): Encoded {
  return {
    status: 200,
    headers: { 'content-type': `application/x-amz-json-${version}` },
    body: toJson(output),
  }
}

/** The modelled exception is found by `__type`; 403 belongs to REST, JSON services deny with 400. */
function encodeFault(fault: AwsFault, { jsonVersion, queryCodes, typeOf }: JsonService): Encoded {
  const query =
    queryCodes && `${queryCodes[fault.code] ?? fault.code};${fault.status < 500 ? 'Sender' : 'Receiver'}`
  return {
    status: fault.status === 403 ? 400 : fault.status,
    headers: {
      'content-type': `application/x-amz-json-${jsonVersion}`,
      'x-amzn-errortype': fault.code,
      ...(query ? { 'x-amzn-query-error': query } : {}),
    },
    body: JSON.stringify({
      __type: typeOf?.(fault.code) ?? fault.code,
      message: fault.message,
      ...fault.members,
    }),
  }
}
