// What the workshop page asks of the sandbox: users, switches that break things, fates of messages, and live news.
import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.ts'
import { clientConfig } from '../lambda/function-fixture.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox()
})
afterEach(() => sandbox.close())

async function ask(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const answer = await fetch(`${sandbox.endpoint}/_sandbox/${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

const switches = async () => {
  const { body } = await ask('GET', 'workshop')
  return body.switches as { id: string; says: string; isOn: boolean }[]
}
const on = async () => (await switches()).filter(({ isOn }) => isOn).map(({ id }) => id)
const set = (id: string, isOn: boolean) => ask('POST', 'switches', { id, isOn })

async function send(to: string): Promise<number> {
  const env = sandbox.env()
  const component = { type: 'body', parameters: [{ type: 'text', text: '123456' }] }
  const button = { type: 'button', sub_type: 'url', index: 0, parameters: component.parameters }
  const template = { name: env.WHATSAPP_TEMPLATE_NAME, lang_code: 'en_US', components: [component, button] }
  const answer = await fetch(env.SENDZEN_API_URL ?? '', {
    method: 'POST',
    headers: { authorization: `Bearer ${env.SENDZEN_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ from: env.WHATSAPP_FROM, to, type: 'template', template }),
  })
  await answer.text()
  return answer.status
}

describe('the workshop', () => {
  it('knows everything at once: ids, time, messages, refused ones, failing numbers, switches', async () => {
    sandbox.showStage({ WHATSAPP_OTP_USER_POOL_ID: 'us-east-1_abc' })
    await send('+15550100001')
    await send('+15550109021')
    const { body } = await ask('GET', 'workshop')
    expect(body).toMatchObject({
      region: 'us-east-1',
      now: expect.any(Number),
      stage: { WHATSAPP_OTP_USER_POOL_ID: 'us-east-1_abc' },
      messages: [{ to: '+15550100001', code: '123456' }],
      refused: [{ to: '+15550109021', refusal: { status: 400, code: '131026' } }],
      flows: [],
    })
    expect(body.numbers).toContainEqual({
      number: '+15550109021',
      fate: 'notOnWhatsApp',
      says: expect.stringContaining('not on WhatsApp'),
    })
  })

  it('lists the users of all pools, the newest first, and deletes one', async () => {
    const cognito = new CognitoIdentityProviderClient(clientConfig(sandbox))
    const made = await cognito.send(
      new CreateUserPoolCommand({ PoolName: 'people', UsernameAttributes: ['phone_number'] }),
    )
    const UserPoolId = made.UserPool?.Id
    for (let n = 0; n < 7; n++) {
      sandbox.clock.advance(1_000)
      await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username: `+1555010000${n}` }))
    }
    const list = async () =>
      (await ask('GET', 'users')).body.users as { username: string; attributes: { phone_number: string } }[]
    const before = await list()
    expect(before.map(({ attributes }) => attributes.phone_number.at(-1)).join('')).toBe('6543210')
    const path = `users/${UserPoolId}/${before[0]?.username}`
    expect((await ask('DELETE', path)).status).toBe(200)
    expect(await list()).toEqual(before.slice(1))
    expect(await ask('DELETE', path)).toMatchObject({
      status: 400,
      body: { message: 'User does not exist.' },
    })
  })

  it('breaks by a switch, until it is switched back, and leaves other faults alone', async () => {
    const dynamodb = new DynamoDBClient({ ...clientConfig(sandbox), maxAttempts: 1 })
    const list = () =>
      dynamodb.send(new ListTablesCommand({})).then(
        () => 'ok',
        (error: Error) => error.name,
      )
    sandbox.faults.add({ service: 'dynamodb', kind: 'throttle', nth: 3 })
    await set('table', true)
    await set('table', true)
    expect(await on()).toEqual(['table'])
    expect([await list(), await list()]).toEqual(['InternalFailure', 'InternalFailure'])
    await set('table', false)
    expect(await on()).toEqual([])
    expect([await list(), await list()]).toEqual(['ThrottlingException', 'ok'])
  })

  it('has no switch that does nothing', async () => {
    for (const { id } of await switches()) {
      await set(id, true)
      expect(await on()).toEqual([id])
      await set(id, false)
    }
    expect(await on()).toEqual([])
  })

  it.each([
    ['outage', 503],
    ['revoked', 401],
  ])('switches SendZen off: %s', async (id, status) => {
    await set(id, true)
    expect(await send('+15550100001')).toBe(status)
    await set(id, false)
    expect(await send('+15550100001')).toBe(200)
  })

  it('decides what becomes of the next messages', async () => {
    await ask('POST', 'next-message', { fate: 'serverError', times: 2 })
    expect([await send('+15550100001'), await send('+15550100001'), await send('+15550100001')]).toEqual([
      500, 500, 200,
    ])
  })

  it.each([
    ['POST', 'switches', { id: 'rain', isOn: true }],
    ['POST', 'switches', { id: 'constructor', isOn: true }],
    ['POST', 'switches', { id: 'table' }],
    ['POST', 'next-message', { fate: 'toString' }],
    ['POST', 'next-message', { fate: 'cut', times: -1 }],
    ['DELETE', 'users/us-east-1_nowhere/x', undefined],
    ['DELETE', 'users/us-east-1_nowhere/%E0%A4%A', undefined],
  ])('refuses %s %s %j, and changes nothing', async (method, path, body) => {
    const answer = await ask(method, path, body)
    expect(answer).toMatchObject({ status: 400, body: { message: expect.any(String) } })
    expect(JSON.stringify(answer.body)).not.toContain('.ts:')
    expect(await on()).toEqual([])
    expect(await send('+15550100001')).toBe(200)
  })

  it.each(['switches', 'next-message'])('takes %s from no page of elsewhere', async (path) => {
    const body = { id: 'table', isOn: true, fate: 'cut' }
    const answer = await ask('POST', path, body, { origin: 'http://localhost:3000' })
    expect(answer.status).toBe(403)
    expect(await on()).toEqual([])
  })

  it('tells of messages live', async () => {
    const response = await fetch(`${sandbox.endpoint}/_sandbox/events`)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    await send('+15550100001')
    sandbox.flows.clear()
    let heard = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      heard += decoder.decode(chunk, { stream: true })
      if (heard.includes('event: clear')) break
    }
    expect([...heard.matchAll(/^event: (\w+)/gm)].map((match) => match[1])).toEqual([
      'message',
      'status',
      'status',
      'clear',
    ])
  })
})
