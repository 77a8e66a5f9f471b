// REST-JSON: method and path name the operation; path, query and body make up its input.

import type { AwsFault } from '../account/aws-fault.ts'
import { readObject } from './body.ts'
import type { Input } from './fields.ts'
import { refusals, toJson } from './json.ts'
import type { Encoded, Request } from './request.ts'
import type { Operation, Protocol, Service } from './service.ts'

export interface Route {
  method: string
  /** `{Name}` in it becomes a member of the input. */
  path: string
  /** Of the answer; 200 unless said. 204 has no body. */
  status?: number
  /** Members of the query that are lists, however often they occur. */
  lists?: string[]
  /** Reads a body, and headers, that are not simply the members as a JSON object. */
  read?(request: Request): Input
  /** Writes an output that is not simply a JSON body. */
  write?(output: object): Encoded
}

export interface RestOperation extends Operation {
  route: Route
}

export interface RestService extends Service {
  protocol: 'rest'
  operations: Record<string, RestOperation>
  /** What its paths look like, offered or not: an unsigned request does not name its service. */
  paths: RegExp
  /** Its error for a body that is not JSON. */
  unreadable(): AwsFault
  /** For a service whose errors have more than REST-JSON's own form. */
  encodeFault?(fault: AwsFault): Encoded
}

/** Gives an operation its route. */
export const at = (route: Route, operation: Operation): RestOperation => Object.assign(operation, { route })

const headers = { 'content-type': 'application/json' }

/** What a service does not know has an empty operation. */
export function restProtocol(services: readonly RestService[]): Protocol {
  const routes = new Map(services.map((service) => [service, compiled(service)]))
  return (request, signedFor) => {
    const { pathname } = request.url
    const service =
      services.find((known) => known.name === signedFor) ?? services.find(({ paths }) => paths.test(pathname))
    if (!service) return undefined
    const found = match(routes.get(service) ?? [], request)
    return {
      service,
      operation: found?.operation ?? '',
      input: () => (found ? inputOf(found, request, service) : {}),
      encode: (output) => found?.route.write?.(output) ?? encode(output, found?.route.status ?? 200),
      encodeFault: service.encodeFault ?? encodeFault,
      refusals,
    }
  }
}

interface Compiled {
  operation: string
  route: Route
  pattern: RegExp
}

function compiled({ operations }: RestService): Compiled[] {
  return Object.entries(operations).map(([operation, { route }]) => ({
    operation,
    route,
    pattern: new RegExp(`^${route.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`),
  }))
}

interface Found extends Compiled {
  /** The members that the path holds, as they are written there. */
  labels: Record<string, string>
}

function match(routes: Compiled[], { method, url }: Request): Found | undefined {
  for (const one of routes) {
    const groups = one.route.method === method ? one.pattern.exec(url.pathname) : null
    if (!groups) continue
    return { ...one, labels: { ...groups.groups } }
  }
  return undefined
}

function inputOf({ route, labels }: Found, request: Request, service: RestService): Input {
  const { searchParams } = request.url
  const lists = (route.lists ?? []).map((name) => [name, searchParams.getAll(name)])
  const body = route.read?.(request) ?? readJson(request, service)
  const inPath = decodeLabels(labels, service)
  return { ...Object.fromEntries(searchParams), ...Object.fromEntries(lists), ...body, ...inPath }
}

function decodeLabels(labels: Record<string, string>, service: RestService): Input {
  try {
    return Object.fromEntries(
      Object.entries(labels).map(([name, value]) => [name, decodeURIComponent(value)]),
    )
  } catch {
    throw service.unreadable()
  }
}

function readJson({ body }: Request, service: RestService): Input {
  const input = readObject(body)
  if (!input) throw service.unreadable()
  return input
}

function encode(output: object, status: number): Encoded {
  return { status, headers, body: status === 204 ? '' : toJson(output) }
}

function encodeFault(fault: AwsFault): Encoded {
  return {
    status: fault.status,
    headers: { ...headers, 'x-amzn-errortype': fault.code },
    body: JSON.stringify({ message: fault.message, ...fault.members }),
  }
}
