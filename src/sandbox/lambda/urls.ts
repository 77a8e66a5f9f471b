// Function URLs: an address of its own for a function, and what happens to a plain HTTP request to it.

import { randomBytes } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import { allowsService, type PolicyStatement } from '../account/policy.ts'
import type { World } from '../account/world.ts'
import { optionalText, text } from '../protocol/fields.ts'
import type { Request } from '../protocol/request.ts'
import { at, type RestOperation } from '../protocol/rest.ts'
import type { FunctionUrl, LambdaFunction } from './function/record.ts'
import { invalidParameter } from './function/settings.ts'
import type { FunctionRunner } from './function-runner.ts'
import type { FunctionStore } from './functions.ts'

const path = '/2021-10-31/functions/{FunctionName}/url'
/** In AWS the id is a part of the host's name, which nothing resolves here. */
const prefix = '/_function-url/'
/** What Lambda takes of a synchronous invocation. */
const mostBytes = 6 * 1024 * 1024

const notFound = () =>
  new AwsFault('ResourceNotFoundException', 'The resource you requested does not exist.', 404)

function readAuthType(given: string): FunctionUrl['authType'] {
  if (given === 'NONE' || given === 'AWS_IAM') return given
  throw new AwsFault(
    'ValidationException',
    `1 validation error detected: Value '${given}' at 'authType' failed to satisfy constraint: Member must satisfy enum value set: [NONE, AWS_IAM]`,
  )
}

/** The operations on the address of a function. */
export function urlOperations(world: World, store: FunctionStore): Record<string, RestOperation> {
  const describe = (fn: LambdaFunction, url: FunctionUrl) => ({
    FunctionUrl: `${world.endpoint}${prefix}${url.id}/`,
    FunctionArn: fn.arn,
    AuthType: url.authType,
    InvokeMode: 'BUFFERED',
    CreationTime: new Date(url.madeAt).toISOString(),
  })

  const describeWhole = (fn: LambdaFunction, url: FunctionUrl) => ({
    ...describe(fn, url),
    LastModifiedTime: new Date(url.madeAt).toISOString(),
  })

  return {
    CreateFunctionUrlConfig: at({ method: 'POST', path, status: 201 }, (input, call) => {
      const wanted = optionalText(input, 'AuthType')
      const context = wanted ? { 'lambda:FunctionUrlAuthType': wanted } : {}
      const fn = store.functionFor(input, call, 'FunctionName', undefined, context)
      const authType = readAuthType(text(input, 'AuthType'))
      if (fn.url) {
        throw new AwsFault(
          'ResourceConflictException',
          `Failed to create function url config for [functionArn = ${fn.arn}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
          409,
        )
      }
      const id = Buffer.from(world.chance.id(`url/${fn.name}`, 16)).toString('hex')
      fn.url = { id, authType, madeAt: world.now() }
      return describe(fn, fn.url)
    }),

    GetFunctionUrlConfig: at({ method: 'GET', path }, (input, call) => {
      const fn = store.functionFor(input, call)
      if (!fn.url) throw notFound()
      return describeWhole(fn, fn.url)
    }),

    UpdateFunctionUrlConfig: at({ method: 'PUT', path }, (input, call) => {
      const fn = store.functionFor(input, call)
      if (!fn.url) throw notFound()
      const authType = optionalText(input, 'AuthType')
      if (authType) fn.url.authType = readAuthType(authType)
      return describeWhole(fn, fn.url)
    }),

    DeleteFunctionUrlConfig: at({ method: 'DELETE', path, status: 204 }, (input, call) => {
      const fn = store.functionFor(input, call)
      if (!fn.url) throw notFound()
      fn.url = undefined
      return {}
    }),
  }
}

/** The condition that AddPermission stores for an address; throws for what does not go together. */
export function urlCondition(
  action: string,
  { authType, viaUrl }: { authType: string | undefined; viaUrl: boolean },
): PolicyStatement['Condition'] & {} {
  if (authType !== undefined && action !== 'lambda:InvokeFunctionUrl') {
    throw invalidParameter('FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action')
  }
  if (viaUrl && action !== 'lambda:InvokeFunction') {
    throw invalidParameter('InvokedViaFunctionUrl is only supported for lambda:InvokeFunction action')
  }
  return {
    ...(authType && { StringEquals: { 'lambda:FunctionUrlAuthType': authType } }),
    ...(viaUrl && { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } }),
  }
}

/** Both rights, as addresses need them that were made since October 2025. */
function isOpen(fn: LambdaFunction, { authType }: FunctionUrl, now: number): boolean {
  const Statement = fn.statements.filter(({ Sid }) => (fn.countsFrom.get(Sid ?? '') ?? 0) <= now)
  const may = (action: string, context: Record<string, string>) =>
    allowsService({ Statement }, '*', action, context)
  return (
    authType === 'NONE' &&
    may('lambda:InvokeFunctionUrl', { 'lambda:FunctionUrlAuthType': authType }) &&
    may('lambda:InvokeFunction', { 'lambda:InvokedViaFunctionUrl': 'true' })
  )
}

interface Answered {
  statusCode?: number
  headers?: Record<string, string>
  body?: string
  isBase64Encoded?: boolean
}

/** Answers plain HTTP requests to the addresses; false for all others. */
export function urlDoor(
  world: World,
  store: FunctionStore,
  runner: FunctionRunner,
): { owns(pathname: string): boolean; handle(request: Request): Promise<Answered> } {
  const refuse = (statusCode: number, Message: string): Answered => ({
    statusCode,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ Message }),
  })

  return {
    owns: (pathname) => pathname.startsWith(prefix),
    async handle(request) {
      const [, id = '', rest = ''] = /^([^/]*)(.*)$/.exec(request.url.pathname.slice(prefix.length)) ?? []
      const fn = store.all().find(({ url }) => url?.id === id)
      if (!fn?.url || !isOpen(fn, fn.url, world.now())) return refuse(403, 'Forbidden')
      if (request.body.length > mostBytes) return refuse(413, 'Request Entity Too Large')
      const version = store.runnable({ fn, arn: fn.arn, published: undefined })
      if (version instanceof AwsFault)
        return refuse(version.status === 429 ? 429 : 502, 'Internal Server Error')
      const run = await runner
        .invoke(version, JSON.stringify(eventOf(request, rest || '/', id, world)))
        .catch(() => undefined)
      if (run?.outcome.kind !== 'answer') return refuse(502, 'Internal Server Error')
      const answer: unknown = JSON.parse(run.outcome.payload || 'null')
      const isWhole = typeof answer === 'object' && answer !== null && 'statusCode' in answer
      return isWhole ? (answer as Answered) : { statusCode: 200, body: JSON.stringify(answer) }
    },
  }
}

/** Payload format 2.0. Bodies that are no text by their type come in base64. */
function eventOf({ method, url, headers, body }: Request, rawPath: string, id: string, world: World): object {
  const isText = /^(text\/|application\/(json|xml|javascript|x-www-form-urlencoded))/.test(
    headers['content-type'] ?? '',
  )
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: url.search.slice(1),
    headers,
    requestContext: {
      accountId: 'anonymous',
      apiId: id,
      domainName: headers.host,
      http: {
        method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'],
      },
      requestId: randomBytes(16).toString('hex'),
      routeKey: '$default',
      stage: '$default',
      timeEpoch: world.now(),
    },
    ...(body.length > 0 ? { body: body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !isText,
  }
}
