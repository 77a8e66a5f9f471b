// How the services of the sandbox reach one another, and how a test comes between them.

import { afterEach, beforeEach, expect, it } from 'vitest'
import type { InvokeRequest } from '../../src/sandbox/account/provided.ts'
import { type OpenSandbox, startOpenSandbox } from '../../src/sandbox/server.ts'
import { FunctionFixture } from './lambda/function-fixture.ts'

let sandbox: OpenSandbox
beforeEach(async () => {
  sandbox = await startOpenSandbox()
})
afterEach(() => sandbox.close())

const request: InvokeRequest = {
  functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:none',
  principal: 'cognito-idp.amazonaws.com',
  sourceArn: 'arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_any',
  sourceAccount: '123456789012',
  payload: {},
  timeoutMs: 1_000,
}

it('reaches Lambda through everything that was put around it, the last first', async () => {
  const order: string[] = []
  for (const name of ['first', 'second']) {
    sandbox.inside.aroundInvoke(async (asked, next) => {
      order.push(name)
      return next(asked)
    })
  }
  expect(await sandbox.inside.invoke(request)).toMatchObject({
    kind: 'refused',
    code: 'ResourceNotFoundException',
  })
  expect(order).toEqual(['second', 'first'])
})

it('ends where one that was put around it answers itself', async () => {
  sandbox.inside.aroundInvoke(async () => ({ kind: 'answer', payload: 7 }))
  expect(await sandbox.inside.invoke(request)).toEqual({ kind: 'answer', payload: 7 })
})

it('shows a role as other services see it while it exists', async () => {
  const arn = await new FunctionFixture(sandbox).role('r', [
    { Effect: 'Allow', Action: 'sns:Publish', Resource: '*' },
  ])
  const role = sandbox.inside.findRole(arn)
  expect(role?.trusts('lambda.amazonaws.com')).toBe(true)
  expect(role?.allows('sns:Publish', '+15550100001')).toBe(true)
  expect(role?.allows('ssm:GetParameter', '*')).toBe(false)
  expect(sandbox.inside.findRole(`${arn}-other`)).toBeUndefined()
})
