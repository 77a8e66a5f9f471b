// AWS JSON 1.0/1.1 and REST-JSON on the wire: how answers and errors look.

import type { AwsFault } from '../account/world.ts'

export interface Encoded {
  status: number
  headers: Record<string, string>
  body: string | Buffer
}

/** SDKs expect epoch seconds for timestamps in AWS JSON; operations may answer Dates. */
export function toJson(output: object): string {
  return JSON.stringify(output, function (key, value) {
    const raw = (this as Record<string, unknown>)[key]
    return raw instanceof Date ? raw.getTime() / 1000 : value
  })
}

export function encodeJson(output: object, version: '1.0' | '1.1'): Encoded {
  return {
    status: 200,
    headers: { 'content-type': `application/x-amz-json-${version}` },
    body: toJson(output),
  }
}

/** The modelled exception is found by `__type`; 403 belongs to REST, JSON services deny with 400. */
export function encodeJsonFault(fault: AwsFault, version: '1.0' | '1.1'): Encoded {
  return {
    status: fault.status === 403 ? 400 : fault.status,
    headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amzn-errortype': fault.code },
    body: JSON.stringify({ __type: fault.code, message: fault.message, ...fault.members }),
  }
}

export function encodeRest(output: object, status: number, headers: Record<string, string> = {}): Encoded {
  const body = status === 204 ? '' : toJson(output)
  return { status, headers: { 'content-type': 'application/json', ...headers }, body }
}

/** Lambda names the exception in a header; some of its models say `Message`, some `message`. */
export function encodeRestFault(fault: AwsFault): Encoded {
  const type = fault.status >= 500 ? 'Service' : 'User'
  return {
    status: fault.status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': fault.code },
    body: JSON.stringify({ Type: type, Message: fault.message, message: fault.message }),
  }
}
