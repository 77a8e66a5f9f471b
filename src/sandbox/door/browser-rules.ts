// What web pages may do with the sandbox. It listens on the developer's machine and runs uploaded code,
// so a page from elsewhere must not reach more than what AWS itself opens to browsers: sign-in.

import type { ServerResponse } from 'node:http'
import type { Request } from '../protocol/request.ts'

const loopback = /^(127\.0\.0\.1|\[::1\]|([\w-]+\.)*localhost)(:\d+)?$/i
const cognito = 'AWSCognitoIdentityProviderService.'
const openToAll = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-amzn-RequestId, x-amzn-ErrorType, Date',
}
const signInHeaders =
  'content-type, x-amz-target, x-amz-user-agent, x-amz-date, amz-sdk-invocation-id, amz-sdk-request, cache-control'

/** Refuses names that were pointed at this machine by somebody else's DNS. */
export function isLocalHost(request: Request): boolean {
  return loopback.test(request.headers.host ?? '')
}

/**
 * Lets pages of any origin call Cognito unsigned, and leaves the inbox to its own rule. `Authorization` is
 * not among the allowed headers, so no page can send a signed call: those could create and run functions.
 * True when the answer is complete already.
 */
export function applyCors(
  request: Request,
  response: ServerResponse,
  isUnsigned: (target: string) => boolean,
): boolean {
  const { origin, host, authorization } = request.headers
  const { pathname } = request.url
  const ownRule = pathname.startsWith('/inbox')
  if (!origin || origin === `http://${host}` || ownRule) return false
  if (request.method === 'OPTIONS') {
    response.writeHead(204, {
      ...openToAll,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': signInHeaders,
      'access-control-max-age': '600',
    })
    response.end()
    return true
  }
  const target = request.headers['x-amz-target'] ?? ''
  const isSignIn = target.startsWith(cognito) && isUnsigned(target) && !authorization
  if (isSignIn || (request.method === 'GET' && pathname.includes('/.well-known/'))) {
    for (const [name, value] of Object.entries(openToAll)) response.setHeader(name, value)
    return false
  }
  // What merely reads is kept from other pages by the browser, unless the answer opens itself to them.
  if (request.method === 'GET') return false
  response.writeHead(403, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ message: 'The sandbox takes this call from its own page only.' }))
  return true
}
