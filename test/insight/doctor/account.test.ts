// What doctor finds of the account: credentials, permissions, and a clock that AWS would not accept.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployPolicy } from '../../../src/stage/policy/policies.ts'
import { startWithStage } from '../../cli/scene.ts'
import type { Terminal } from '../../cli/terminal.ts'
import { ailments } from './ailments.ts'
import { between } from './between.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await startWithStage()
})
afterAll(() => terminal.close())

describe('doctor on the account', () => {
  it('finds expired credentials', async () => {
    const sts = await between('', () => ({
      status: 403,
      body: '<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>',
    }))
    const { code, ill, skipped } = await ailments(terminal, 'doctor', { env: { AWS_ENDPOINT_URL_STS: sts } })
    expect(ill.account).toMatchInlineSnapshot(
      `"fail: There are no usable AWS credentials: the credentials have expired"`,
    )
    expect([code, skipped]).toEqual([1, ['clock', 'permissions', 'stage']])
  })

  /** The policy of the stage, without one action, and leave to ask about it. */
  const asHolder = (without = '', boundary?: string) => {
    const { account, region } = terminal.sandbox
    const { Statement } = deployPolicy({ stage: 'dev', account, region, partition: 'aws' }, boundary)
    const less = Statement.map((one) => ({ ...one, Action: one.Action.filter((name) => name !== without) }))
    const ask = { Effect: 'Allow' as const, Action: ['iam:SimulatePrincipalPolicy'], Resource: ['*'] }
    terminal.sandbox.setCallerPolicy({ Version: '2012-10-17', Statement: [...less, ask] })
  }

  it('finds a permission that is missing, by its name', async () => {
    asHolder('lambda:UpdateFunctionCode')
    const { code, ill } = await ailments(terminal)
    terminal.sandbox.setCallerPolicy(undefined)
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        1,
        {
          "permissions": "fail: user/developer may not call lambda:UpdateFunctionCode",
        },
      ]
    `)
  })

  it('says how far the rights of a stage reach, where nothing limits its roles', async () => {
    asHolder()
    const { code, ill } = await ailments(terminal)
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        0,
        {
          "permissions": "warn: user/developer may deploy and remove this stage. Without PERMISSIONS_BOUNDARY whoever has these rights makes himself administrator in two calls: a policy for one of the roles, and code that runs with it",
        },
      ]
    `)
    const boundary = 'arn:aws:iam::123456789012:policy/limit'
    asHolder('', boundary)
    const bounded = await ailments(terminal, `doctor --permissions-boundary ${boundary}`)
    // An administrator has nothing to gain by it.
    terminal.sandbox.setCallerPolicy(undefined)
    expect((await ailments(terminal)).ill).toEqual({})
    expect(bounded.ill.permissions).toBeUndefined()
    asHolder('iam:PutRolePermissionsBoundary', boundary)
    const unable = await ailments(terminal, `doctor --permissions-boundary ${boundary}`)
    terminal.sandbox.setCallerPolicy(undefined)
    expect(unable.ill.permissions).toContain('may not call iam:PutRolePermissionsBoundary')
  })

  it('says so where the simulator may not be asked, which is no failure', async () => {
    const allowed = { Effect: 'Allow' as const, Action: ['*'], Resource: ['*'] }
    const denied = { Effect: 'Deny' as const, Action: ['iam:SimulatePrincipalPolicy'], Resource: ['*'] }
    terminal.sandbox.setCallerPolicy({ Version: '2012-10-17', Statement: [allowed, denied] })
    const { code, skipped } = await ailments(terminal)
    terminal.sandbox.setCallerPolicy(undefined)
    expect([code, skipped]).toEqual([0, ['permissions']])
  })

  it('finds a clock that is ten minutes off', async () => {
    for (const [off, words] of [
      [600_000, '10 min ahead of AWS'],
      [-600_000, '10 min behind AWS'],
    ] as const) {
      const clock = { ...terminal.clock, now: () => Date.now() + off }
      const { code, ill } = await ailments(terminal, 'doctor', { clock })
      expect(code).toBe(1)
      expect(ill.clock).toContain(words)
    }
  })

  it('warns of a clock that is two minutes off', async () => {
    const clock = { ...terminal.clock, now: () => Date.now() + 120_000 }
    const { code, ill } = await ailments(terminal, 'doctor', { clock })
    expect(code).toBe(0)
    expect(ill.clock).toMatch(/^warn/)
  })
})
