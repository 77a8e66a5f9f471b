// The public documents of a user pool over plain HTTP: its keys and its OpenID configuration.

import { AwsFault } from '../account/aws-fault.ts'
import type { World } from '../account/world.ts'
import { urlOf, type WebHandler } from '../protocol/request.ts'
import type { Tokens } from './tokens.ts'

/** Answers `/<poolId>/.well-known/jwks.json` and `/<poolId>/.well-known/openid-configuration`. */
export function wellKnown(world: World, { jwks, issuer }: Pick<Tokens, 'jwks' | 'issuer'>): WebHandler {
  async function documentOf(poolId: string, name: string): Promise<object> {
    if (name === 'jwks.json') return jwks(poolId)
    return {
      issuer: issuer(poolId),
      jwks_uri: `${world.endpoint}/${poolId}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: ['RS256'],
      subject_types_supported: ['public'],
      response_types_supported: ['code', 'token'],
    }
  }

  return async (request, response) => {
    const { pathname } = urlOf(request.url)
    const path = /^\/([\w-]+_[0-9a-zA-Z]+)\/\.well-known\/(jwks\.json|openid-configuration)$/.exec(pathname)
    if (!path?.[1] || !path[2] || request.method !== 'GET') return false
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    try {
      answer(200, await documentOf(path[1], path[2]))
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error
      answer(404, { message: error.message })
    }
    return true
  }
}
