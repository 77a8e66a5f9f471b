// Delivery reports switched on, off and removed: exactly their own resources come and go.
import {
  GetFunctionConcurrencyCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { names } from '../../src/names.ts'
import { readWebhookSecret } from '../../src/resources/reports/webhook-secret.ts'
import { Runs } from './runs.ts'

const on = { env: { DELIVERY_WEBHOOK: 'true' } }
const off = { env: { DELIVERY_WEBHOOK: 'false' } }
const FunctionName = names.function('dev', 'deliveryStatus')

let runs: Runs
beforeEach(async () => {
  runs = await Runs.start()
})
afterEach(() => runs.close())

const inventory = () => runs.sandbox.inventory().map(({ kind, name }) => `${kind} ${name}`)
const post = (url: string) => fetch(url, { method: 'POST', body: '{}' }).then(({ status }) => status)

async function urlOf(): Promise<string> {
  const { aws } = await runs.byHand()
  return (await aws.lambda.send(new GetFunctionUrlConfigCommand({ FunctionName }))).FunctionUrl!
}

describe('delivery reports', () => {
  it('come with a function, its address and a secret, and go with the setting', async () => {
    await runs.deploy()
    const without = inventory()
    const { plan } = await runs.plan(on)
    const made = plan.filter(({ action }) => action === 'create').map(({ id }) => id)
    expect(made.sort()).toEqual([
      'function-url:deliveryStatus',
      'function:deliveryStatus',
      'log-group:deliveryStatus',
      'reserved-concurrency:deliveryStatus',
      'role-policy:deliveryStatus',
      'role:deliveryStatus',
      'webhook-secret',
    ])
    await runs.deploy(on)
    expect((await runs.plan()).plan.filter(({ action }) => action !== 'keep')).toEqual([])
    expect(await runs.verify()).toEqual([])

    const goes = (await runs.plan(off)).plan.filter(({ action }) => action === 'delete')
    expect(goes.map(({ id }) => id).sort()).toEqual(made)
    await runs.deploy(off)
    expect(inventory()).toEqual(without)
    expect((await runs.plan(off)).plan.filter(({ action }) => action !== 'keep')).toEqual([])
  })

  it('cost a stage without them no call', async () => {
    await runs.deploy()
    const calls = await runs.callsOf(() => runs.plan())
    expect(calls.filter(({ operation }) => /Url|Concurrency|AccountSettings/.test(operation))).toEqual([])
  })

  it.each([['on', on] as const, ['off by the settings', off] as const])(
    'are removed with the stage: %s',
    async (_, options) => {
      await runs.deploy(on)
      expect(await runs.destroy(options)).toEqual([])
      expect(runs.sandbox.inventory()).toEqual([])
    },
  )

  it('are removed where a killed run has made them and the record does not say so', async () => {
    await runs.deploy()
    const prepared = await runs.plan(on)
    const { playPlan } = await import('../../src/stage/play.ts')
    const { stage, resources, observed, inputs } = prepared
    stage.aws.gate.hold({ isFresh: () => true, confirm: async () => {} })
    const plan = prepared.plan.filter(({ id }) => id !== 'record')
    await playPlan(stage, undefined, { resources, plan, observed, inputs, emit() {} })
    expect(inventory()).toContain(`function ${FunctionName}`)
    expect(await runs.destroy()).toEqual([])
    expect(runs.sandbox.inventory()).toEqual([])
  })

  it('are taken at an address that needs both of its statements', async () => {
    await runs.deploy(on)
    const url = await urlOf()
    expect(await post(url)).not.toBe(403)
    const { aws } = await runs.byHand()
    for (const StatementId of Object.values(names.urlPermissions)) {
      await aws.lambda.send(new RemovePermissionCommand({ FunctionName, StatementId }))
      expect(await post(url)).toBe(403)
      const { plan } = await runs.plan()
      expect(plan.filter(({ action }) => action !== 'keep')).toMatchObject([
        {
          id: 'function-url:deliveryStatus',
          action: 'update',
          fields: [{ field: `statement.${StatementId}` }],
        },
      ])
      await runs.deploy()
      expect(await post(url)).not.toBe(403)
    }
    const { Policy = '' } = await aws.lambda.send(new GetPolicyCommand({ FunctionName }))
    const { Statement } = JSON.parse(Policy)
    expect(
      Statement.map((one: { Action: string; Condition: object }) => [one.Action, one.Condition]),
    ).toEqual([
      ['lambda:InvokeFunctionUrl', { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } }],
      ['lambda:InvokeFunction', { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } }],
    ])
    expect(await urlOf()).toBe(url)
  })

  it('have a brake where the account has room for one, and a warning where it has not', async () => {
    await runs.deploy(on)
    const { plan } = await runs.plan()
    const dangers = plan.flatMap((step) => step.dangers ?? [])
    expect(dangers).toMatchObject([{ what: 'nothing limits how many reports are taken at once' }])
    runs.sandbox.inside.functions.executions.account = 1000
    expect((await runs.plan()).plan.filter(({ action }) => action !== 'keep')).toMatchObject([
      { id: 'reserved-concurrency:deliveryStatus', fields: [{ field: 'reserved', to: '5' }] },
    ])
    await runs.deploy()
    const { aws } = await runs.byHand()
    const found = await aws.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))
    expect(found.ReservedConcurrentExecutions).toBe(5)
    expect((await runs.plan()).plan.flatMap((step) => step.dangers ?? [])).toEqual([])
  })

  it('show the secret in no plan, whatever becomes of it', async () => {
    const { plan } = await runs.plan(on)
    const { results } = await runs.deploy(on)
    const { aws } = await runs.byHand()
    const secret = await readWebhookSecret(aws)
    expect(secret).toMatch(/^[\w-]{43}$/)
    const again = await runs.plan()
    const observedWithout = JSON.stringify([plan, results, again.plan, again.inputs.settings])
    expect(observedWithout).not.toContain(secret)
    await runs.deploy()
    expect(await readWebhookSecret(aws)).toBe(secret)
  })
})
