// The Query protocol (IAM, STS, SNS): form fields in, XML out.

import { XMLBuilder } from 'fast-xml-parser'
import { AwsFault } from '../account/aws-fault.ts'
import type { Encoded } from './request.ts'
import { type Protocol, type Service, type SignatureFaults, signingName } from './service.ts'

export interface QueryService extends Service {
  protocol: 'query'
  /** Tells the services apart when a request is not signed. */
  version: string
  xmlNamespace: string
  /** Its own word for a call that is not allowed; `AccessDenied` when left out. */
  deniedCode?: string
}

/** Signed requests name their service; of unsigned ones the API version tells it. */
export function queryProtocol(services: readonly QueryService[]): Protocol {
  return (request, signedFor, requestId) => {
    const form =
      request.method === 'POST' && request.headers['content-type']?.startsWith('application/x-www-form')
        ? new URLSearchParams(request.body.toString())
        : request.url.searchParams
    const operation = form.get('Action') ?? ''
    const version = form.get('Version')
    const known = services.find((s) => (signedFor ? signingName(s) === signedFor : s.version === version))
    if (!known && !signedFor) return undefined
    // A signed call is one to AWS in any case, and learns what it cannot have.
    const service: QueryService = known ?? {
      name: signedFor ?? '',
      protocol: 'query',
      version: '',
      xmlNamespace: '',
      operations: {},
    }
    return {
      service,
      operation,
      input: () => decode(form),
      encode: (output) => encode(service, operation, output, requestId),
      encodeFault: (fault) => encodeFault(fault, service, requestId),
      refusals,
    }
  }
}

const codes = {
  incomplete: 'IncompleteSignature',
  'unknown-key': 'InvalidClientTokenId',
  wrong: 'SignatureDoesNotMatch',
} as const

const refusals: SignatureFaults = {
  missing: () => new AwsFault('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
  refused: ({ kind, message }) => new AwsFault(codes[kind], message, kind === 'incomplete' ? 400 : 403),
}

type Node = string | Node[] | { [key: string]: Node }

/** More steps than any member has. */
const mostSteps = 20

/** `Tags.member.1.Key=a` becomes `{ Tags: [{ Key: 'a' }] }`; `X.entry.1.Name/Value` becomes a map. */
function decode(form: URLSearchParams): Record<string, unknown> {
  const root = node()
  for (const [name, value] of form) {
    if (name === 'Action' || name === 'Version') continue
    const path = name.split('.')
    if (path.length > mostSteps) throw new AwsFault('MalformedInput', 'A parameter is nested too deeply.')
    let at = root
    for (const step of path.slice(0, -1)) {
      const known = at[step]
      const next = typeof known === 'object' && !Array.isArray(known) ? known : node()
      at[step] = next
      at = next
    }
    at[path.at(-1) ?? ''] = value
  }
  return settle(root) as Record<string, unknown>
}

/** Without a prototype, whose members would be taken for what was sent. */
const node = (): { [key: string]: Node } => Object.create(null)

function settle(at: Node): Node {
  if (typeof at === 'string' || Array.isArray(at)) return at
  const inOrder = (numbered: Node) =>
    Object.entries(numbered as { [key: string]: Node })
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, entry]) => settle(entry))
  if (at.member && typeof at.member === 'object') return inOrder(at.member)
  if (at.entry && typeof at.entry === 'object') {
    const pairs = inOrder(at.entry) as { [key: string]: Node }[]
    return Object.fromEntries(pairs.map((p) => [String(p.Name ?? p.key), p.Value ?? p.value ?? '']))
  }
  // An empty list is sent as `Tags=`, which is a string already.
  return Object.fromEntries(Object.entries(at).map(([key, value]) => [key, settle(value)]))
}

function toXmlValue(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace(/\.\d+Z$/, 'Z')
  if (Array.isArray(value)) return value.length === 0 ? '' : { member: value.map(toXmlValue) }
  if (value && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined && member !== null)
        .map(([key, member]) => [key, toXmlValue(member)]),
    )
  }
  return String(value)
}

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: true })
const headers = { 'content-type': 'text/xml' }

function encode(service: QueryService, operation: string, output: object, requestId: string): Encoded {
  const body = builder.build({
    [`${operation}Response`]: {
      '@xmlns': service.xmlNamespace,
      // An operation without output has no Result element at all.
      ...(Object.keys(output).length > 0 && { [`${operation}Result`]: toXmlValue(output) }),
      ResponseMetadata: { RequestId: requestId },
    },
  })
  return { status: 200, headers, body }
}

/** On this wire exceptions are named without `Exception`. */
function encodeFault(fault: AwsFault, service: QueryService, requestId: string): Encoded {
  const named = service.queryCodes?.[fault.code] ?? fault.code
  const code = named === 'AccessDeniedException' ? (service.deniedCode ?? 'AccessDenied') : named
  const body = builder.build({
    ErrorResponse: {
      '@xmlns': service.xmlNamespace,
      Error: { Type: fault.status >= 500 ? 'Receiver' : 'Sender', Code: code, Message: fault.message },
      RequestId: requestId,
    },
  })
  return { status: fault.status, headers, body }
}
