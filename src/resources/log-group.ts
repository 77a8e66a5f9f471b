// The functions' log groups: made before the function writes its first line, so that they have a retention.
import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
  paginateDescribeLogGroups,
  TagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import type { Aws } from '../aws/clients.ts'
import { ifFound, isAlreadyThere, isConcurrentChange } from '../aws/errors.ts'
import { retryWhile } from '../aws/wait.ts'
import { finish } from '../engine/refusal.ts'
import { change, type Resource } from '../engine/resource.ts'
import { shared } from '../engine/shared.ts'
import { arns, type FunctionName, functionNames, isOurs, names, type Place, tagsOf } from '../names.ts'
import { wantedFor } from '../settings/parts.ts'

/** Days of retention by the name of a group. */
type Listing = Map<string, number | undefined>

interface Want {
  retentionDays: number
}

interface Have {
  retentionDays: number | undefined
  isOurs: boolean
}

/** One for each function; all of them are found by one listing. */
export function logGroups(place: Place): Resource<Want, Have>[] {
  const retentions = shared(async (logs: CloudWatchLogsClient) => {
    const found: Listing = new Map()
    const logGroupNamePrefix = names.logGroup(place.stage, '' as FunctionName)
    for await (const page of paginateDescribeLogGroups({ client: logs }, { logGroupNamePrefix })) {
      for (const group of page.logGroups ?? []) found.set(group.logGroupName ?? '', group.retentionInDays)
    }
    return found
  })
  return functionNames.map((trigger) => logGroup(place, trigger, retentions))
}

function logGroup(
  place: Place,
  trigger: FunctionName,
  retentions: (logs: CloudWatchLogsClient) => Promise<Listing>,
): Resource<Want, Have> {
  const name = names.logGroup(place.stage, trigger)
  const arn = arns.logGroup(place, trigger)
  const tags = tagsOf(place.stage)

  /** Undefined when the group has gone meanwhile. */
  const hasOurTags = async (logs: CloudWatchLogsClient): Promise<boolean | undefined> => {
    const listed = await ifFound(logs.send(new ListTagsForResourceCommand({ resourceArn: arn })))
    return listed && isOurs(place.stage, listed.tags)
  }

  const settle = async (logs: CloudWatchLogsClient, { retentionDays }: Want): Promise<Have> => {
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: retentionDays }))
    return { retentionDays, isOurs: true }
  }

  const tag = async ({ logs }: Aws, have: Have): Promise<Have> => {
    await logs.send(new TagResourceCommand({ resourceArn: arn, tags }))
    return { ...have, isOurs: true }
  }

  const self: Resource<Want, Have> = {
    ...wantedFor(trigger),
    kind: 'log-group',
    id: `log-group:${trigger}`,
    name,
    needs: [],
    readAfter: functionNames.map((other) => `function:${other}`),
    // A late log line would bring the group back to life while its function still runs.
    removeAfter: [`function:${trigger}`],
    isMadeOnce: true,
    permissions: [
      // AWS knows no resource for it: it gives the names of all groups, and nothing of what is in them.
      { actions: ['logs:DescribeLogGroups'], on: ['*'] },
      { actions: ['logs:ListTagsForResource', 'logs:TagResource'], on: [arn] },
      {
        actions: ['logs:CreateLogGroup', 'logs:PutRetentionPolicy', 'logs:DeleteLogGroup'],
        on: [`${arn}:*`],
      },
    ],

    want: ({ settings }) => ({ retentionDays: settings.logRetentionDays }),

    look: ({ logs }) => retentions(logs),

    async read({ logs }, refs, looked = retentions(logs)) {
      const found = (await looked) as Listing
      if (!found.has(name)) return undefined
      // By its name it is the function's: Lambda itself makes one, without tags, for a function that logs.
      const isOurs = refs[`functionArn:${trigger}`] !== undefined || (await hasOurTags(logs))
      return isOurs === undefined ? undefined : { retentionDays: found.get(name), isOurs }
    },

    isOurs: (have) => have.isOurs,
    diff: (want, have) => change('retentionDays', have.retentionDays, want.retentionDays),

    async create(aws, want) {
      const { logs, clock, signal } = aws
      try {
        await retryWhile(isConcurrentChange, { clock, signal, capMs: 30_000, what: 'the log group' }, () =>
          logs.send(new CreateLogGroupCommand({ logGroupName: name, tags })),
        )
      } catch (error) {
        if (!isAlreadyThere(error)) throw error
        // Ours, when an earlier answer was lost or another run was quicker.
        const there = {
          retentionDays: (await retentions(logs)).get(name),
          isOurs: (await hasOurTags(logs)) === true,
        }
        return finish(self, aws, want, there)
      }
      return settle(logs, want)
    },

    async update(aws, want, have) {
      // Made by Lambda after somebody removed ours, it has neither a retention nor tags.
      if (have.retentionDays === undefined) await tag(aws, have)
      return settle(aws.logs, want)
    },

    adopt: tag,

    async remove({ logs }) {
      await ifFound(logs.send(new DeleteLogGroupCommand({ logGroupName: name })))
    },
  }
  return self
}
