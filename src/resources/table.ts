// The DynamoDB table that holds the limits across sessions: pay per request, items that expire by themselves.
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ListTagsOfResourceCommand,
  TagResourceCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import type { Aws } from '../aws/clients.ts'
import { ifFound, isResourceBusy, isTableProtected, isTooSoon } from '../aws/errors.ts'
import { retryWhile, waitFor } from '../aws/wait.ts'
import { finish } from '../engine/refusal.ts'
import { change, type Resource } from '../engine/resource.ts'
import { AppError } from '../errors.ts'
import { arns, isOurs, names, type Place, tagsOf } from '../names.ts'

interface Want {
  key: string
  /** Pay per request: with a provisioned capacity, which anybody can use up, sign-ins would be refused. */
  billing: typeof onDemand
  /** The attribute that holds the second an item expires in. */
  ttl: string
}

export interface TableHave {
  key: string | undefined
  billing: string
  /** Undefined while expiry is off. */
  ttl: string | undefined
  status: string | undefined
  /** DynamoDB deletes no table that somebody has protected. */
  isProtected: boolean
  tags: Record<string, string>
}

const onDemand = 'PAY_PER_REQUEST'

/** A new or deleted table takes about five seconds; the cap is for a bad day. */
const capMs = 180_000

export function table(place: Place): Resource<Want, TableHave> {
  const name = names.table(place.stage)
  const target = { TableName: name }

  const describe = async (dynamodb: DynamoDBClient) =>
    (await ifFound(dynamodb.send(new DescribeTableCommand(target))))?.Table

  const read = async ({ dynamodb }: Aws): Promise<TableHave | undefined> => {
    const found = await describe(dynamodb)
    if (!found || found.TableStatus === 'DELETING') return undefined
    const [ttl, tags] = await Promise.all([
      ifFound(dynamodb.send(new DescribeTimeToLiveCommand(target))),
      ifFound(dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: arns.table(place) }))),
    ])
    // It has gone meanwhile; without its tags it would look like somebody else's.
    if (!tags) return undefined
    const { TimeToLiveStatus, AttributeName } = ttl?.TimeToLiveDescription ?? {}
    const isOn = TimeToLiveStatus === 'ENABLED' || TimeToLiveStatus === 'ENABLING'
    return {
      key: found.KeySchema?.map((part) => part.AttributeName).join(','),
      // Absent where it has never been anything else.
      billing: found.BillingModeSummary?.BillingMode ?? 'PROVISIONED',
      ttl: isOn ? AttributeName : undefined,
      status: found.TableStatus,
      isProtected: found.DeletionProtectionEnabled === true,
      tags: Object.fromEntries((tags.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? ''])),
    }
  }

  /** Until it is active, a table takes no change. */
  const activate = async ({ dynamodb, clock, signal }: Aws, have: TableHave): Promise<TableHave> => {
    await waitFor({ clock, signal, capMs, maxPauseMs: 500, what: 'the table to become active' }, async () =>
      (await describe(dynamodb))?.TableStatus === 'ACTIVE' ? true : undefined,
    )
    return { ...have, status: 'ACTIVE' }
  }

  /** Lets its items expire. AWS takes that change once an hour only. */
  const expire = async (aws: Aws, { ttl }: Want, have: TableHave): Promise<TableHave> => {
    const TimeToLiveSpecification = { AttributeName: ttl, Enabled: true }
    try {
      await aws.dynamodb.send(new UpdateTimeToLiveCommand({ ...target, TimeToLiveSpecification }))
    } catch (error) {
      // Repeated after a lost answer, it is refused for having been done already.
      if ((await read(aws))?.ttl !== ttl) throw isTooSoon(error) ? expiryTooSoon(name, error) : error
    }
    return { ...have, ttl }
  }

  /** Takes a provisioned capacity back. The table serves meanwhile. */
  const bill = async (aws: Aws, { billing }: Want, have: TableHave): Promise<TableHave> => {
    try {
      await aws.dynamodb.send(new UpdateTableCommand({ ...target, BillingMode: billing }))
    } catch (error) {
      throw isTooSoon(error) ? billingTooSoon(name, error) : error
    }
    return activate(aws, { ...have, billing })
  }

  const self: Resource<Want, TableHave> = {
    kind: 'table',
    id: 'table',
    name,
    needs: [],
    // Last of all: whoever holds the stage holds it by an item in this table.
    removeAfter: ['record'],
    isMadeOnce: true,
    permissions: [
      {
        actions: [
          'dynamodb:CreateTable',
          'dynamodb:TagResource',
          'dynamodb:DescribeTable',
          'dynamodb:DescribeTimeToLive',
          'dynamodb:UpdateTable',
          'dynamodb:UpdateTimeToLive',
          'dynamodb:ListTagsOfResource',
          'dynamodb:DeleteTable',
        ],
        on: [arns.table(place)],
      },
    ],

    want: () => ({ key: 'pk', billing: onDemand, ttl: 'ttl' }),
    read,
    isOurs: (have) => isOurs(place.stage, have.tags),

    diff: (want, have) => [
      ...change('key', have.key, want.key, 'DynamoDB fixes the key of a table when it is created'),
      ...change('billing', have.billing, want.billing),
      ...change('ttl', have.ttl, want.ttl),
      ...(have.status === 'CREATING' ? change('status', have.status, 'ACTIVE') : []),
    ],

    async create(aws, want) {
      const { dynamodb, clock, signal } = aws
      const tags = tagsOf(place.stage)
      // In use: ours from an earlier run, somebody else's, or one that is still being deleted.
      const made = await waitFor({ clock, signal, capMs, what: 'the old table to go' }, async () => {
        try {
          await dynamodb.send(
            new CreateTableCommand({
              ...target,
              BillingMode: want.billing,
              AttributeDefinitions: [{ AttributeName: want.key, AttributeType: 'S' }],
              KeySchema: [{ AttributeName: want.key, KeyType: 'HASH' }],
              Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
            }),
          )
          return { there: undefined }
        } catch (error) {
          if (!isResourceBusy(error)) throw error
          const there = await read(aws)
          return there && { there }
        }
      })
      if (made.there) return finish(self, aws, want, made.there)
      const have = { ...want, ttl: undefined, status: 'CREATING', isProtected: false, tags }
      return expire(aws, want, await activate(aws, have))
    },

    async update(aws, want, have, fields) {
      let active = await activate(aws, have)
      if (fields.has('billing')) active = await bill(aws, want, active)
      return fields.has('ttl') ? expire(aws, want, active) : active
    },

    async adopt({ dynamodb }, have) {
      const tags = tagsOf(place.stage)
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
      await dynamodb.send(new TagResourceCommand({ ResourceArn: arns.table(place), Tags }))
      return { ...have, tags: { ...have.tags, ...tags } }
    },

    async remove({ dynamodb, clock, signal }) {
      const options = { clock, signal, capMs, what: 'the table to go' }
      const old = await describe(dynamodb)
      /** Of the one that was there: whoever has waited for the stage makes another under the same name. */
      const status = async () => {
        const now = await describe(dynamodb)
        return now?.TableId === old?.TableId ? now?.TableStatus : undefined
      }
      await retryWhile(isResourceBusy, options, async () => {
        const now = await status()
        // Deleting a table that is being deleted answers «in use» as well.
        if (now === 'DELETING' || (old && !now)) return
        try {
          await ifFound(dynamodb.send(new DeleteTableCommand(target)))
        } catch (error) {
          throw isTableProtected(error) ? protectedTable(place) : error
        }
      })
      await waitFor(options, async () => ((await status()) ? undefined : true))
    },
  }
  return self
}

/** Thrown before anything is deleted. */
export function protectedTable({ stage, region }: Place): AppError {
  const name = names.table(stage)
  return new AppError('TABLE_PROTECTED', `The table ${name} is protected against deletion`, {
    why: 'somebody switched its deletion protection on in AWS, which whatsapp-otp never does',
    next: [
      `aws dynamodb update-table --table-name ${name} --no-deletion-protection-enabled --region ${region}`,
      `whatsapp-otp destroy --stage ${stage}`,
    ],
  })
}

function expiryTooSoon(name: string, cause: unknown): AppError {
  return new AppError('CHANGED_TOO_SOON', `Could not switch the expiry of items on for the table ${name}`, {
    why: 'somebody changed it, and DynamoDB takes one such change an hour',
    next: ['run the same command again in an hour; sign-in works meanwhile'],
    cause,
  })
}

function billingTooSoon(name: string, cause: unknown): AppError {
  return new AppError('CHANGED_TOO_SOON', `Could not have the table ${name} paid by request again`, {
    why: 'somebody changed it several times, and DynamoDB takes four such changes in 24 hours',
    next: [
      'run the same command again tomorrow; until then sign-in has the capacity that somebody provisioned',
    ],
    cause,
  })
}
