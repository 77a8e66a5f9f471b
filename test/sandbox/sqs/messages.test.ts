// Messages of the sandbox's SQS, through the real client, which checks their hashes: delayed, hidden, kept and gone
// by the sandbox's clock.
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.ts'
import { clientConfig } from '../lambda/function-fixture.ts'

const startedAt = 1_700_000_000_000
let sandbox: Sandbox
let sqs: SQSClient
let QueueUrl: string
let made = 0
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => startedAt })
  sqs = new SQSClient(clientConfig(sandbox))
})
beforeEach(async () => {
  const queue = await sqs.send(new CreateQueueCommand({ QueueName: `queue-${made++}` }))
  QueueUrl = queue.QueueUrl ?? ''
})
afterAll(() => sandbox.close())

const send = (MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }))
const receive = async (more: Partial<ReceiveMessageCommandInput> = {}) => {
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'], ...more }),
  )
  return Messages ?? []
}
const bodies = async (more: Partial<ReceiveMessageCommandInput> = {}) =>
  (await receive({ MaxNumberOfMessages: 10, ...more })).map(({ Body }) => Body)
const remove = (ReceiptHandle: string | undefined) =>
  sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
const set = (Attributes: Record<string, string>) =>
  sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))
const counts = async () => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  )
  return ['', 'Delayed', 'NotVisible'].map((kind) =>
    Number(Attributes[`ApproximateNumberOfMessages${kind}` as keyof typeof Attributes]),
  )
}

describe('a message', () => {
  it('comes back whole, and is gone once it is deleted', async () => {
    const { MessageId } = await send('Grüße ✓')
    const [message] = await receive()
    expect(message).toMatchObject({
      MessageId,
      Body: 'Grüße ✓',
      Attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(sandbox.clock.now()),
        ApproximateFirstReceiveTimestamp: String(sandbox.clock.now()),
        SenderId: expect.stringMatching(/^AIDA/),
      },
    })
    await remove(message?.ReceiptHandle)
    await remove(message?.ReceiptHandle)
    sandbox.clock.advance(43_200_000)
    expect(await bodies()).toEqual([])
  })

  it('is seen by nobody else for the visibility timeout, and again after it', async () => {
    await send('again')
    expect(await bodies()).toEqual(['again'])
    expect(await bodies()).toEqual([])
    expect(await counts()).toEqual([0, 0, 1])
    sandbox.clock.advance(30_000)
    expect((await receive({ VisibilityTimeout: 5 }))[0]?.Attributes?.ApproximateReceiveCount).toBe('2')
    sandbox.clock.advance(5_000)
    expect(await bodies()).toEqual(['again'])
  })

  it('is deleted by the newest handle alone', async () => {
    await send('twice')
    const [first] = await receive({ VisibilityTimeout: 0 })
    const [second] = await receive({ VisibilityTimeout: 0 })
    await remove(first?.ReceiptHandle)
    expect(await counts()).toEqual([1, 0, 0])
    await remove(second?.ReceiptHandle)
    expect(await counts()).toEqual([0, 0, 0])
    await expect(remove('none')).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' })
  })

  it('waits for its own delay, or for the queue’s', async () => {
    await set({ DelaySeconds: '10' })
    await send('queue’s')
    await send('own', { DelaySeconds: 900 })
    await send('at once', { DelaySeconds: 0 })
    expect(await counts()).toEqual([1, 2, 0])
    expect(await bodies()).toEqual(['at once'])
    sandbox.clock.advance(10_000)
    expect(await bodies()).toEqual(['queue’s'])
    sandbox.clock.advance(889_999)
    expect(await bodies()).not.toContain('own')
    sandbox.clock.advance(1)
    expect(await bodies()).toContain('own')
  })

  it('is kept for as long as the queue keeps it, delays included', async () => {
    await set({ MessageRetentionPeriod: '60' })
    await send('short')
    await send('never seen', { DelaySeconds: 61 })
    sandbox.clock.advance(59_999)
    expect(await counts()).toEqual([1, 1, 0])
    sandbox.clock.advance(1)
    expect(await counts()).toEqual([0, 0, 0])
  })
})

it('hands out as many as are asked for, the longest due first', async () => {
  await send('late', { DelaySeconds: 2 })
  await send('early', { DelaySeconds: 1 })
  sandbox.clock.advance(2_000)
  expect((await receive({ MaxNumberOfMessages: 1 })).map(({ Body }) => Body)).toEqual(['early'])
  expect(await bodies()).toEqual(['late'])
})

it('waits for a message that is on its way', async () => {
  await send('soon', { DelaySeconds: 5 })
  const waiting = receive({ WaitTimeSeconds: 20 })
  sandbox.clock.advance(5_000)
  expect((await waiting)[0]?.Body).toBe('soon')
})

it('refuses what SQS does not take', async () => {
  const invalid = (message: string) => ({ name: 'InvalidParameterValue', message })
  await expect(send('x', { DelaySeconds: 901 })).rejects.toMatchObject({
    ...invalid(
      'Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.',
    ),
    Error: { Code: 'InvalidParameterValue' },
  })
  await expect(receive({ MaxNumberOfMessages: 11 })).rejects.toMatchObject(
    invalid(
      'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
    ),
  )
  await expect(receive({ WaitTimeSeconds: 21 })).rejects.toThrow('WaitTimeSeconds')
  await expect(receive({ VisibilityTimeout: 43_201 })).rejects.toThrow('VisibilityTimeout')
  await expect(send('')).rejects.toMatchObject({ name: 'MissingParameter' })
  await expect(send('\u0001')).rejects.toMatchObject({ name: 'InvalidMessageContents' })
  await expect(send('x', { MessageDeduplicationId: 'a' })).rejects.toThrow('only for FIFO queues')
  const MessageAttributes = { a: { DataType: 'String', StringValue: 'b' } }
  await expect(send('x', { MessageAttributes })).rejects.toThrow('does not offer MessageAttributes')
  await set({ MaximumMessageSize: '1024' })
  await send('é'.repeat(512))
  await expect(send('é'.repeat(513))).rejects.toThrow('Message must be shorter than 1024 bytes')
})
