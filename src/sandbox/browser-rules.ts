// What web pages may do with the sandbox. It listens on the developer's machine and runs uploaded code,
// so a page from elsewhere must not reach more than what AWS itself opens to browsers: sign-in.

import type { ServerResponse } from 'node:http'
import type { Request } from './dispatch.ts'

const loopback = /^(127\.0\.0\.1|\[::1\]|([\w-]+\.)*localhost)(:\d+)?$/i
const cognito = 'AWSCognitoIdentityProviderService.'

/** Refuses names that were pointed at this machine by somebody else's DNS. */
export function isLocalHost(request: Request): boolean {
  return loopback.test(request.headers.host ?? '')
}

/**
 * Lets pages of any origin call Cognito unsigned. `Authorization` stays off the list, so that no page can
 * send a signed call: those could create and run functions. True when the answer is complete already.
 */
export function applyCors(request: Request, response: ServerResponse): boolean {
  const { origin, host } = request.headers
  if (!origin || origin === `http://${host}`) return false
  const isPreflight = request.method === 'OPTIONS'
  const isSignIn = request.headers['x-amz-target']?.startsWith(cognito) && !request.headers.authorization
  if (
    isPreflight ||
    isSignIn ||
    (request.method === 'GET' && request.url.pathname.includes('/.well-known/'))
  ) {
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-expose-headers', 'x-amzn-requestid, x-amzn-errortype')
  }
  if (isPreflight) {
    response.writeHead(204, {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers':
        'content-type, x-amz-target, x-amz-user-agent, amz-sdk-invocation-id, amz-sdk-request, cache-control, x-amz-date',
      'access-control-max-age': '600',
    })
    response.end()
    return true
  }
  if (isSignIn || request.method === 'GET') return false
  response.writeHead(403, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ message: 'The sandbox takes this call from its own page only.' }))
  return true
}
