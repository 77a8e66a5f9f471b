// What is Lambda's own in its REST: its paths, how functions are named, and its errors.

import { AwsFault } from '../account/aws-fault.ts'
import type { World } from '../account/world.ts'
import type { Encoded } from '../protocol/request.ts'

export const functionsPath = '/2015-03-31/functions'
export const functionPath = `${functionsPath}/{FunctionName}`

/** Those of what the sandbox does not offer included, so that it can say so. */
export const paths = /^\/20\d\d-\d\d-\d\d\/(functions|tags|account-settings|layers|event-source)/

/** What names a function: its name, a partial ARN (`account:function:name`) or a whole one. */
export interface Reference {
  name: string
  /** A version or an alias; undefined for the function itself. */
  qualifier: string | undefined
  /** Where the function is, as far as it is said. */
  region: string | undefined
  account: string | undefined
}

/** The name alone, whatever stands around it. */
export const nameOf = (given: string) => readReference(given).name

/** Understands a reference; throws where `qualifier`, which a call may name as well, is another one. */
export function readReference(given: string, qualifier?: string): Reference {
  const form =
    /^(?:arn:[\w-]+:lambda:)?(?:(?<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[^:]+)(?::(?<own>[^:]+))?$/
  const { region, account, name = given, own } = form.exec(given)?.groups ?? {}
  if (own !== undefined && qualifier !== undefined && own !== qualifier) {
    const message = 'The derived qualifier from the function name does not match the specified qualifier.'
    throw new AwsFault('InvalidParameterValueException', message)
  }
  const asked = qualifier ?? own
  return { name, qualifier: asked === '$LATEST' ? undefined : asked, region, account }
}

/** Refuses a function of another region or account, which has let nobody of this one in. */
export function refuseElsewhere(
  world: Pick<World, 'region' | 'account'>,
  { region = world.region, account = world.account }: Reference,
  refusal: { action: string; arn: string; caller: string },
): void {
  if (region !== world.region) {
    const message = `Functions from '${region}' are not reachable in this region ('${world.region}')`
    throw new AwsFault('ResourceNotFoundException', message, 404)
  }
  if (account === world.account) return
  const { caller, action, arn } = refusal
  throw new AwsFault(
    'AccessDeniedException',
    `User: ${caller} is not authorized to perform: ${action} on resource: ${arn} because no resource-based policy allows the ${action} action`,
    403,
  )
}

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
