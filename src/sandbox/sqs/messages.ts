// The messages of one queue: who may see which of them when, by the sandbox's clock.

import { createHash, randomUUID } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import type { QueueMessage } from '../account/provided.ts'
import type { Attributes } from './attributes.ts'

interface Message {
  id: string
  body: string
  senderId: string
  sentAt: number
  /** Until then it is delayed, or in flight when it has been received. */
  visibleAt: number
  receives: number
  firstReceivedAt: number
  /** The newest handle: an older one no longer deletes it. */
  handle: string | undefined
}

export const md5Of = (body: string) => createHash('md5').update(body).digest('hex')

export class Messages {
  readonly #now: () => number
  readonly #attributes: () => Attributes
  /** Part of every handle, which is worth nothing at another queue. */
  readonly #queueId = randomUUID()
  readonly #all = new Map<string, Message>()

  /** `attributes` are the queue's as they are when asked. */
  constructor(now: () => number, attributes: () => Attributes) {
    this.#now = now
    this.#attributes = attributes
  }

  /** Adds a message that is seen after `delay` seconds, and gives its id. */
  send(body: string, senderId: string, delay: number): string {
    const now = this.#now()
    const id = randomUUID()
    const visibleAt = now + delay * 1_000
    const unseen = { receives: 0, firstReceivedAt: 0, handle: undefined }
    this.#all.set(id, { id, body, senderId, sentAt: now, visibleAt, ...unseen })
    return id
  }

  /** Hands out what is due, oldest first, and hides it for `visibility` seconds. */
  receive(most: number, visibility = this.#seconds('VisibilityTimeout')): QueueMessage[] {
    return this.#due()
      .slice(0, most)
      .map((message) => {
        message.receives++
        message.firstReceivedAt ||= this.#now()
        message.visibleAt = this.#now() + visibility * 1_000
        const handle = Buffer.from(`${this.#queueId} ${message.id} ${message.receives}`).toString('base64')
        message.handle = handle
        return {
          messageId: message.id,
          receiptHandle: handle,
          body: message.body,
          md5OfBody: md5Of(message.body),
          attributes: {
            ApproximateReceiveCount: String(message.receives),
            SentTimestamp: String(message.sentAt),
            SenderId: message.senderId,
            ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
          },
        }
      })
  }

  /** Of a message that is gone already, or has been received again since, the handle is taken and does nothing. */
  delete(handle: string): void {
    const [queueId, id = ''] = Buffer.from(handle, 'base64').toString().split(' ')
    if (queueId !== this.#queueId) {
      throw new AwsFault('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is invalid.`, 404)
    }
    if (this.#all.get(id)?.handle === handle) this.#all.delete(id)
  }

  /** How many can be seen, are delayed, and are in flight. */
  counts(): { visible: number; delayed: number; inFlight: number } {
    const kept = this.#kept()
    const hidden = kept.filter(({ visibleAt }) => visibleAt > this.#now())
    const delayed = hidden.filter(({ receives }) => receives === 0).length
    return { visible: kept.length - hidden.length, delayed, inFlight: hidden.length - delayed }
  }

  #due(): Message[] {
    return this.#kept()
      .filter(({ visibleAt }) => visibleAt <= this.#now())
      .sort((a, b) => a.visibleAt - b.visibleAt)
  }

  /** Those that are not older than the queue keeps them; the others are gone, wherever they were. */
  #kept(): Message[] {
    const oldest = this.#now() - this.#seconds('MessageRetentionPeriod') * 1_000
    for (const { id, sentAt } of this.#all.values()) if (sentAt <= oldest) this.#all.delete(id)
    return [...this.#all.values()]
  }

  #seconds(attribute: string): number {
    return Number(this.#attributes()[attribute])
  }
}
