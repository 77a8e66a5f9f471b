// The gate: no changing call leaves unless the stage was confirmed a moment ago, retries and new connections included.
import { createServer, type Server } from 'node:net'
import { CreateRoleCommand, GetRoleCommand, type IAMClient } from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClients } from '../../src/aws/clients.ts'
import { Gate, type Tenure, ungated } from '../../src/aws/gate.ts'
import { AppError } from '../../src/errors.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'

let sandbox: Sandbox
let gate: Gate
let iam: IAMClient
beforeEach(async () => {
  sandbox = await startSandbox()
  gate = new Gate()
  iam = createClients({ env: sandbox.env(), region: sandbox.region, gate }).iam
})
afterEach(() => sandbox.close())

const createRole = () =>
  new CreateRoleCommand({
    RoleName: 'one',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    }),
  })
const arrived = () => sandbox.calls.map(({ operation }) => operation)

/** A tenure that is fresh as long as `state.fresh` says so, and counts how often it is confirmed. */
function tenureOf(state: { fresh: boolean; confirmed: number; lost?: boolean }): Tenure {
  return {
    isFresh: () => state.fresh,
    async confirm() {
      state.confirmed++
      if (state.lost) throw new AppError('STAGE_TAKEN_OVER', 'lost')
      state.fresh = true
    },
  }
}

describe('a changing call', () => {
  it('does not leave while no stage is held; one that only looks does', async () => {
    await expect(iam.send(createRole())).rejects.toThrow('CreateRole would change AWS while no stage is held')
    await expect(iam.send(new GetRoleCommand({ RoleName: 'one' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    })
    expect(arrived()).toEqual(['GetRole'])
  })

  it('leaves while the stage is held, without asking again', async () => {
    const state = { fresh: true, confirmed: 0 }
    gate.hold(tenureOf(state))
    await iam.send(createRole())
    expect([arrived(), state.confirmed]).toEqual([['CreateRole'], 0])
  })

  it('waits until a confirmation that grew old is renewed', async () => {
    const state = { fresh: false, confirmed: 0 }
    gate.hold(tenureOf(state))
    await iam.send(createRole())
    expect([arrived(), state.confirmed]).toEqual([['CreateRole'], 1])
  })

  it('never leaves once the stage is lost', async () => {
    gate.hold(tenureOf({ fresh: false, confirmed: 0, lost: true }))
    await expect(iam.send(createRole())).rejects.toMatchObject({ code: 'STAGE_TAKEN_OVER' })
    expect(arrived()).toEqual([])
  })

  it('is looked at before every attempt of the SDK, not only before the first', async () => {
    // The stage goes while the first attempt is under way.
    gate.hold({
      ...tenureOf({ fresh: false, confirmed: 0, lost: true }),
      isFresh: () => arrived().length === 0,
    })
    sandbox.faults.add({ operation: 'CreateRole', kind: 'fail-before', times: 6 })
    await expect(iam.send(createRole())).rejects.toMatchObject({ code: 'STAGE_TAKEN_OVER' })
    expect(arrived()).toEqual(['CreateRole'])
  })

  it('that is marked as none of the stage’s passes', async () => {
    await iam.send(ungated(createRole()))
    expect(arrived()).toEqual(['CreateRole'])
  })

  it('ends when AWS confirms too slowly to be of use', async () => {
    let asked = 0
    gate.hold({
      isFresh: () => false,
      async confirm() {
        asked++
      },
    })
    await expect(iam.send(createRole())).rejects.toMatchObject({ code: 'AWS_UNREACHABLE' })
    expect([arrived(), asked]).toEqual([[], 3])
  })
})

describe('a connection', () => {
  let server: Server
  let bytes = ''
  const open = (onConnection: () => void) =>
    new Promise<string>((resolve) => {
      server = createServer((socket) => {
        onConnection()
        socket.on('data', (data) => {
          bytes += data
        })
        socket.on('error', () => {})
      }).listen(0, '127.0.0.1', () => {
        resolve(`http://127.0.0.1:${(server.address() as { port: number }).port}`)
      })
    })
  afterEach(() => {
    server.close()
  })

  it('that stands only when the stage is lost carries not one byte of the call', async () => {
    const state = { fresh: true, confirmed: 0, lost: false }
    bytes = ''
    const endpoint = await open(() => {})
    const clients = createClients({
      env: { ...sandbox.env(), AWS_ENDPOINT_URL: endpoint },
      region: sandbox.region,
      gate,
    })
    // The first looks are while it is held; it is lost while the connection is made.
    let looks = 0
    gate.hold({
      ...tenureOf(state),
      isFresh: () => {
        looks++
        if (looks === 3) Object.assign(state, { fresh: false, lost: true })
        return state.fresh
      },
    })
    await expect(clients.iam.send(createRole())).rejects.toMatchObject({ code: 'STAGE_TAKEN_OVER' })
    expect([looks >= 3, bytes]).toEqual([true, ''])
  })

  it('that was kept from an earlier call carries no byte of one that was held up after the last look', async () => {
    const state = { fresh: true, confirmed: 0, lost: false }
    gate.hold(tenureOf(state))
    await iam.send(createRole())
    const before = arrived().length
    // The process is stopped between the look of the client and the write.
    let looks = 0
    gate.hold({
      ...tenureOf(state),
      isFresh: () => {
        if (++looks > 2) Object.assign(state, { fresh: false, lost: true })
        return state.fresh
      },
    })
    await expect(iam.send(createRole())).rejects.toMatchObject({ code: 'STAGE_TAKEN_OVER' })
    expect([looks > 2, arrived().slice(before)]).toEqual([true, []])
  })
})
