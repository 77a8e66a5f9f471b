// Lambda's REST paths: which operation a request asks for, and how its answer is written.

import { parseSignature } from '../account/callers.ts'
import { AwsFault, type Service } from '../account/world.ts'
import { type Encoded, encodeRest } from './json.ts'
import type { Request } from './request.ts'

export type LambdaService = Service

interface Route {
  method: string
  pattern: RegExp
  operation: string
  status: number
}

/** `{Name}` in a path becomes a member of the input. */
function route(method: string, path: string, operation: string, status = 200): Route {
  const pattern = new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`)
  return { method, pattern, operation, status }
}

const functions = '/2015-03-31/functions'
const one = `${functions}/{FunctionName}`
const concurrency = '/functions/{FunctionName}/concurrency'
const routes: Route[] = [
  route('POST', functions, 'CreateFunction', 201),
  route('GET', functions, 'ListFunctions'),
  route('GET', one, 'GetFunction'),
  route('DELETE', one, 'DeleteFunction', 204),
  route('GET', `${one}/configuration`, 'GetFunctionConfiguration'),
  route('PUT', `${one}/configuration`, 'UpdateFunctionConfiguration'),
  route('PUT', `${one}/code`, 'UpdateFunctionCode'),
  route('GET', `${one}/policy`, 'GetPolicy'),
  route('POST', `${one}/policy`, 'AddPermission', 201),
  route('DELETE', `${one}/policy/{StatementId}`, 'RemovePermission', 204),
  route('POST', `${one}/invocations`, 'Invoke'),
  route('GET', '/2017-03-31/tags/{Resource}', 'ListTags'),
  route('POST', '/2017-03-31/tags/{Resource}', 'TagResource', 204),
  route('DELETE', '/2017-03-31/tags/{Resource}', 'UntagResource', 204),
  route('PUT', `/2017-10-31${concurrency}`, 'PutFunctionConcurrency'),
  route('DELETE', `/2017-10-31${concurrency}`, 'DeleteFunctionConcurrency', 204),
  route('GET', `/2019-09-30${concurrency}`, 'GetFunctionConcurrency'),
  route('GET', '/2016-08-19/account-settings', 'GetAccountSettings'),
]

export interface LambdaCall {
  operation: string
  input(): Record<string, unknown>
}

/** Undefined when neither path nor signature is Lambda's; what it does not know has an empty operation. */
export function matchLambda(request: Request): LambdaCall | undefined {
  const { pathname, searchParams } = request.url
  const isItsPath = /^\/20\d\d-\d\d-\d\d\/(functions|tags|account-settings|layers|event-source)/.test(
    pathname,
  )
  if (!isItsPath && parseSignature(request.headers.authorization)?.service !== 'lambda') return undefined
  for (const { method, pattern, operation } of routes) {
    const match = method === request.method ? pattern.exec(pathname) : null
    if (!match) continue
    const path = Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]),
    )
    const query = Object.fromEntries(searchParams)
    const tagKeys = searchParams.getAll('tagKeys')
    return {
      operation,
      input: () => ({ ...query, tagKeys, ...bodyOf(operation, request), ...path }),
    }
  }
  return { operation: '', input: () => ({}) }
}

/** An invocation's body is the event itself, everything else is a JSON object. */
function bodyOf(operation: string, request: Request): Record<string, unknown> {
  const { headers, body } = request
  if (operation === 'Invoke') {
    return {
      Payload: body.toString(),
      InvocationType: headers['x-amz-invocation-type'] ?? 'RequestResponse',
      LogType: headers['x-amz-log-type'] ?? 'None',
    }
  }
  try {
    return body.length > 0 ? (JSON.parse(body.toString()) as Record<string, unknown>) : {}
  } catch {
    throw new AwsFault('InvalidRequestContentException', 'Could not parse request body into json.')
  }
}

export interface InvokeOutput {
  StatusCode: number
  FunctionError?: string
  /** The last 4 KB of log lines, base64. */
  LogResult?: string
  /** JSON text. */
  Payload?: string
}

export function encodeLambda(operation: string, output: object): Encoded {
  if (operation !== 'Invoke') {
    return encodeRest(output, routes.find((r) => r.operation === operation)?.status ?? 200)
  }
  const { StatusCode, FunctionError, LogResult, Payload = '' } = output as InvokeOutput
  return {
    status: StatusCode,
    headers: {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      ...(FunctionError && { 'x-amz-function-error': FunctionError }),
      ...(LogResult && { 'x-amz-log-result': LogResult }),
    },
    body: Payload,
  }
}
