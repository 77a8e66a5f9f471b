// SNS's standard topics with their tags and subscriptions. Nothing is delivered: an address stays pending until it is confirmed.

import { randomUUID } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import { tagContext } from '../account/condition.ts'
import type { World } from '../account/world.ts'
import { flag, type Input, optionalText, page, tagList, text } from '../protocol/fields.ts'
import type { Call, Operation } from '../protocol/service.ts'
import { givenTags, tagChanges, tagsAsked } from '../protocol/tags.ts'

interface Subscription {
  arn: string
  /** What the mail to the address would carry. */
  token: string
  protocol: string
  endpoint: string
  isConfirmed: boolean
}

interface Topic {
  tags: Record<string, string>
  subscriptions: Subscription[]
}

const code = 'InvalidParameter'
const invalid = (message: string) => new AwsFault(code, `Invalid parameter: ${message}`)
const notFound = () => new AwsFault('NotFound', 'Topic does not exist', 404)
const protocols = ['email', 'email-json', 'http', 'https', 'sqs', 'lambda', 'sms', 'application', 'firehose']

export function createTopics(world: World) {
  const topics = new Map<string, Topic>()
  const arnOf = (name: string) => `arn:${world.partition}:sns:${world.region}:${world.account}:${name}`

  /** The topic of an ARN, once the caller may have it. */
  function topicFor(input: Input, call: Call, member = 'TopicArn'): Topic {
    const arn = text(input, member, code)
    const topic = topics.get(arn)
    call.authorize(`sns:${call.operation}`, arn, tagsAsked(topic?.tags, input))
    if (!/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w.-]+$/.test(arn))
      throw invalid(`${member} Reason: ${arn} is no ARN of a topic`)
    if (!topic) throw notFound()
    return topic
  }

  /** The tagging calls have a word of their own for what is not there. */
  function tagged(input: Input, call: Call): Topic {
    try {
      return topicFor(input, call, 'ResourceArn')
    } catch (error) {
      if (!(error instanceof AwsFault) || error.code !== 'NotFound') throw error
      throw new AwsFault('ResourceNotFound', 'Resource does not exist', 404)
    }
  }

  const changes = tagChanges(tagged)

  const shown = (TopicArn: string, { arn, protocol, endpoint, isConfirmed }: Subscription) => ({
    SubscriptionArn: isConfirmed ? arn : 'PendingConfirmation',
    Owner: world.account,
    Protocol: protocol,
    Endpoint: endpoint,
    TopicArn,
  })

  const operations: Record<string, Operation> = {
    CreateTopic(input, call) {
      const name = text(input, 'Name', code)
      const arn = arnOf(name)
      const tags = givenTags(input)
      const there = topics.get(arn)
      call.authorize('sns:CreateTopic', arn, tagContext(there?.tags, tags))
      if (Object.keys(tags).length > 0) call.authorize('sns:TagResource', arn, tagContext(there?.tags, tags))
      if (!/^[\w-]{1,256}$/.test(name)) throw invalid('Topic Name')
      const isAlike = Object.entries(tags).every(([key, value]) => there?.tags[key] === value)
      if (there && !isAlike) throw invalid('Tags Reason: Topic already exists with different tags')
      if (!there) topics.set(arn, { tags, subscriptions: [] })
      return { TopicArn: arn }
    },
    /** Of one that is not there as well. */
    DeleteTopic(input, call) {
      const arn = text(input, 'TopicArn', code)
      call.authorize('sns:DeleteTopic', arn, tagContext(topics.get(arn)?.tags))
      if (!arn.startsWith('arn:')) throw invalid(`TopicArn Reason: ${arn} is no ARN`)
      topics.delete(arn)
      return {}
    },
    Subscribe(input, call) {
      const { subscriptions } = topicFor(input, call)
      const arn = text(input, 'TopicArn', code)
      const protocol = text(input, 'Protocol', code)
      if (!protocols.includes(protocol)) throw invalid(`Protocol Reason: ${protocol} is not supported`)
      const endpoint = text(input, 'Endpoint', code)
      const isMail = protocol.startsWith('email')
      if (isMail && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(endpoint)) throw invalid('Email address')
      const known = subscriptions.find((one) => one.protocol === protocol && one.endpoint === endpoint)
      const id = randomUUID()
      const made = known ?? { arn: `${arn}:${id}`, token: id, protocol, endpoint, isConfirmed: !isMail }
      if (!known) subscriptions.push(made)
      const isShown = made.isConfirmed || flag(input, 'ReturnSubscriptionArn')
      return { SubscriptionArn: isShown ? made.arn : 'pending confirmation' }
    },
    ConfirmSubscription(input, call) {
      const { subscriptions } = topicFor(input, call)
      const token = text(input, 'Token', code)
      const found = subscriptions.find((one) => one.token === token)
      if (!found) throw invalid('Token')
      found.isConfirmed = true
      return { SubscriptionArn: found.arn }
    },
    ListSubscriptionsByTopic(input, call) {
      const { subscriptions } = topicFor(input, call)
      const arn = text(input, 'TopicArn', code)
      const { items, next } = page(
        subscriptions,
        optionalText(input, 'NextToken'),
        Math.min(100, world.pageSize),
      )
      return { Subscriptions: items.map((one) => shown(arn, one)), NextToken: next }
    },
    ListTagsForResource: (input, call) => ({ Tags: tagList(tagged(input, call).tags) }),
    TagResource: changes.give,
    UntagResource: changes.take,
  }

  return {
    operations,
    inventory: () => [...topics.keys()].map((arn) => ({ kind: 'topic', name: arn.split(':').at(-1) ?? '' })),
    /** What the mails that nobody gets would carry, by their addresses. */
    tokens: () =>
      new Map(
        [...topics.values()].flatMap(({ subscriptions }) =>
          subscriptions.map((one) => [one.endpoint, one.token]),
        ),
      ),
  }
}
