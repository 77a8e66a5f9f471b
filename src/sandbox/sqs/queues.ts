// The queues of the account: how they are named, made once by a name, found and let go.

import { AwsFault } from '../account/aws-fault.ts'
import type { World } from '../account/world.ts'
import { type Input, optionalText } from '../protocol/fields.ts'
import type { Call } from '../protocol/service.ts'
import { tagsAsked } from '../protocol/tags.ts'
import { type Attributes, defaults } from './attributes.ts'
import { missing, notFound } from './faults.ts'
import { Messages } from './messages.ts'

export interface QueueRecord {
  name: string
  arn: string
  attributes: Attributes
  createdAt: number
  modifiedAt: number
  tags: Record<string, string>
  messages: Messages
  goneAt: number | undefined
}

/** SQS's own: a name is free again when this has passed since its deletion. */
const nameFreeAfter = 60_000

export type QueueStore = ReturnType<typeof createQueueStore>

export function createQueueStore(world: World) {
  const queues = new Map<string, QueueRecord>()
  /** When each name was last let go. */
  const deletedAt = new Map<string, number>()

  const arnOf = (name: string) => `arn:${world.partition}:sqs:${world.region}:${world.account}:${name}`
  const urlOf = (name: string) => `${world.endpoint}/${world.account}/${name}`

  function find(name: string): QueueRecord | undefined {
    const queue = queues.get(name)
    if (queue?.goneAt === undefined || queue.goneAt > world.now()) return queue
    queues.delete(name)
    return undefined
  }

  /** Authorises a call on the queue of a `QueueUrl`, whose host does not matter, and finds it. */
  function queueFor(input: Input, call: Call): QueueRecord {
    const url = optionalText(input, 'QueueUrl')
    if (!url) throw missing('QueueUrl')
    const [, account, name = ''] = /^https?:\/\/[^/]+\/(\d{12})\/([\w.-]+)$/.exec(url) ?? []
    if (!account) {
      throw new AwsFault('InvalidAddress', `The address ${url} is not valid for this endpoint.`, 404)
    }
    const queue = account === world.account ? find(name) : undefined
    const arn = arnOf(name).replace(world.account, account)
    call.authorize(actionOf(call.operation), arn, tagsAsked(queue?.tags, input))
    if (!queue) throw notFound()
    return queue
  }

  /** The queue of a name that has just been asked for with these attributes: there already, or made. */
  function make(name: string, attributes: Attributes, tags: Record<string, string>): QueueRecord {
    if (world.now() < (deletedAt.get(name) ?? Number.NEGATIVE_INFINITY) + nameFreeAfter) {
      throw new AwsFault(
        'QueueDeletedRecently',
        'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
      )
    }
    const there = find(name)
    const other = Object.keys(attributes).find((key) => there && attributes[key] !== there.attributes[key])
    if (other) {
      throw new AwsFault(
        'QueueNameExists',
        `A queue already exists with the same name and a different value for attribute ${other}`,
      )
    }
    if (there) return there
    const now = world.now()
    const made: QueueRecord = {
      name,
      arn: arnOf(name),
      attributes: { ...defaults, ...attributes },
      createdAt: now,
      modifiedAt: now,
      tags,
      messages: new Messages(world.now, () => made.attributes),
      goneAt: undefined,
    }
    queues.set(name, made)
    return made
  }

  function remove(queue: QueueRecord): void {
    queue.goneAt ??= world.now() + world.delays.deletion
    deletedAt.set(queue.name, world.now())
  }

  const all = () =>
    [...queues.keys()]
      .sort()
      .map(find)
      .filter((queue) => queue !== undefined)

  return { all, arnOf, find, make, queueFor, remove, urlOf }
}

/** SQS names what it refuses in small letters; policies do not tell them apart. */
export const actionOf = (operation: string) => `sqs:${operation.toLowerCase()}`
