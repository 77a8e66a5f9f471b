// REST as services declare it: a made-up one beside Lambda, behind the dispatcher that knows neither.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AwsFault } from '../../../src/sandbox/account/aws-fault.ts'
import { Callers } from '../../../src/sandbox/account/callers.ts'
import { chanceOf } from '../../../src/sandbox/account/chance.ts'
import { Faults } from '../../../src/sandbox/account/faults.ts'
import { assumed } from '../../../src/sandbox/account/unsettled.ts'
import { noDelays, type World } from '../../../src/sandbox/account/world.ts'
import { createLambda } from '../../../src/sandbox/lambda/service.ts'
import { Dispatcher } from '../../../src/sandbox/protocol/dispatch.ts'
import { list, text } from '../../../src/sandbox/protocol/fields.ts'
import { readRequest } from '../../../src/sandbox/protocol/request.ts'
import { at, type RestService } from '../../../src/sandbox/protocol/rest.ts'
import { unsigned } from '../../../src/sandbox/protocol/service.ts'
import { sign } from '../lambda/signed.ts'

/** A library of poems: everything that a service is, and nothing about it anywhere else. */
function createPoems(): RestService {
  const poems = new Map<string, object>()
  return {
    name: 'poems',
    protocol: 'rest',
    paths: /^\/v1\/poems/,
    unreadable: () => new AwsFault('BadRequestException', 'The poem is not JSON.'),
    throttling: { code: 'SlowDown', status: 503 },
    operations: {
      PutPoem: at({ method: 'PUT', path: '/v1/poems/{Title}', status: 201 }, (input, call) => {
        call.authorize('poems:PutPoem', `arn:aws:poems:::${text(input, 'Title')}`)
        poems.set(text(input, 'Title'), input)
        return { At: new Date(1_500) }
      }),
      GetPoem: at({ method: 'GET', path: '/v1/poems/{Title}', lists: ['verse'] }, (input) => {
        const poem = poems.get(text(input, 'Title'))
        if (!poem) throw new AwsFault('NoSuchPoem', 'Nobody wrote that.', 404, { Title: input.Title })
        return { ...poem, Verses: list(input, 'verse'), Language: input.language }
      }),
      DeletePoem: at({ method: 'DELETE', path: '/v1/poems/{Title}', status: 204 }, (input) => {
        poems.delete(text(input, 'Title'))
        return {}
      }),
      Recite: at(
        {
          method: 'POST',
          path: '/v1/poems/{Title}/voice',
          read: ({ body, headers }) => ({ Words: body.toString(), Mood: headers['x-mood'] }),
          write: (output) => ({
            status: 202,
            headers: { 'content-type': 'audio/plain' },
            body: Object.values(output).join(' '),
          }),
        },
        unsigned(({ Words, Mood, Title }) => ({ Title, Words, Mood })),
      ),
    },
  }
}

let server: Server
let faults: Faults
let callers: Callers
let base: string

beforeAll(async () => {
  const world: World = {
    account: '123456789012',
    region: 'eu-west-1',
    partition: 'aws',
    chance: chanceOf(),
    endpoint: '',
    delays: { ...noDelays },
    unsettled: assumed,
    pageSize: 5,
    now: () => 0,
    sleep: async () => {},
  }
  const alone = {
    findQueue: () => undefined,
    findRole: () => undefined,
    openSession: () => never(),
    writeLog: () => never(),
  }
  faults = new Faults()
  callers = new Callers(world, alone, undefined)
  const dispatcher = new Dispatcher(world, [createLambda(world, alone), createPoems()], callers, faults)
  server = createServer(async (message, response) => {
    if (!(await dispatcher.handle(await readRequest(message), response))) response.writeHead(418).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

function never(): never {
  throw new Error('nothing runs here')
}

/** Asks with a signature for a service, or with headers of its own instead. */
async function ask(method: string, path: string, body?: string, how: string | object = 'poems') {
  const init = { method, headers: { connection: 'close' }, ...(body !== undefined && { body }) }
  const answer = await (typeof how === 'string'
    ? fetch(await sign(callers.keys, how, base + path, init))
    : fetch(base + path, { ...init, headers: { ...init.headers, ...how } }))
  const words = await answer.text()
  const type = answer.headers.get('content-type')
  const error = answer.headers.get('x-amzn-errortype')
  return {
    status: answer.status,
    ...(error && { error }),
    body: words && type === 'application/json' ? JSON.parse(words) : words,
  }
}

describe('a REST service', () => {
  it('takes its input from path, query and body, and answers with its own statuses', async () => {
    const put = await ask('PUT', '/v1/poems/The%20Road', '{"Text":"Two roads"}')
    expect(put).toEqual({ status: 201, body: { At: 1.5 } })
    expect(await ask('GET', '/v1/poems/The%20Road?verse=1&language=en')).toEqual({
      status: 200,
      body: { Title: 'The Road', Text: 'Two roads', Verses: ['1'], Language: 'en' },
    })
    expect(await ask('DELETE', '/v1/poems/The%20Road')).toEqual({ status: 204, body: '' })
  })

  it('reads and writes by rules of its own', async () => {
    const answer = await ask('POST', '/v1/poems/a/voice', 'not JSON', { 'x-mood': 'gay' })
    expect(answer).toEqual({ status: 202, body: 'a not JSON gay' })
  })

  it('has errors in REST-JSON’s form, with their members', async () => {
    expect(await ask('GET', '/v1/poems/none')).toEqual({
      status: 404,
      error: 'NoSuchPoem',
      body: { message: 'Nobody wrote that.', Title: 'none' },
    })
    expect(await ask('PUT', '/v1/poems/a', '{bad')).toMatchObject({ error: 'BadRequestException' })
  })

  it('is throttled with its own error', async () => {
    faults.add({ service: 'poems', operation: 'GetPoem', kind: 'throttle' })
    expect(await ask('GET', '/v1/poems/a')).toMatchObject({ status: 503, error: 'SlowDown' })
  })

  it('asks for a signature, and for the permission of a policy', async () => {
    expect(await ask('PUT', '/v1/poems/a', '{}', {})).toMatchObject({
      status: 403,
      error: 'MissingAuthenticationTokenException',
    })
    callers.policy = { Statement: { Effect: 'Allow', Action: 'poems:GetPoem', Resource: '*' } }
    expect(await ask('PUT', '/v1/poems/a', '{}')).toMatchObject({ error: 'AccessDeniedException' })
    callers.policy = undefined
  })

  it('is told from another by signature, and by path where there is none', async () => {
    const lambda = '/2015-03-31/functions'
    expect(await ask('GET', lambda, undefined, 'lambda')).toMatchObject({ status: 200 })
    const offers = async (path: string, how: string | object) =>
      (await ask('GET', path, undefined, how)).body.message
    expect(await offers('/v1/poems', {})).toBe('The sandbox does not offer poems:/v1/poems.')
    expect(await offers(lambda, 'poems')).toBe(`The sandbox does not offer poems:${lambda}.`)
    expect(await offers('/2018-10-31/layers', {})).toBe(
      'The sandbox does not offer lambda:/2018-10-31/layers.',
    )
    expect((await ask('GET', '/v2/elsewhere', undefined, {})).status).toBe(418)
  })
})
