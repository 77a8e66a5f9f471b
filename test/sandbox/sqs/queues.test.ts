// Queues of the sandbox's SQS, through the real client: made once by their name, strict about their attributes.
import {
  CreateQueueCommand,
  type CreateQueueCommandInput,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { noDelays } from '../../../src/sandbox/account/world.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.ts'
import { clientConfig } from '../lambda/function-fixture.ts'
import { keysOf, sign } from '../lambda/signed.ts'

const madeAt = 1_700_000_000_000
let sandbox: Sandbox
let sqs: SQSClient
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => madeAt })
  sqs = new SQSClient({ ...clientConfig(sandbox) })
})
afterEach(() => {
  Object.assign(sandbox.delays, noDelays)
  sandbox.setCallerPolicy(undefined)
})
afterAll(() => sandbox.close())

const arnOf = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`
const urlOf = (name: string) => `${sandbox.endpoint}/123456789012/${name}`
const create = (QueueName: string, more: Partial<CreateQueueCommandInput> = {}) =>
  sqs.send(new CreateQueueCommand({ QueueName, ...more }))
const urlFor = (QueueName: string) => sqs.send(new GetQueueUrlCommand({ QueueName }))
const set = (name: string, Attributes: Record<string, string>) =>
  sqs.send(new SetQueueAttributesCommand({ QueueUrl: urlOf(name), Attributes }))
const attributes = async (name: string, ...AttributeNames: QueueAttributeName[]) => {
  const asked = new GetQueueAttributesCommand({ QueueUrl: urlOf(name), AttributeNames })
  return (await sqs.send(asked)).Attributes
}
const tagsOf = async (name: string) =>
  (await sqs.send(new ListQueueTagsCommand({ QueueUrl: urlOf(name) }))).Tags
const remove = (name: string) => sqs.send(new DeleteQueueCommand({ QueueUrl: urlOf(name) }))

describe('a queue', () => {
  it('reads back what it was made with, and what it has without being told', async () => {
    const made = await create('complete', {
      Attributes: { VisibilityTimeout: '120' },
      tags: { team: 'auth' },
    })
    expect(made.QueueUrl).toBe(urlOf('complete'))
    expect((await urlFor('complete')).QueueUrl).toBe(urlOf('complete'))
    expect(await attributes('complete', 'All')).toEqual({
      QueueArn: arnOf('complete'),
      VisibilityTimeout: '120',
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      DelaySeconds: '0',
      ReceiveMessageWaitTimeSeconds: '0',
      SqsManagedSseEnabled: 'true',
      CreatedTimestamp: '1700000000',
      LastModifiedTimestamp: '1700000000',
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
    })
    expect(await attributes('complete', 'QueueArn', 'Policy')).toEqual({ QueueArn: arnOf('complete') })
    expect(await attributes('complete')).toBeUndefined()
    await expect(attributes('complete', 'FifoQueue')).rejects.toMatchObject({ name: 'InvalidAttributeName' })
    expect(await tagsOf('complete')).toEqual({ team: 'auth' })
    expect(sandbox.inventory()).toContainEqual({ kind: 'queue', name: 'complete' })
  })

  it('is there already when it is made again alike, and taken when it is made otherwise', async () => {
    await create('once', { Attributes: { VisibilityTimeout: '60' } })
    await create('once', { Attributes: { VisibilityTimeout: '60' } })
    await create('once')
    await expect(create('once', { Attributes: { VisibilityTimeout: '61' } })).rejects.toMatchObject({
      name: 'QueueNameExists',
      message: expect.stringContaining('VisibilityTimeout'),
      Error: { Code: 'QueueAlreadyExists' },
    })
    expect(await attributes('once', 'VisibilityTimeout')).toEqual({ VisibilityTimeout: '60' })
  })

  it('has a name that is free again a minute after it was deleted', async () => {
    await create('brief')
    await remove('brief')
    await expect(urlFor('brief')).rejects.toMatchObject({ name: 'QueueDoesNotExist' })
    sandbox.clock.advance(59_999)
    await expect(create('brief')).rejects.toMatchObject({ name: 'QueueDeletedRecently' })
    sandbox.clock.advance(1)
    await create('brief')
  })

  it('can still be read while its deletion is under way', async () => {
    await create('lingering')
    sandbox.delays.deletion = 5_000
    await remove('lingering')
    await urlFor('lingering')
    sandbox.clock.advance(5_000)
    await expect(urlFor('lingering')).rejects.toMatchObject({ name: 'QueueDoesNotExist' })
  })

  it('changes its tags', async () => {
    await create('tagged', { tags: { a: '1' } })
    await sqs.send(new TagQueueCommand({ QueueUrl: urlOf('tagged'), Tags: { b: '2' } }))
    expect(await tagsOf('tagged')).toEqual({ a: '1', b: '2' })
    await sqs.send(new UntagQueueCommand({ QueueUrl: urlOf('tagged'), TagKeys: ['a', 'b'] }))
    expect(await tagsOf('tagged')).toBeUndefined()
  })
})

describe('attributes', () => {
  beforeAll(() => create('settings'))

  it.each([
    ['VisibilityTimeout', '0', '43200', '43201'],
    ['MessageRetentionPeriod', '60', '1209600', '59'],
    ['DelaySeconds', '0', '900', '901'],
    ['MaximumMessageSize', '1024', '1048576', '1023'],
    ['ReceiveMessageWaitTimeSeconds', '0', '20', '-1'],
    ['SqsManagedSseEnabled', 'true', 'false', 'yes'],
    ['Policy', '{"Statement":[]}', '', 'no JSON'],
  ])('take %s from %s to %s, and not %s', async (name, least, most, wrong) => {
    await set('settings', { [name]: least })
    expect(await attributes('settings', name as QueueAttributeName)).toEqual({ [name]: least })
    await set('settings', { [name]: most })
    const error = { name: 'InvalidAttributeValue', message: `Invalid value for the parameter ${name}.` }
    await expect(set('settings', { [name]: wrong })).rejects.toMatchObject(error)
    await expect(create('never', { Attributes: { [name]: wrong } })).rejects.toMatchObject(error)
  })

  it('of other names are unknown, and those that are not offered are named', async () => {
    await expect(set('settings', { Colour: 'red' })).rejects.toMatchObject({ name: 'InvalidAttributeName' })
    await expect(set('settings', { RedrivePolicy: '{}' })).rejects.toThrow(
      'does not offer dead-letter queues',
    )
    const fifo = create('orders.fifo', { Attributes: { FifoQueue: 'true' } })
    await expect(fifo).rejects.toThrow('does not offer FIFO queues')
    await expect(create('orders.fifo')).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  })
})

describe('permissions', () => {
  const allow = (Action: string | string[], Resource: string) =>
    sandbox.setCallerPolicy({ Statement: { Effect: 'Allow', Action, Resource } })

  it('are asked for each queue by its ARN, and worded as SQS words them', async () => {
    allow('sqs:CreateQueue', arnOf('mine'))
    await create('mine')
    await expect(create('others')).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: arn:aws:iam::123456789012:user/developer is not authorized to perform: sqs:createqueue on resource: ${arnOf('others')} because no identity-based policy allows the sqs:createqueue action`,
      Error: { Code: 'AccessDenied' },
    })
    await expect(urlFor('mine')).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  it('to tag are needed for a queue that is made with tags', async () => {
    allow('sqs:CreateQueue', '*')
    const tags = { team: 'auth' }
    await expect(create('labelled', { tags })).rejects.toThrow('sqs:tagqueue')
    allow(['sqs:CreateQueue', 'sqs:TagQueue'], '*')
    await create('labelled', { tags })
  })

  it('may depend on tags', async () => {
    await create('ours', { tags: { team: 'auth' } })
    await create('theirs', { tags: { team: 'other' } })
    const Condition = { StringEquals: { 'aws:ResourceTag/team': 'auth' } }
    sandbox.setCallerPolicy({ Statement: { Effect: 'Allow', Action: 'sqs:*', Resource: '*', Condition } })
    await remove('ours')
    await expect(remove('theirs')).rejects.toMatchObject({ name: 'AccessDenied' })
  })
})

it('answers a queue that is not there in both of SQS’s languages', async () => {
  const request = await sign(keysOf(sandbox), 'sqs', `${sandbox.endpoint}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.GetQueueUrl' },
    body: JSON.stringify({ QueueName: 'none' }),
  })
  const response = await fetch(request)
  expect(response.status).toBe(400)
  expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0')
  expect(response.headers.get('x-amzn-query-error')).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender')
  expect(await response.json()).toEqual({
    __type: 'com.amazonaws.sqs#QueueDoesNotExist',
    message: 'The specified queue does not exist.',
  })
  const elsewhere = new DeleteQueueCommand({ QueueUrl: 'https://example.com/queue' })
  await expect(sqs.send(elsewhere)).rejects.toMatchObject({ name: 'InvalidAddress' })
  const foreign = new DeleteQueueCommand({ QueueUrl: urlOf('once').replace('123456789012', '000000000000') })
  await expect(sqs.send(foreign)).rejects.toMatchObject({ name: 'QueueDoesNotExist' })
})
