// The SNS topic of a stage's alarms and the address that it writes to, which has to confirm that first.
import type { Subscription } from '@aws-sdk/client-sns'
import type { Aws } from '../../aws/clients.ts'
import { ifFound } from '../../aws/errors.ts'
import { finish } from '../../engine/refusal.ts'
import { type Change, change, type Resource } from '../../engine/resource.ts'
import { arns, isOurs, names, type Place, tagsOf } from '../../names.ts'
import { alarmEmailOf } from '../../settings/alarms.ts'
import { alarmIds } from './alarm.ts'

interface Want {
  email: string
}

export interface TopicHave {
  /** The address that we have subscribed, as a tag tells; undefined for a topic of somebody else's. */
  email: string | undefined
  /** Of that address: `none` once it has unsubscribed, or has let the mail lie for days. */
  subscription: 'confirmed' | 'pending' | 'none'
  /** What others have subscribed. */
  others: string[]
  tags: Record<string, string | undefined>
}

const emailTag = 'whatsapp-otp:alarm-email'

const load = () => import('../../aws/late/sns.ts')

export function alarmTopic(place: Place): Resource<Want, TopicHave> {
  const name = names.alarmTopic(place.stage)
  const TopicArn = arns.alarmTopic(place)
  const tagList = (tags: Record<string, string>) =>
    Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  const ownTags = (email: string) => ({ ...tagsOf(place.stage), [emailTag]: email })

  const read = async (aws: Aws): Promise<TopicHave | undefined> => {
    const { ListTagsForResourceCommand } = await load()
    const client = await aws.sns()
    const tagged = await ifFound(client.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn })))
    const found = tagged && (await ifFound(subscriptions(aws)))
    if (!found) return undefined
    const tags = Object.fromEntries((tagged.Tags ?? []).map(({ Key = '', Value }) => [Key, Value]))
    const email = tags[emailTag]
    const isIts = ({ Protocol, Endpoint }: Subscription) => Protocol === 'email' && Endpoint === email
    const its = found.find(isIts)
    return {
      email,
      subscription: !its ? 'none' : its.SubscriptionArn === 'PendingConfirmation' ? 'pending' : 'confirmed',
      others: found.filter((one) => !isIts(one)).map(({ Endpoint = '' }) => Endpoint),
      tags,
    }
  }

  const subscriptions = async (aws: Aws): Promise<Subscription[]> => {
    const { paginateListSubscriptionsByTopic } = await load()
    const all: Subscription[] = []
    const pages = paginateListSubscriptionsByTopic({ client: await aws.sns() }, { TopicArn })
    for await (const { Subscriptions = [] } of pages) all.push(...Subscriptions)
    // One that has ended is still listed for a while.
    return all.filter(({ SubscriptionArn }) => SubscriptionArn !== 'Deleted')
  }

  /** Harmless for an address that is subscribed: one that is pending gets its mail again. */
  const subscribe = async (aws: Aws, { email }: Want, have: TopicHave): Promise<TopicHave> => {
    const { SubscribeCommand } = await load()
    const input = { TopicArn, Protocol: 'email', Endpoint: email }
    await (await aws.sns()).send(new SubscribeCommand(input))
    return { ...have, email, subscription: 'pending', tags: { ...have.tags, [emailTag]: email } }
  }

  const make = async (aws: Aws, want: Want): Promise<TopicHave> => {
    const { CreateTopicCommand } = await load()
    const tags = ownTags(want.email)
    await (await aws.sns()).send(new CreateTopicCommand({ Name: name, Tags: tagList(tags) }))
    return subscribe(aws, want, { email: want.email, subscription: 'none', others: [], tags })
  }

  const drop = async (aws: Aws) => {
    const { DeleteTopicCommand } = await load()
    await (await aws.sns()).send(new DeleteTopicCommand({ TopicArn }))
  }

  const tag = async (aws: Aws, tags: Record<string, string>) => {
    const { TagResourceCommand } = await load()
    await (await aws.sns()).send(new TagResourceCommand({ ResourceArn: TopicArn, Tags: tagList(tags) }))
  }

  const self: Resource<Want, TopicHave> = {
    kind: 'alarm-topic',
    id: 'alarm-topic',
    name,
    needs: [],
    removeAfter: alarmIds,
    permissions: [
      {
        actions: [
          'sns:CreateTopic',
          'sns:TagResource',
          'sns:ListTagsForResource',
          'sns:Subscribe',
          'sns:ListSubscriptionsByTopic',
          'sns:DeleteTopic',
        ],
        on: [TopicArn],
      },
    ],

    isWanted: (settings) => alarmEmailOf(settings) !== undefined,
    want: ({ settings }) => ({ email: alarmEmailOf(settings) ?? '' }),
    read,
    isOurs: (have) => isOurs(place.stage, have.tags),
    diff: (want, have) => diff(want, have, place),

    async create(aws, want) {
      const there = await read(aws)
      return there ? finish(self, aws, want, there) : make(aws, want)
    },

    async update(aws, want, have, fields) {
      if (!fields.has('email')) return subscribe(aws, want, have)
      // AWS lets us end a subscription only with the right to end all of the account: the topic is made anew instead.
      if (have.subscription !== 'none' && have.email !== want.email) {
        await drop(aws)
        return make(aws, want)
      }
      await tag(aws, ownTags(want.email))
      return subscribe(aws, want, have)
    },

    async adopt(aws, have) {
      await tag(aws, tagsOf(place.stage))
      return { ...have, tags: { ...have.tags, ...tagsOf(place.stage) } }
    },

    remove: drop,
  }
  return self
}

function diff({ email }: Want, have: TopicHave, { region }: Place): Change[] {
  if (have.email === email) return have.subscription === 'none' ? change('subscription', 'none', email) : []
  const isInUse = have.others.length > 0 && have.subscription !== 'none'
  const blocked = isInUse
    ? `${have.others.length} more are subscribed to the topic, and ${have.email} cannot be taken off it without them`
    : undefined
  const next = [
    `aws sns list-subscriptions-by-topic --region ${region} --topic-arn <topic>, then aws sns unsubscribe for ${have.email}`,
  ]
  return change('email', have.email, email, blocked).map((one) => (blocked ? { ...one, next } : one))
}
