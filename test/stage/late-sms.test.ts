// What an SMS in place of a lost message needs: it comes and goes with its two settings, and is removed without a trace.
import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda'
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { arns, names } from '../../src/names.ts'
import { deployPolicy } from '../../src/stage/policy/policies.ts'
import type { PolicyDocument } from '../../src/stage/policy/printable.ts'
import { beyond, lessened } from './lessened.ts'
import { Runs } from './runs.ts'

const place = { stage: 'dev', account: '123456789012', region: 'us-east-1', partition: 'aws' }
const sms = { SMS_FALLBACK: 'true' }
const on = { env: { ...sms, DELIVERY_WEBHOOK: 'true' } }
const withoutReports = { env: { ...sms, DELIVERY_WEBHOOK: 'false' } }

let runs: Runs
beforeEach(async () => {
  runs = await Runs.start()
})
afterEach(() => runs.close())

const inventory = () => runs.sandbox.inventory().map(({ kind, name }) => `${kind} ${name}`)
const changes = async (...options: Parameters<typeof runs.plan>) =>
  (await runs.plan(...options)).plan.filter(({ action }) => action !== 'keep')

/** SQS keeps the name of a deleted queue for a minute. */
const minute = () => runs.sandbox.clock.advance(61_000)

describe('what follows lost messages', () => {
  it('is made with both settings, and goes with one of them', async () => {
    await runs.deploy(withoutReports)
    const without = inventory()
    const made = (await changes(on)).filter(
      ({ action, id }) => action === 'create' && !/eliveryStatus|webhook/.test(id),
    )
    expect(made.map(({ id }) => id).sort()).toEqual([
      'event-source',
      'fallback-queue',
      'function:smsFallback',
      'log-group:smsFallback',
      'role-policy:smsFallback',
      'role:smsFallback',
    ])
    await runs.deploy(on)
    expect(await changes()).toEqual([])
    expect(await runs.verify()).toEqual([])
    await runs.deploy(withoutReports)
    expect(inventory()).toEqual(without)
    minute()
    await runs.deploy(on)
    expect(await runs.destroy()).toEqual([])
    expect(runs.sandbox.inventory()).toEqual([])
  })

  it('waits for the name of a queue that was removed a moment ago', async () => {
    await runs.deploy(on)
    await runs.deploy(withoutReports)
    await runs.deploy(on)
    expect(await changes()).toEqual([])
  })

  it('costs a stage without it no call', async () => {
    await runs.deploy()
    const calls = await runs.callsOf(() => runs.plan())
    expect(
      calls.filter(({ service, operation }) => service === 'sqs' || /EventSource/.test(operation)),
    ).toEqual([])
  })

  it('is put right where somebody has changed it, and told of where somebody has switched it off', async () => {
    await runs.deploy(on)
    const { aws } = await runs.byHand()
    const EventSourceArn = arns.fallbackQueue(place)
    const { EventSourceMappings: [mapping] = [] } = await aws.lambda.send(
      new ListEventSourceMappingsCommand({ EventSourceArn }),
    )
    await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, BatchSize: 1 }))
    const QueueUrl = `${runs.sandbox.endpoint}/${place.account}/${names.fallbackQueue('dev')}`
    const Attributes = { MessageRetentionPeriod: '1209600' }
    await (await aws.sqs()).send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))
    expect(await changes()).toMatchObject([
      { id: 'fallback-queue', fields: [{ field: 'retention', from: '1209600', to: '1800' }] },
      { id: 'event-source', fields: [{ field: 'batch', from: '1', to: '5' }] },
    ])
    await runs.deploy()
    expect(await changes()).toEqual([])
    await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, Enabled: false }))
    const { plan } = await runs.plan()
    expect(plan.flatMap(({ dangers = [] }) => dangers.map(({ next }) => next)).join()).toContain(
      `update-event-source-mapping --region us-east-1 --uuid ${mapping?.UUID} --enabled`,
    )
  })
})

describe('its policy', () => {
  const settings = { deliveryWebhook: true, smsFallback: true }
  const whole = deployPolicy(place, undefined, settings)
  const base = deployPolicy(place, undefined, { deliveryWebhook: true })

  async function live(policy: PolicyDocument): Promise<void> {
    runs.sandbox.setCallerPolicy(policy)
    await runs.deploy(on)
    runs.sandbox.setCallerPolicy(undefined)
    const { aws } = await runs.byHand()
    const { EventSourceMappings: [mapping] = [] } = await aws.lambda.send(
      new ListEventSourceMappingsCommand({}),
    )
    await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, BatchSize: 1 }))
    const QueueUrl = `${runs.sandbox.endpoint}/${place.account}/${names.fallbackQueue('dev')}`
    const Attributes = { VisibilityTimeout: '300' }
    await (await aws.sqs()).send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))
    runs.sandbox.setCallerPolicy(policy)
    await runs.deploy()
    expect(await changes()).toEqual([])
    expect(await runs.destroy()).toEqual([])
    runs.sandbox.setCallerPolicy(undefined)
    expect(runs.sandbox.inventory()).toEqual([])
  }

  it('is enough for its whole life', () => live(whole))

  it.each(lessened(whole, beyond(base)))('needs $without', async ({ policy }) => {
    await expect(live(policy)).rejects.toThrow()
  })

  it('has nothing of it where one of the settings is off', () => {
    expect(JSON.stringify(deployPolicy(place, undefined, { smsFallback: true }))).not.toMatch(
      /sqs|EventSource/,
    )
    expect(JSON.stringify(base)).not.toMatch(/sqs|EventSource|smsFallback/)
  })
})
