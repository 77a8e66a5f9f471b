// Event source mappings of the sandbox, through the real clients: which queue may feed which function, and how it does.

import { DeleteRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda'
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { noDelays } from '../../../src/sandbox/account/world.ts'
import { type OpenSandbox, startOpenSandbox } from '../../../src/sandbox/server.ts'
import { eventually } from '../../eventually.ts'
import { clientConfig, FunctionFixture } from './function-fixture.ts'

let sandbox: OpenSandbox
let aws: FunctionFixture
let sqs: SQSClient
beforeAll(async () => {
  sandbox = await startOpenSandbox({ pageSize: 2 })
  aws = new FunctionFixture(sandbox)
  sqs = new SQSClient(clientConfig(sandbox))
})
afterEach(() => {
  Object.assign(sandbox.delays, noDelays)
  sandbox.setCallerPolicy(undefined)
})
afterAll(() => sandbox.close())

/** Fails where a body says so, and reports each that is bad. */
const source = `export const handler = async ({ Records }) => {
  console.log('GOT ' + JSON.stringify(Records))
  if (Records.some(({ body }) => body === 'fail')) throw new Error('as told')
  const bad = Records.filter(({ body }) => body === 'bad')
  return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) }
}`
const rights = (Action: string[]) => ({ Effect: 'Allow' as const, Action, Resource: '*' })
const all = ['logs:*', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']

let made = 0
/** A function, its role and a queue, all of this name and new for each test. */
let name: string
let EventSourceArn: string
beforeEach(async () => {
  name = `fed-${made++}`
  EventSourceArn = arnOf('sqs', name)
  await sqs.send(new CreateQueueCommand({ QueueName: name }))
  await aws.create(name, source, { Role: await aws.role(name, [rights(all)]) })
})

const arnOf = (service: string, rest: string) => `arn:aws:${service}:us-east-1:123456789012:${rest}`
const urlOf = (queue: string) => `${sandbox.endpoint}/123456789012/${queue}`
const send = (MessageBody: string, DelaySeconds?: number) =>
  sqs.send(new SendMessageCommand({ QueueUrl: urlOf(name), MessageBody, DelaySeconds }))
const create = (more: Partial<CreateEventSourceMappingCommandInput> = {}) =>
  aws.lambda.send(new CreateEventSourceMappingCommand({ FunctionName: name, EventSourceArn, ...more }))
const get = (UUID: string | undefined) => aws.lambda.send(new GetEventSourceMappingCommand({ UUID }))
const update = (UUID: string | undefined, more: Partial<UpdateEventSourceMappingCommandInput>) =>
  aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID, ...more }))
const remove = (UUID: string | undefined) => aws.lambda.send(new DeleteEventSourceMappingCommand({ UUID }))
const allow = async (Action: string[]) => {
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: rights(Action) })
  await aws.iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument }))
}
const settle = () => sandbox.inside.functions.settleQueues()

interface Got {
  messageId: string
  body: string
  attributes: Record<string, string>
}
/** The batches that the function was given, in the order in which it was given them. */
async function batches(): Promise<Got[][]> {
  const lines = await aws.messages(`/aws/lambda/${name}`).catch(() => [])
  return lines.flatMap((line) => {
    const [, records] = /GOT (.*)/.exec(line) ?? []
    return records ? [JSON.parse(records)] : []
  })
}
const bodies = async () => (await batches()).map((batch) => batch.map(({ body }) => body))
const held = async () => {
  const asked = new GetQueueAttributesCommand({ QueueUrl: urlOf(name), AttributeNames: ['All'] })
  const { Attributes = {} } = await sqs.send(asked)
  const { ApproximateNumberOfMessages: seen, ApproximateNumberOfMessagesNotVisible: hidden } = Attributes
  return Number(seen) + Number(hidden)
}

