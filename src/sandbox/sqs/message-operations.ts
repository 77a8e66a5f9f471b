// The operations on messages: sending, receiving and deleting them.

import { AwsFault } from '../account/aws-fault.ts'
import type { QueueMessage } from '../account/provided.ts'
import type { World } from '../account/world.ts'
import { type Input, list, optionalNumber, optionalObject, optionalText } from '../protocol/fields.ts'
import type { Operation } from '../protocol/service.ts'
import { isWithin } from './attributes.ts'
import { invalid, missing, notOffered } from './faults.ts'
import { md5Of } from './messages.ts'
import type { QueueRecord, QueueStore } from './queues.ts'

/** Real milliseconds between two looks of a call that waits for messages. */
const lookEvery = 25

/** What SQS takes in a body, which is what XML can hold. */
const writable = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u

function numberWithin(input: Input, name: string, range: readonly [number, number], rule: string) {
  const value = optionalNumber(input, name)
  if (value === undefined || isWithin(value, range)) return value
  throw invalid(`Value ${value} for parameter ${name} is invalid. Reason: ${rule}`)
}

function readBody(input: Input, { attributes }: QueueRecord): string {
  const body = optionalText(input, 'MessageBody')
  if (!body) throw missing('MessageBody')
  if (!writable.test(body)) {
    throw new AwsFault(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    )
  }
  const most = Number(attributes.MaximumMessageSize)
  if (Buffer.byteLength(body) > most) {
    throw invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`)
  }
  return body
}

/** `close` ends the calls that still wait for messages. */
export function createMessageOperations(world: World, queues: QueueStore) {
  let isClosed = false

  /** Gives up after real time as after the sandbox's, since either may stand still. */
  async function waitFor(seconds: number, receive: () => QueueMessage[]): Promise<QueueMessage[]> {
    const until = world.now() + seconds * 1_000
    const started = performance.now()
    for (;;) {
      const received = receive()
      const isOver = world.now() >= until || performance.now() - started >= seconds * 1_000
      if (received.length > 0 || isOver || isClosed) return received
      await world.sleep(lookEvery)
    }
  }

  const operations: Record<string, Operation> = {
    SendMessage(input, call) {
      const queue = queues.queueFor(input, call)
      if (optionalText(input, 'MessageDeduplicationId') !== undefined) {
        throw invalid(
          'The request include parameter that is not valid for this queue type. Reason: MessageDeduplicationId is only for FIFO queues.',
        )
      }
      for (const name of ['MessageAttributes', 'MessageSystemAttributes']) {
        if (Object.keys(optionalObject(input, name) ?? {}).length > 0) throw notOffered(name)
      }
      const rule = 'DelaySeconds must be >= 0 and <= 900.'
      const delay = numberWithin(input, 'DelaySeconds', [0, 900], rule)
      const body = readBody(input, queue)
      const seconds = delay ?? Number(queue.attributes.DelaySeconds)
      const MessageId = queue.messages.send(body, call.caller.userId, seconds)
      return { MessageId, MD5OfMessageBody: md5Of(body) }
    },
    async ReceiveMessage(input, call) {
      const { messages, attributes } = queues.queueFor(input, call)
      const most = numberWithin(
        input,
        'MaxNumberOfMessages',
        [1, 10],
        'Must be between 1 and 10, if provided.',
      )
      const visibility = numberWithin(
        input,
        'VisibilityTimeout',
        [0, 43_200],
        'Must be between 0 and 43200, if provided.',
      )
      const wait =
        numberWithin(input, 'WaitTimeSeconds', [0, 20], 'Must be >= 0 and <= 20, if provided.') ??
        Number(attributes.ReceiveMessageWaitTimeSeconds)
      const wanted = [...list(input, 'MessageSystemAttributeNames'), ...list(input, 'AttributeNames')]
      const received = await waitFor(wait, () => messages.receive(most ?? 1, visibility))
      return {
        Messages:
          received.length > 0
            ? received.map((message) => ({
                MessageId: message.messageId,
                ReceiptHandle: message.receiptHandle,
                MD5OfBody: message.md5OfBody,
                Body: message.body,
                Attributes: attributesAsked(message.attributes, wanted),
              }))
            : undefined,
      }
    },
    DeleteMessage(input, call) {
      const { messages } = queues.queueFor(input, call)
      const handle = optionalText(input, 'ReceiptHandle')
      if (!handle) throw missing('ReceiptHandle')
      messages.delete(handle)
      return {}
    },
  }

  return {
    operations,
    close() {
      isClosed = true
    },
  }
}

function attributesAsked(known: Record<string, string>, wanted: string[]) {
  const found = Object.entries(known).filter(([name]) => wanted.includes('All') || wanted.includes(name))
  return found.length > 0 ? Object.fromEntries(found) : undefined
}
