// Requests that are signed as AWS wants it, by something else than the sandbox.

import { AwsClient } from 'aws4fetch'
import type { Sandbox } from '../../../src/sandbox/server.ts'

export interface Keys {
  accessKeyId: string
  secretAccessKey: string
}

export function keysOf(sandbox: Pick<Sandbox, 'env'>): Keys {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = sandbox.env()
  return { accessKeyId, secretAccessKey }
}

/** Signs a request for a service, in us-east-1 and at this time unless said. */
export function sign(
  keys: Keys & { sessionToken?: string },
  service: string,
  url: string,
  init: RequestInit = {},
  more: { datetime?: string; region?: string } = {},
): Promise<Request> {
  const client = new AwsClient({ ...keys, service, region: more.region ?? 'us-east-1' })
  return client.sign(url, { ...init, aws: more })
}

/** For the source of a function: `callAws` calls an operation of a JSON service with the function's own keys. */
export const callAws = `
import { createHash, createHmac } from 'node:crypto'
const hash = (text) => createHash('sha256').update(text).digest('hex')
async function callAws(service, target, input) {
  const url = new URL(process.env.AWS_ENDPOINT_URL)
  const body = JSON.stringify(input)
  const stamp = new Date().toISOString().replace(/[-:]|\\.\\d+/g, '')
  const headers = {
    host: url.host,
    'x-amz-date': stamp,
    'x-amz-security-token': process.env.AWS_SESSION_TOKEN,
    'x-amz-target': target,
  }
  const names = Object.keys(headers).join(';')
  const lines = Object.entries(headers).map(([name, value]) => name + ':' + value)
  const canonical = ['POST', '/', '', ...lines, '', names, hash(body)].join('\\n')
  const scope = [stamp.slice(0, 8), process.env.AWS_REGION, service, 'aws4_request']
  const text = ['AWS4-HMAC-SHA256', stamp, scope.join('/'), hash(canonical)].join('\\n')
  const key = scope.reduce((last, part) => createHmac('sha256', last).update(part).digest(), 'AWS4' + process.env.AWS_SECRET_ACCESS_KEY)
  const signature = createHmac('sha256', key).update(text).digest('hex')
  const credential = process.env.AWS_ACCESS_KEY_ID + '/' + scope.join('/')
  const authorization = 'AWS4-HMAC-SHA256 Credential=' + credential + ', SignedHeaders=' + names + ', Signature=' + signature
  const response = await fetch(url, { method: 'POST', headers: { ...headers, authorization }, body })
  return { status: response.status, body: await response.json() }
}
`
