// SQS as far as standard queues go: queues with their attributes and tags, and messages that may be delayed.

import { requestTags, tagContext } from '../account/condition.ts'
import type { Provided } from '../account/provided.ts'
import type { World } from '../account/world.ts'
import { list, optionalMap, optionalText } from '../protocol/fields.ts'
import type { JsonService } from '../protocol/json.ts'
import type { Operation } from '../protocol/service.ts'
import { givenTags, tagChanges } from '../protocol/tags.ts'
import { checkAttributes, isOptional } from './attributes.ts'
import { invalid, missing, notFound, notOffered, queryCodes, typeOf, unknown } from './faults.ts'
import { createMessageOperations } from './message-operations.ts'
import { actionOf, createQueueStore, type QueueRecord } from './queues.ts'

export interface Sqs extends JsonService, Pick<Provided, 'findQueue'> {}

/** Everything that is to be known of a queue, by its name as an attribute. */
function attributesOf({ arn, attributes, createdAt, modifiedAt, messages }: QueueRecord) {
  const { visible, delayed, inFlight } = messages.counts()
  const seconds = (at: number) => String(Math.floor(at / 1_000))
  return {
    QueueArn: arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: seconds(createdAt),
    LastModifiedTimestamp: seconds(modifiedAt),
    ...attributes,
  }
}

export function createSqs(world: World): Sqs {
  const queues = createQueueStore(world)
  const messages = createMessageOperations(world, queues)
  const changes = tagChanges(queues.queueFor)

  const operations: Record<string, Operation> = {
    CreateQueue(input, call) {
      const name = optionalText(input, 'QueueName')
      if (!name) throw missing('QueueName')
      const tags = givenTags(input, 'tags')
      const context = tagContext(queues.find(name)?.tags, tags)
      call.authorize(actionOf('CreateQueue'), queues.arnOf(name), context)
      if (Object.keys(tags).length > 0) {
        call.authorize(actionOf('TagQueue'), queues.arnOf(name), requestTags(tags))
      }
      const attributes = optionalMap(input, 'Attributes') ?? {}
      if (name.endsWith('.fifo') && attributes.FifoQueue === 'true') throw notOffered('FIFO queues')
      if (!/^[\w-]{1,80}$/.test(name)) {
        throw invalid('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length')
      }
      return { QueueUrl: queues.urlOf(queues.make(name, checkAttributes(attributes), tags).name) }
    },
    GetQueueUrl(input, call) {
      const name = optionalText(input, 'QueueName')
      if (!name) throw missing('QueueName')
      const owner = optionalText(input, 'QueueOwnerAWSAccountId') ?? world.account
      const queue = owner === world.account ? queues.find(name) : undefined
      const arn = queues.arnOf(name).replace(world.account, owner)
      call.authorize(actionOf('GetQueueUrl'), arn, tagContext(queue?.tags))
      if (!queue) throw notFound()
      return { QueueUrl: queues.urlOf(name) }
    },
    GetQueueAttributes(input, call) {
      const known: Record<string, string> = attributesOf(queues.queueFor(input, call))
      const names = list(input, 'AttributeNames')
      const wrong = names.find((name) => name !== 'All' && !Object.hasOwn(known, name) && !isOptional(name))
      if (wrong !== undefined) throw unknown(wrong)
      const wanted = names.includes('All') ? Object.keys(known) : names
      const found = wanted.filter((name) => Object.hasOwn(known, name)).map((name) => [name, known[name]])
      return { Attributes: found.length > 0 ? Object.fromEntries(found) : undefined }
    },
    SetQueueAttributes(input, call) {
      const queue = queues.queueFor(input, call)
      const given = optionalMap(input, 'Attributes')
      if (!given) throw missing('Attributes')
      const { Policy, ...rest } = { ...queue.attributes, ...checkAttributes(given) }
      // An empty one takes away what was there.
      queue.attributes = Policy ? { ...rest, Policy } : rest
      queue.modifiedAt = world.now()
      return {}
    },
    TagQueue: changes.give,
    UntagQueue: changes.take,
    ListQueueTags(input, call) {
      const { tags } = queues.queueFor(input, call)
      return { Tags: Object.keys(tags).length > 0 ? tags : undefined }
    },
    /** Whole: SQS gives up to a thousand where no page is asked for. */
    ListQueues(input, call) {
      call.authorize(actionOf('ListQueues'), '*')
      const prefix = optionalText(input, 'QueueNamePrefix') ?? ''
      const urls = queues.all().flatMap(({ name }) => (name.startsWith(prefix) ? queues.urlOf(name) : []))
      return { QueueUrls: urls.length > 0 ? urls : undefined }
    },
    DeleteQueue(input, call) {
      queues.remove(queues.queueFor(input, call))
      return {}
    },
    ...messages.operations,
  }

  return {
    name: 'sqs',
    protocol: 'json',
    targetPrefix: 'AmazonSQS',
    jsonVersion: '1.0',
    queryCodes,
    typeOf,
    throttling: { code: 'RequestThrottled', status: 400 },
    operations,
    findQueue(arn) {
      const queue = queues.all().find((one) => one.arn === arn)
      if (!queue) return undefined
      return {
        arn,
        visibilityTimeout: Number(queue.attributes.VisibilityTimeout),
        receive: (most) => queue.messages.receive(most),
        delete: (handle) => queue.messages.delete(handle),
        counts: () => queue.messages.counts(),
      }
    },
    inventory: () => queues.all().map(({ name }) => ({ kind: 'queue', name })),
    close: async () => messages.close(),
  }
}
