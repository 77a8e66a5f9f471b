// The queue in which messages wait until an SMS may have to take their place.
import type { Aws } from '../../aws/clients.ts'
import { ifFound, isAlreadyThere, isTooSoonAfterRemoval } from '../../aws/errors.ts'
import { retryWhile } from '../../aws/wait.ts'
import { finish } from '../../engine/refusal.ts'
import { change, pickFields, type Resource } from '../../engine/resource.ts'
import { arns, functionNames, isOurs, names, type Place, tagsOf } from '../../names.ts'
import { onlyWithFallback } from '../../settings/parts.ts'

interface Want {
  /** Seconds after which a message that was not dealt with is seen again; Lambda asks for six times its time-out. */
  visibility: string
  /** Seconds that a message is kept. No code lives so long, so that nothing old is ever sent. */
  retention: string
}

interface Have {
  visibility: string | undefined
  retention: string | undefined
  url: string
  tags: Record<string, string | undefined>
}

const wanted: Want = { visibility: '30', retention: '1800' }
const attributeNames = { VisibilityTimeout: 'visibility', MessageRetentionPeriod: 'retention' } as const
const attributesOf = ({ visibility, retention }: Want) => ({
  VisibilityTimeout: visibility,
  MessageRetentionPeriod: retention,
})

const load = () => import('../../aws/late/sqs.ts')

export function fallbackQueue(place: Place): Resource<Want, Have> {
  const QueueName = names.fallbackQueue(place.stage)

  const read = async (aws: Aws): Promise<Have | undefined> => {
    const { GetQueueUrlCommand, GetQueueAttributesCommand, ListQueueTagsCommand } = await load()
    const client = await aws.sqs()
    const { QueueUrl } = (await ifFound(client.send(new GetQueueUrlCommand({ QueueName })))) ?? {}
    if (!QueueUrl) return undefined
    const [attributes, tags] = await Promise.all([
      ifFound(client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))),
      ifFound(client.send(new ListQueueTagsCommand({ QueueUrl }))),
    ])
    // It has gone meanwhile; without its tags it would look like somebody else's.
    if (!attributes || !tags) return undefined
    const { VisibilityTimeout, MessageRetentionPeriod } = attributes.Attributes ?? {}
    return {
      url: QueueUrl,
      visibility: VisibilityTimeout,
      retention: MessageRetentionPeriod,
      tags: tags.Tags ?? {},
    }
  }

  const self: Resource<Want, Have> = {
    ...onlyWithFallback,
    kind: 'queue',
    id: 'fallback-queue',
    name: QueueName,
    needs: [],
    removeAfter: ['event-source', ...functionNames.map((name) => `function:${name}`)],
    permissions: [
      {
        actions: [
          'sqs:CreateQueue',
          'sqs:TagQueue',
          'sqs:GetQueueUrl',
          'sqs:GetQueueAttributes',
          'sqs:SetQueueAttributes',
          'sqs:ListQueueTags',
          'sqs:DeleteQueue',
        ],
        on: [arns.fallbackQueue(place)],
      },
    ],

    want: () => wanted,
    read,
    isOurs: (have) => isOurs(place.stage, have.tags),
    diff: (want, have) => [
      ...change('visibility', have.visibility, want.visibility),
      ...change('retention', have.retention, want.retention),
    ],

    async create(aws, want) {
      const { CreateQueueCommand } = await load()
      const client = await aws.sqs()
      const { clock, signal } = aws
      const tags = tagsOf(place.stage)
      // SQS keeps a name for a minute after its queue was deleted.
      const options = { clock, signal, capMs: 120_000, what: `the name ${QueueName} to become free` }
      try {
        const { QueueUrl = '' } = await retryWhile(isTooSoonAfterRemoval, options, () =>
          client.send(new CreateQueueCommand({ QueueName, Attributes: attributesOf(want), tags })),
        )
        return { url: QueueUrl, ...want, tags }
      } catch (error) {
        const there = isAlreadyThere(error) ? await read(aws) : undefined
        if (!there) throw error
        return finish(self, aws, want, there)
      }
    },

    async update(aws, want, have, fields) {
      const { SetQueueAttributesCommand } = await load()
      const Attributes = pickFields(attributesOf(want), attributeNames, fields)
      await (await aws.sqs()).send(new SetQueueAttributesCommand({ QueueUrl: have.url, Attributes }))
      return { ...have, ...want }
    },

    async adopt(aws, have) {
      const { TagQueueCommand } = await load()
      const Tags = tagsOf(place.stage)
      await (await aws.sqs()).send(new TagQueueCommand({ QueueUrl: have.url, Tags }))
      return { ...have, tags: { ...have.tags, ...Tags } }
    },

    async remove(aws, { url }) {
      const { DeleteQueueCommand } = await load()
      await ifFound((await aws.sqs()).send(new DeleteQueueCommand({ QueueUrl: url })))
    },

    refs: ({ url }) => ({ fallbackQueueUrl: url }),
  }
  return self
}