describe('a mapping', () => {
  it('reads back what it was made with, and what was changed since', async () => {
    const mapping = await create({
      BatchSize: 5,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 3 },
    })
    expect(mapping).toMatchObject({
      State: 'Creating',
      FunctionArn: arnOf('lambda', `function:${name}`),
      EventSourceMappingArn: arnOf('lambda', `event-source-mapping:${mapping.UUID}`),
      $metadata: { httpStatusCode: 202 },
    })
    expect(await get(mapping.UUID)).toMatchObject({
      State: 'Enabled',
      EventSourceArn,
      BatchSize: 5,
      MaximumBatchingWindowInSeconds: 0,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 3 },
      LastModified: expect.any(Date),
    })
    const changes = { BatchSize: 1, FunctionResponseTypes: [], ScalingConfig: {} }
    expect((await update(mapping.UUID, changes)).State).toBe('Updating')
    const changed = await get(mapping.UUID)
    expect(changed).toMatchObject({ State: 'Enabled', BatchSize: 1, FunctionResponseTypes: [] })
    expect(changed.ScalingConfig).toBeUndefined()
    expect((await remove(mapping.UUID)).State).toBe('Deleting')
    await expect(get(mapping.UUID)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  it('cannot be touched until what is under way with it is over', async () => {
    Object.assign(sandbox.delays, { functionPending: 2_000, deletion: 1_000 })
    const inUse = { name: 'ResourceInUseException', $metadata: { httpStatusCode: 400 } }
    const { UUID } = await create()
    expect((await get(UUID)).State).toBe('Creating')
    await expect(remove(UUID)).rejects.toMatchObject(inUse)
    sandbox.clock.advance(2_000)
    expect((await update(UUID, { Enabled: false })).State).toBe('Disabling')
    await expect(update(UUID, { Enabled: true })).rejects.toMatchObject(inUse)
    sandbox.clock.advance(2_000)
    expect((await get(UUID)).State).toBe('Disabled')
    await remove(UUID)
    expect((await get(UUID)).State).toBe('Deleting')
    await expect(remove(UUID)).rejects.toMatchObject(inUse)
    sandbox.clock.advance(1_000)
    await expect(get(UUID)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  it('is the only one between its queue and its function', async () => {
    const { UUID } = await create()
    await expect(create()).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: `An event source mapping with SQS arn (" ${EventSourceArn} ") and function (" ${name} ") already exists. Please update or delete the existing mapping with UUID ${UUID}`,
      $metadata: { httpStatusCode: 409 },
    })
  })

  it('outlives its function and its queue', async () => {
    const { UUID } = await create()
    await aws.lambda.send(new DeleteFunctionCommand({ FunctionName: name }))
    await sqs.send(new DeleteQueueCommand({ QueueUrl: urlOf(name) }))
    await settle()
    expect((await get(UUID)).State).toBe('Enabled')
    expect(sandbox.inventory()).toContainEqual({ kind: 'event source mapping', name: UUID })
    await update(UUID, { Enabled: false })
    await remove(UUID)
  })

  it('is listed by its function and its queue, page by page', async () => {
    const { UUID } = await create()
    const list = async (filter: object) => {
      const found = await aws.lambda.send(new ListEventSourceMappingsCommand(filter))
      return { ids: found.EventSourceMappings?.map((one) => one.UUID), next: found.NextMarker }
    }
    expect((await list({ FunctionName: name })).ids).toEqual([UUID])
    expect((await list({ EventSourceArn })).ids).toEqual([UUID])
    expect((await list({ FunctionName: name, EventSourceArn: `${EventSourceArn}-other` })).ids).toEqual([])
    const first = await list({ MaxItems: 1 })
    expect(first.ids).toHaveLength(1)
    expect((await list({ MaxItems: 1, Marker: first.next })).ids).not.toEqual(first.ids)
  })

  it('carries tags', async () => {
    const { EventSourceMappingArn: Resource } = await create({ Tags: { stage: 'dev' } })
    await aws.lambda.send(new TagResourceCommand({ Resource, Tags: { team: 'auth' } }))
    await aws.lambda.send(new UntagResourceCommand({ Resource, TagKeys: ['stage'] }))
    expect((await aws.lambda.send(new ListTagsCommand({ Resource }))).Tags).toEqual({ team: 'auth' })
  })
})

describe('is refused', () => {
  const invalid = (message: string) => ({ name: 'InvalidParameterValueException', message })

  it.each(['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'])('a role without %s', async (action) => {
    await allow(all.filter((one) => one !== `sqs:${action}`))
    await expect(create()).rejects.toMatchObject(
      invalid(`The provided execution role does not have permissions to call ${action} on SQS`),
    )
  })

  it('a queue that hides messages for less than the function may take', async () => {
    await sqs.send(
      new CreateQueueCommand({ QueueName: `${name}-short`, Attributes: { VisibilityTimeout: '2' } }),
    )
    await expect(create({ EventSourceArn: `${EventSourceArn}-short` })).rejects.toMatchObject(
      invalid('Queue visibility timeout: 2 seconds is less than Function timeout: 3 seconds'),
    )
  })

  it('a queue or function that is not there, and every source but a queue', async () => {
    await expect(create({ EventSourceArn: `${EventSourceArn}-none` })).rejects.toThrow(
      'SQS Error Code: AWS.SimpleQueueService.NonExistentQueue',
    )
    await expect(create({ FunctionName: 'none' })).rejects.toMatchObject(invalid('Function does not exist'))
    await expect(create({ EventSourceArn: undefined })).rejects.toMatchObject(
      invalid('Unrecognized event source.'),
    )
    await expect(create({ EventSourceArn: arnOf('kinesis', 'stream/a') })).rejects.toThrow('does not offer')
    await expect(create({ FilterCriteria: {} })).rejects.toThrow('does not offer FilterCriteria')
  })

  it('a batch, a concurrency or a report that there is not', async () => {
    await expect(create({ BatchSize: 0 })).rejects.toThrow('greater than or equal to 1')
    await expect(create({ BatchSize: 11 })).rejects.toThrow('Maximum batch window in seconds')
    await create({ BatchSize: 11, MaximumBatchingWindowInSeconds: 1 })
    await expect(create({ ScalingConfig: { MaximumConcurrency: 1 } })).rejects.toThrow(
      'greater than or equal to 2',
    )
    await expect(create({ FunctionResponseTypes: ['none' as never] })).rejects.toThrow('enum value set')
  })

  it('a caller without the permission for just this function', async () => {
    const permit = (Action: string, Resource: string, fn: string) =>
      sandbox.setCallerPolicy({
        Statement: {
          Effect: 'Allow',
          Action,
          Resource,
          Condition: { ArnEquals: { 'lambda:FunctionArn': arnOf('lambda', `function:${fn}`) } },
        },
      })
    permit('lambda:CreateEventSourceMapping', '*', 'other')
    await expect(create()).rejects.toMatchObject({ name: 'AccessDeniedException' })
    permit('lambda:CreateEventSourceMapping', '*', name)
    await expect(create({ Tags: { a: 'b' } })).rejects.toThrow('lambda:TagResource')
    const { UUID } = await create()
    const mappings = arnOf('lambda', 'event-source-mapping:*')
    permit('lambda:*', mappings, 'other')
    await expect(get(UUID)).rejects.toMatchObject({ name: 'AccessDeniedException' })
    await expect(remove(UUID)).rejects.toMatchObject({ name: 'AccessDeniedException' })
    permit('lambda:*', mappings, name)
    await expect(update(UUID, { FunctionName: 'other' })).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
    await update(UUID, { BatchSize: 1 })
    await remove(UUID)
  })
})

describe('a queue', () => {
  it('feeds its function what is due, and loses what it took', async () => {
    const { MessageId } = await send('before')
    await create()
    await settle()
    expect(await batches()).toEqual([
      [
        {
          messageId: MessageId,
          receiptHandle: expect.any(String),
          body: 'before',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: expect.any(String),
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {},
          md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
          eventSource: 'aws:sqs',
          eventSourceARN: EventSourceArn,
          awsRegion: 'us-east-1',
        },
      ],
    ])
    expect(await held()).toBe(0)
  })

  it('feeds a delayed message when the sandbox’s clock reaches it, without being told', async () => {
    await create()
    await send('later', 600)
    await settle()
    expect(await bodies()).toEqual([])
    sandbox.clock.advance(600_000)
    await eventually(async () => expect(await bodies()).toEqual([['later']]))
  })

  it('gives a batch that failed once more when the visibility timeout is over', async () => {
    await create()
    await send('fail')
    await settle()
    await settle()
    expect(await bodies()).toEqual([['fail']])
    sandbox.clock.advance(30_000)
    await settle()
    expect((await batches()).map(([one]) => one?.attributes.ApproximateReceiveCount)).toEqual(['1', '2'])
    expect(await held()).toBe(1)
  })

  it('keeps of a batch what the function reports, if the mapping says that it does', async () => {
    const { UUID } = await create({ Enabled: false, FunctionResponseTypes: ['ReportBatchItemFailures'] })
    for (const body of ['bad', 'good']) await send(body)
    await settle()
    expect(await bodies()).toEqual([])
    await update(UUID, { Enabled: true })
    await settle()
    expect(await held()).toBe(1)
    await update(UUID, { FunctionResponseTypes: [] })
    sandbox.clock.advance(30_000)
    await settle()
    expect((await bodies()).at(-1)).toEqual(['bad'])
    expect(await held()).toBe(0)
  })

  it('feeds in batches of no more than the mapping says', async () => {
    for (const body of ['a', 'b', 'c']) await send(body)
    await create({ BatchSize: 2 })
    await settle()
    expect((await bodies()).map(({ length }) => length).sort()).toEqual([1, 2])
  })

  it('feeds as many batches at once as the mapping says', async () => {
    const before = sandbox.inside.functions.processes()
    for (const body of ['a', 'b', 'c', 'd']) await send(body)
    await create({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } })
    await settle()
    expect((await bodies()).flat().sort()).toEqual(['a', 'b', 'c', 'd'])
    expect(sandbox.inside.functions.processes() - before).toBe(2)
  })

  it('goes by the rights that the function’s role has when it feeds', async () => {
    await create()
    await allow(all.filter((one) => one !== 'sqs:DeleteMessage'))
    await send('a')
    await settle()
    expect(await held()).toBe(1)
    await aws.iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: 'own' }))
    sandbox.clock.advance(30_000)
    await settle()
    await allow(all)
    await settle()
    expect((await batches()).map(([one]) => one?.attributes.ApproximateReceiveCount)).toEqual(['1', '2'])
    expect(await held()).toBe(0)
  })
})

it('ends with its sandbox, whatever a function is at', async () => {
  const other = await startOpenSandbox()
  const lambda = new FunctionFixture(other)
  const Role = await lambda.role('stuck', [rights(all)])
  await lambda.create('stuck', 'export const handler = () => new Promise(() => {})', { Role })
  const queues = new SQSClient(clientConfig(other))
  const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: 'stuck' }))
  await queues.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }))
  const source = { FunctionName: 'stuck', EventSourceArn: arnOf('sqs', 'stuck') }
  await lambda.lambda.send(new CreateEventSourceMappingCommand(source))
  const settled = other.inside.functions.settleQueues()
  await eventually(() => expect(other.inside.functions.processes()).toBe(1))
  await other.close()
  await settled
})
