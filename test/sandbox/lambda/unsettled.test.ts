// What nobody knows of Lambda: the sandbox is each way, and which it is is looked at anew for each call.

import { AddPermissionCommand, RemovePermissionCommand } from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenSandbox, startOpenSandbox } from '../../../src/sandbox/server.ts'
import { FunctionFixture } from './function-fixture.ts'

let sandbox: OpenSandbox
let aws: FunctionFixture
beforeEach(async () => {
  sandbox = await startOpenSandbox()
  aws = new FunctionFixture(sandbox)
})
afterEach(() => sandbox.close())

const permission = {
  StatementId: 'pool',
  Action: 'lambda:InvokeFunction',
  Principal: 'cognito-idp.amazonaws.com',
}
const invoke = (name: string, payload: object = {}, timeoutMs = 10_000) =>
  sandbox.inside.invoke({
    functionArn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
    principal: permission.Principal,
    sourceArn: 'arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_any',
    sourceAccount: '123456789012',
    payload,
    timeoutMs,
  })

/** Tells by its log, every 20 ms, that it still runs; a call without `slow` answers at once. */
const ticking = `let n = 0
  export const handler = async ({ slow }) => {
    if (!slow) return n
    for (;;) { n++; await new Promise((r) => setTimeout(r, 20)) }
  }`

describe('lateInvocation', () => {
  async function tick(way: 'goes-on' | 'stops') {
    sandbox.inside.world.unsettled.lateInvocation = way
    await aws.create('ticking', ticking, { Timeout: 30 })
    await aws.lambda.send(new AddPermissionCommand({ FunctionName: 'ticking', ...permission }))
    await invoke('ticking')
    expect(await invoke('ticking', { slow: true }, 200)).toEqual({ kind: 'timeout' })
  }

  it('goes-on: a function that was given up keeps its process, and the next call gets another', async () => {
    await tick('goes-on')
    expect(await invoke('ticking')).toEqual({ kind: 'answer', payload: 0 })
    expect(sandbox.inside.functions.processes()).toBe(2)
  })

  it('stops: it is frozen where it stands, and goes on beside the next call of the same process', async () => {
    await tick('stops')
    const before = (await invoke('ticking')) as { payload: number }
    expect(before.payload).toBeGreaterThan(0)
    expect(sandbox.inside.functions.processes()).toBe(1)
    // Thawed by the call before, it ticks again.
    await expect
      .poll(async () => ((await invoke('ticking')) as { payload: number }).payload)
      .toBeGreaterThan(before.payload)
  })

  it('stops: a frozen process writes no line until it is thawed', async () => {
    sandbox.inside.world.unsettled.lateInvocation = 'stops'
    await aws.createLogGroup('/aws/lambda/writing')
    const Role = await aws.role('writing-role', [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }])
    const source = `export const handler = async ({ slow }) => {
      if (!slow) return 'fast'
      for (;;) { console.log('tick'); await new Promise((r) => setTimeout(r, 20)) }
    }`
    await aws.create('writing', source, { Role, Timeout: 30 })
    await aws.lambda.send(new AddPermissionCommand({ FunctionName: 'writing', ...permission }))
    await invoke('writing')
    await invoke('writing', { slow: true }, 200)
    const ticks = async () =>
      (await aws.messages('/aws/lambda/writing')).filter((line) => line.includes('tick')).length
    const written = await ticks()
    // Whatever it was about to write would be here by the time that another function has run.
    await aws.create('other', 'export const handler = () => new Promise((r) => setTimeout(r, 300))')
    await aws.invoke('other')
    expect(await ticks()).toBe(written)
  })
})

describe('permissionSpread', () => {
  const refused = { kind: 'refused', code: 'AccessDeniedException' }
  const answered = { kind: 'answer', payload: 1 }
  const permit = () => aws.lambda.send(new AddPermissionCommand({ FunctionName: 'f', ...permission }))
  const groups = { Effect: 'Allow' as const, Action: 'logs:CreateLogGroup', Resource: '*' }

  it('at-once: a statement and a role’s policy count at once', async () => {
    const Role = await aws.role('f-role', [groups])
    await aws.create('f', 'export const handler = () => 1', { Role })
    await permit()
    expect(await invoke('f')).toEqual(answered)
    expect(sandbox.inside.findRole(Role)?.allows('logs:CreateLogGroup', '*')).toBe(true)
  })

  it('late: they count when the delay has passed by the sandbox’s clock, one made anew as well', async () => {
    sandbox.inside.world.unsettled.permissionSpread = 'late'
    const Role = await aws.role('f-role', [groups])
    await aws.create('f', 'export const handler = () => 1', { Role })
    await permit()
    const may = () => sandbox.inside.findRole(Role)?.allows('logs:CreateLogGroup', '*')
    expect(await invoke('f')).toMatchObject(refused)
    expect(may()).toBe(false)
    sandbox.clock.advance(sandbox.delays.permission)
    expect(await invoke('f')).toEqual(answered)
    expect(may()).toBe(true)
    await aws.lambda.send(new RemovePermissionCommand({ FunctionName: 'f', StatementId: 'pool' }))
    await permit()
    expect(await invoke('f')).toMatchObject(refused)
    sandbox.clock.advance(sandbox.delays.permission)
    expect(await invoke('f')).toEqual(answered)
  })
})
