// CloudWatch Logs: the operations on groups, streams and events, and their filtered reading.

import { AwsFault } from '../account/aws-fault.ts'
import { requestTags, tagContext } from '../account/condition.ts'
import type { Provided } from '../account/provided.ts'
import type { World } from '../account/world.ts'
import {
  type Input,
  list,
  objects,
  optionalMap,
  optionalNumber,
  optionalText,
  page,
  text,
} from '../protocol/fields.ts'
import type { JsonService } from '../protocol/json.ts'
import type { Call, Operation } from '../protocol/service.ts'
import { parseFilter } from './filter.ts'
import { createGroups, type Group } from './groups.ts'
import { readRetention } from './retention.ts'

const code = 'InvalidParameterException'
const invalid = (message: string) => new AwsFault(code, message)
const notFound = (what: string) =>
  new AwsFault('ResourceNotFoundException', `The specified ${what} does not exist.`)
const exists = (what: string) =>
  new AwsFault('ResourceAlreadyExistsException', `The specified ${what} already exists`)

export interface Logs extends JsonService, Pick<Provided, 'writeLog'> {}

export function createLogs(world: World): Logs {
  const { addGroup, append, groupArn, groups, streamArn, writeLog } = createGroups(world)
  let searches = 0

  function nameOf(input: Input): string {
    // The newer member takes a name or an ARN, the older one only a name.
    const identifier = optionalText(input, 'logGroupIdentifier')
    const name = identifier?.replace(/^arn:.*?:log-group:/, '') ?? text(input, 'logGroupName', code)
    if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name)) {
      throw invalid(
        `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
      )
    }
    return name
  }

  function groupFor(input: Input, call: Call, stream?: string): Group {
    const name = nameOf(input)
    const group = groups.get(name)
    call.authorize(`logs:${call.operation}`, streamArn(name, stream), tagContext(group?.tags))
    if (!group) throw notFound('log group')
    return group
  }

  /** The tagging calls want the ARN without the `:*` that the listing of groups shows. */
  function tagged(input: Input, call: Call): Group {
    const arn = text(input, 'resourceArn', code)
    const group = groups.get(arn.slice(groupArn('').length))
    const context = tagContext(group?.tags, optionalMap(input, 'tags'), list(input, 'tagKeys'))
    call.authorize(`logs:${call.operation}`, arn, context)
    if (arn.endsWith(':*') || !arn.startsWith(groupArn(''))) throw invalid(`Invalid resource ARN: ${arn}`)
    if (!group) throw notFound('log group')
    return group
  }

  function describe(group: Group) {
    return {
      logGroupName: group.name,
      creationTime: group.createdAt,
      retentionInDays: group.retention,
      metricFilterCount: 0,
      arn: `${groupArn(group.name)}:*`,
      logGroupArn: groupArn(group.name),
      storedBytes: 0,
      logGroupClass: 'STANDARD',
    }
  }

  /** Scans a stretch of events and answers those that match: a page without any still has a successor. */
  function filter(input: Input, call: Call) {
    const group = groupFor(input, call)
    const matches = parseFilter(optionalText(input, 'filterPattern'))
    const from = optionalNumber(input, 'startTime') ?? 0
    const until = optionalNumber(input, 'endTime') ?? Number.POSITIVE_INFINITY
    const streams = list(input, 'logStreamNames')
    const prefix = optionalText(input, 'logStreamNamePrefix') ?? ''
    const all = group.events
      .filter((event) => event.at >= from && event.at <= until && event.stream.startsWith(prefix))
      .filter((event) => streams.length === 0 || streams.includes(event.stream))
      .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    const token = optionalText(input, 'nextToken')
    // CloudWatch answers empty pages while it is still looking; every third search begins with one.
    if (token === undefined && all.length > 0 && ++searches % 3 === 0) {
      return { events: [], nextToken: '0', searchedLogStreams: [] }
    }
    const size = Math.min(optionalNumber(input, 'limit') ?? 10_000, world.pageSize * 10)
    const { items, next } = page(all, token, size)
    const events = items
      .filter((event) => matches(event.message))
      .map((event) => ({
        logStreamName: event.stream,
        timestamp: event.at,
        message: event.message,
        ingestionTime: event.ingestedAt,
        eventId: event.id,
      }))
    return { events, nextToken: next, searchedLogStreams: [] }
  }

  const operations: Record<string, Operation> = {
    CreateLogGroup(input, call) {
      const name = nameOf(input)
      const tags = optionalMap(input, 'tags') ?? {}
      call.authorize('logs:CreateLogGroup', streamArn(name), requestTags(tags))
      if (Object.keys(tags).length > 0) call.authorize('logs:TagResource', groupArn(name), requestTags(tags))
      if (name.startsWith('aws/')) throw invalid('Log groups starting with aws/ are reserved for AWS.')
      if (groups.has(name)) throw exists('log group')
      addGroup(name, { ...tags })
      return {}
    },
    DeleteLogGroup(input, call) {
      groups.delete(groupFor(input, call).name)
      return {}
    },
    DescribeLogGroups(input, call) {
      call.authorize('logs:DescribeLogGroups', streamArn(''))
      const prefix = optionalText(input, 'logGroupNamePrefix') ?? ''
      const pattern = optionalText(input, 'logGroupNamePattern') ?? ''
      const matching = [...groups.values()]
        .filter((group) => group.name.startsWith(prefix) && group.name.includes(pattern))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
      const size = Math.min(optionalNumber(input, 'limit') ?? 50, world.pageSize)
      const { items, next } = page(matching, optionalText(input, 'nextToken'), size)
      return { logGroups: items.map(describe), nextToken: next }
    },
    PutRetentionPolicy(input, call) {
      const group = groupFor(input, call)
      group.retention = readRetention(optionalNumber(input, 'retentionInDays'))
      return {}
    },
    DeleteRetentionPolicy(input, call) {
      groupFor(input, call).retention = undefined
      return {}
    },
    TagResource(input, call) {
      Object.assign(tagged(input, call).tags, optionalMap(input, 'tags'))
      return {}
    },
    UntagResource(input, call) {
      const { tags } = tagged(input, call)
      for (const key of list(input, 'tagKeys')) delete tags[key]
      return {}
    },
    ListTagsForResource: (input, call) => ({ tags: tagged(input, call).tags }),
    CreateLogStream(input, call) {
      const stream = text(input, 'logStreamName', code)
      const group = groupFor(input, call, stream)
      if (group.streams.has(stream)) throw exists('log stream')
      group.streams.set(stream, world.now())
      return {}
    },
    PutLogEvents(input, call) {
      const stream = text(input, 'logStreamName', code)
      const group = groupFor(input, call, stream)
      if (!group.streams.has(stream)) throw notFound('log stream')
      const lines = objects(input, 'logEvents').map((event) => ({
        at: optionalNumber(event, 'timestamp') ?? 0,
        message: text(event, 'message', code),
      }))
      const written = append(group, stream, lines)
      return { nextSequenceToken: String(written).padStart(56, '4') }
    },
    DescribeLogStreams(input, call) {
      const group = groupFor(input, call)
      const prefix = optionalText(input, 'logStreamNamePrefix') ?? ''
      const streams = [...group.streams]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, createdAt]) => {
          const times = group.events.filter((event) => event.stream === name).map((event) => event.at)
          return {
            logStreamName: name,
            creationTime: createdAt,
            firstEventTimestamp: times.length > 0 ? Math.min(...times) : undefined,
            lastEventTimestamp: times.length > 0 ? Math.max(...times) : undefined,
            arn: streamArn(group.name, name),
          }
        })
        .sort((a, b) => (a.logStreamName < b.logStreamName ? -1 : 1))
      if (input.orderBy === 'LastEventTime') {
        streams.sort((a, b) => (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0))
      }
      if (input.descending === true) streams.reverse()
      const { items, next } = page(streams, optionalText(input, 'nextToken'), world.pageSize)
      return { logStreams: items, nextToken: next }
    },
    FilterLogEvents: filter,
  }

  return {
    name: 'logs',
    protocol: 'json',
    targetPrefix: 'Logs_20140328',
    jsonVersion: '1.1',
    operations,
    writeLog,
    inventory: () => [...groups.keys()].map((name) => ({ kind: 'log group', name })),
  }
}
