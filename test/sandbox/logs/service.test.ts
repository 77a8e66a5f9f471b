// CloudWatch Logs of the sandbox, through the real client.

import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  InvalidParameterException,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.ts'
import { clientConfig } from '../lambda/function-fixture.ts'

let sandbox: Sandbox
let logs: CloudWatchLogsClient

beforeAll(async () => {
  sandbox = await startSandbox({ pageSize: 2 })
  logs = new CloudWatchLogsClient(clientConfig(sandbox))
})
afterAll(() => sandbox.close())

const create = (logGroupName: string) => logs.send(new CreateLogGroupCommand({ logGroupName }))

describe('a log group', () => {
  it('has a retention that can be set and taken away, from the list of AWS', async () => {
    await create('/g/retained')
    const read = async () =>
      (await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/g/retained' }))).logGroups?.[0]
    expect(await read()).not.toHaveProperty('retentionInDays')
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: '/g/retained', retentionInDays: 30 }))
    expect(await read()).toMatchObject({
      retentionInDays: 30,
      arn: 'arn:aws:logs:us-east-1:123456789012:log-group:/g/retained:*',
      logGroupArn: 'arn:aws:logs:us-east-1:123456789012:log-group:/g/retained',
    })
    await logs.send(new DeleteRetentionPolicyCommand({ logGroupName: '/g/retained' }))
    expect(await read()).not.toHaveProperty('retentionInDays')
    const odd = new PutRetentionPolicyCommand({ logGroupName: '/g/retained', retentionInDays: 31 })
    await expect(logs.send(odd)).rejects.toThrow(InvalidParameterException)
  })

  it('is made once and deleted once', async () => {
    await create('/g/once')
    await expect(create('/g/once')).rejects.toThrow(ResourceAlreadyExistsException)
    const remove = () => logs.send(new DeleteLogGroupCommand({ logGroupName: '/g/once' }))
    await remove()
    await expect(remove()).rejects.toThrow(ResourceNotFoundException)
  })

  it('is tagged by its ARN without the star at the end', async () => {
    await logs.send(new CreateLogGroupCommand({ logGroupName: '/g/tags', tags: { a: '1', b: '2' } }))
    const resourceArn = 'arn:aws:logs:us-east-1:123456789012:log-group:/g/tags'
    await logs.send(new TagResourceCommand({ resourceArn, tags: { c: '3' } }))
    await logs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }))
    const { tags } = await logs.send(new ListTagsForResourceCommand({ resourceArn }))
    expect(tags).toEqual({ b: '2', c: '3' })
    const starred = new ListTagsForResourceCommand({ resourceArn: `${resourceArn}:*` })
    await expect(logs.send(starred)).rejects.toThrow(InvalidParameterException)
  })
})

describe('reading events', () => {
  const logGroupName = '/g/events'
  const lines = Array.from({ length: 45 }, (_, n) =>
    JSON.stringify({ n, event: n % 10 === 0 ? 'rare' : 'common', level: n === 7 ? 'ERROR' : 'INFO' }),
  )

  beforeAll(async () => {
    await create(logGroupName)
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 's' }))
    const logEvents = lines.map((message, n) => ({ timestamp: 1_000 + n, message }))
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: 's', logEvents }))
  })

  /** Follows all pages; tells also how many events each had. */
  async function read(input: Partial<FilterLogEventsCommandInput> = {}) {
    const messages: string[] = []
    const sizes: number[] = []
    let nextToken: string | undefined
    do {
      const page = await logs.send(new FilterLogEventsCommand({ logGroupName, ...input, nextToken }))
      messages.push(...(page.events ?? []).map((event) => event.message ?? ''))
      sizes.push(page.events?.length ?? 0)
      nextToken = page.nextToken
    } while (nextToken)
    return { messages, sizes }
  }

  it('gives all of them in order over several pages', async () => {
    const { messages, sizes } = await read()
    expect(messages).toEqual(lines)
    expect(sizes.length).toBeGreaterThan(2)
  })

  it('meets empty pages that have a successor', async () => {
    const { messages, sizes } = await read({ filterPattern: '{ $.level = "ERROR" }' })
    expect(messages).toEqual([lines[7]])
    expect(sizes).toContain(0)
    const searches = [await read(), await read(), await read()]
    expect(searches.some(({ sizes: [first] }) => first === 0)).toBe(true)
    expect(searches.every((search) => search.messages.length === lines.length)).toBe(true)
  })

  it.each([
    ['"rare"', 5],
    ['common -ERROR', 39],
    ['?"ERROR" ?"rare"', 6],
    ['{ $.event = "ra*" && $.n > 10 }', 3],
    ['{ $.level = "ERROR" || $.n = 0 }', 2],
    ['{ $.event != "rare" }', 40],
    ['{ $.missing = "x" }', 0],
  ])('filters by %s', async (filterPattern, count) => {
    expect((await read({ filterPattern })).messages).toHaveLength(count)
  })

  it('filters by time and knows the streams', async () => {
    expect((await read({ startTime: 1_010, endTime: 1_012 })).messages).toEqual(lines.slice(10, 13))
    const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }))
    expect(logStreams).toMatchObject([
      { logStreamName: 's', firstEventTimestamp: 1_000, lastEventTimestamp: 1_044 },
    ])
  })

  it('says when the group is not there', async () => {
    await expect(read({ logGroupName: '/g/absent' })).rejects.toThrow(ResourceNotFoundException)
  })
})
