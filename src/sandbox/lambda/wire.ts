// What is Lambda's own in its REST: its paths, and its errors.

import { AwsFault } from '../account/aws-fault.ts'
import type { Encoded } from '../protocol/request.ts'

export const functionsPath = '/2015-03-31/functions'
export const functionPath = `${functionsPath}/{FunctionName}`

/** Those of what the sandbox does not offer included, so that it can say so. */
export const paths = /^\/20\d\d-\d\d-\d\d\/(functions|tags|account-settings|layers|event-source)/

export const unreadable = () =>
  new AwsFault('InvalidRequestContentException', 'Could not parse request body into json.')

/** Lambda's word for more invocations at a time than it allows. */
export const tooMany = (Reason: string) =>
  new AwsFault('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason })

/** Lambda names the exception in a header; some of its models say `Message`, some `message`. */
export function encodeFault(fault: AwsFault): Encoded {
  const type = fault.status >= 500 ? 'Service' : 'User'
  return {
    status: fault.status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': fault.code },
    body: JSON.stringify({ Type: type, Message: fault.message, message: fault.message, ...fault.members }),
  }
}
