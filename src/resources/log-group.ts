// A function's log group: made before the function writes its first line, so that it has a retention.
import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import type { Aws } from '../aws/clients.ts'
import { ifFound, isAlreadyThere, isConcurrentChange } from '../aws/errors.ts'
import { retryWhile } from '../aws/wait.ts'
import { arns, isOurs, names, type Place, type Trigger, tagsOf } from '../names.ts'
import { change, foreignError, type Resource } from '../stack/resource.ts'

interface Want {
  retentionDays: number
}

interface Have {
  retentionDays: number | undefined
  tags: Record<string, string>
}

export function logGroup(place: Place, trigger: Trigger): Resource<Want, Have> {
  const name = names.logGroup(place.stage, trigger)
  const arn = arns.logGroup(place, trigger)
  const tags = tagsOf(place.stage)

  const tagsThere = async (logs: CloudWatchLogsClient): Promise<Record<string, string>> => {
    const listed = await ifFound(logs.send(new ListTagsForResourceCommand({ resourceArn: arn })))
    return listed?.tags ?? {}
  }

  const settle = async (
    logs: CloudWatchLogsClient,
    want: Want,
    tags: Record<string, string>,
  ): Promise<Have> => {
    await logs.send(
      new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: want.retentionDays }),
    )
    return { retentionDays: want.retentionDays, tags }
  }

  return {
    kind: 'log-group',
    id: `log-group:${trigger}`,
    name,
    needs: [],
    // A late log line would bring the group back to life while its function still runs.
    removeAfter: [`function:${trigger}`],

    want: ({ settings }) => ({ retentionDays: settings.logRetentionDays }),

    async read({ logs }: Aws) {
      const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }))
      const found = logGroups.find((group) => group.logGroupName === name)
      if (!found) return undefined
      return { retentionDays: found.retentionInDays, tags: await tagsThere(logs) }
    },

    isOurs: (have) => isOurs(place.stage, have.tags),
    diff: (want, have) => change('retentionDays', have.retentionDays, want.retentionDays),

    async create({ logs, clock, signal }, want) {
      try {
        await retryWhile(isConcurrentChange, { clock, signal, capMs: 30_000, what: 'the log group' }, () =>
          logs.send(new CreateLogGroupCommand({ logGroupName: name, tags })),
        )
      } catch (error) {
        if (!isAlreadyThere(error)) throw error
        // Ours, when an earlier answer was lost; or Lambda's own, made without tags when a function logged.
        if (!isOurs(place.stage, await tagsThere(logs))) throw foreignError('log-group', name)
      }
      return settle(logs, want, tags)
    },

    update: ({ logs }, want, have) => settle(logs, want, have.tags),

    async remove({ logs }) {
      await ifFound(logs.send(new DeleteLogGroupCommand({ logGroupName: name })))
    },
  }
}
