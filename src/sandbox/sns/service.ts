// SNS as far as text messages to phones and topics for alarms go: it keeps what was sent, and delivers nothing.

import { randomUUID } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import { remember } from '../account/recent.ts'
import type { World } from '../account/world.ts'
import { isObject, optionalObject, optionalText, text } from '../protocol/fields.ts'
import type { QueryService } from '../protocol/query.ts'
import { createSmsSandbox } from './sms-sandbox.ts'
import type { TextMessage } from './text-message.ts'
import { createTopics } from './topics.ts'

export interface SnsService extends QueryService {
  /** What was sent, oldest first; the newest of it. */
  messages: TextMessage[]
  /** What the mails to new subscribers would carry, by their addresses. */
  subscriptionTokens(): ReadonlyMap<string, string>
}

const invalid = (message: string) => new AwsFault('InvalidParameter', `Invalid parameter: ${message}`)

/** `told` hears of each text message. */
export function createSns(world: World, told: (message: TextMessage) => void = () => {}): SnsService {
  const messages: TextMessage[] = []
  const topics = createTopics(world)
  const keep = (to: string, message: string, attributes: TextMessage['attributes'] = {}) => {
    const id = randomUUID()
    const sent = { id, to, message, attributes, at: world.now() }
    remember(messages, sent)
    told({ ...sent })
    return id
  }
  const smsSandbox = createSmsSandbox(world, keep)
  return {
    name: 'sns',
    protocol: 'query',
    version: '2010-03-31',
    xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    deniedCode: 'AuthorizationError',
    throttling: { code: 'Throttling', status: 400 },
    messages,
    inventory: topics.inventory,
    subscriptionTokens: topics.tokens,
    operations: {
      ...topics.operations,
      ...smsSandbox.operations,
      Publish(input, call) {
        const to = optionalText(input, 'PhoneNumber')
        if (!to) throw new AwsFault('NotImplemented', 'The sandbox publishes to phone numbers only.', 501)
        // A phone number is no ARN: only a policy on `*` allows it.
        call.authorize('sns:Publish', to)
        if (world.unsettled.smsPermission === 'sms-voice') call.authorize('sms-voice:SendTextMessage', '*')
        if (!/^\+[1-9]\d{6,14}$/.test(to)) {
          throw invalid(`PhoneNumber Reason: ${to} is not valid to publish to`)
        }
        const message = text(input, 'Message', 'InvalidParameter')
        if (message.length > 1600) throw invalid('Message too long')
        const given = Object.entries(optionalObject(input, 'MessageAttributes') ?? {})
        const attributes = Object.fromEntries(
          given.map(([name, value]) => [name, (isObject(value) && optionalText(value, 'StringValue')) || '']),
        )
        // What AWS answers for a number that is not verified is not known; it certainly gets nothing.
        return { MessageId: smsSandbox.reaches(to) ? keep(to, message, attributes) : randomUUID() }
      },
    },
  }
}
