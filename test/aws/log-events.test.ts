import type { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, it } from 'vitest'
import type { Aws } from '../../src/aws/clients.ts'
import { followLogEvents, readLogEvents } from '../../src/aws/log-events.ts'

type Page = { events?: { eventId: string; timestamp: number }[]; nextToken?: string }

/** CloudWatch that gives these pages one after another, and remembers what it was asked. */
function cloudWatch(pages: (Page | Error)[]) {
  const asked: FilterLogEventsCommand['input'][] = []
  const abort = new AbortController()
  let time = 1_000_000
  const aws = {
    logs: {
      async send(command: FilterLogEventsCommand) {
        asked.push(command.input)
        const page = pages.shift()
        if (page instanceof Error) throw page
        if (pages.length === 0) abort.abort()
        return page ?? {}
      },
    },
    clock: {
      now: () => time,
      sleep: async (ms: number) => {
        time += ms
      },
    },
    signal: abort.signal,
  } as unknown as Aws
  return { aws, asked }
}

const at = (timestamp: number, eventId = `e${timestamp}`) => ({ eventId, timestamp })
const all = async (batches: AsyncIterable<{ id: string }[]>) => {
  const found: { id: string }[] = []
  for await (const batch of batches) found.push(...batch)
  return found
}
const ids = (events: { id: string }[]) => events.map(({ id }) => id)

describe('reading log events', () => {
  it('goes on after a page without events, as long as there is a token', async () => {
    const { aws, asked } = cloudWatch([
      { events: [], nextToken: 'a' },
      { events: [at(1)], nextToken: 'b' },
      { events: [], nextToken: 'c' },
      { events: [at(2)] },
      {},
    ])
    expect(ids(await all(readLogEvents(aws, { groups: ['g'], from: 0 })))).toEqual(['e1', 'e2'])
    expect(asked.map(({ nextToken }) => nextToken)).toEqual([undefined, 'a', 'b', 'c'])
  })

  it('takes a group that does not exist for an empty one', async () => {
    const gone = Object.assign(new Error('gone'), { name: 'ResourceNotFoundException' })
    const { aws } = cloudWatch([gone, { events: [at(1)] }, {}])
    expect(ids(await all(readLogEvents(aws, { groups: ['a', 'b'], from: 0 })))).toEqual(['e1'])
  })

  it('merges the groups by time, and holds no more than a page of each', async () => {
    const groups: Record<string, Page[]> = {
      a: [{ events: [at(1), at(4)], nextToken: '1' }, { events: [at(5), at(9)] }],
      b: [
        { events: [at(2), at(3)], nextToken: '1' },
        { nextToken: '2' },
        { events: [at(6), at(7)], nextToken: '3' },
        {},
      ],
      c: [{ events: [at(8)] }],
    }
    const asked: string[] = []
    const aws = {
      logs: {
        async send({ input }: FilterLogEventsCommand) {
          asked.push(input.logGroupName!)
          return groups[input.logGroupName!]!.shift() ?? {}
        },
      },
    } as unknown as Aws
    const batches: string[][] = []
    const askedBefore: number[] = []
    for await (const batch of readLogEvents(aws, { groups: ['a', 'b', 'c'], from: 0 })) {
      batches.push(ids(batch))
      askedBefore.push(asked.length)
    }
    expect(batches.flat()).toEqual(['e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7', 'e8', 'e9'])
    // The first lines are there when one page of each is.
    expect([batches[0], askedBefore[0]]).toEqual([['e1', 'e2', 'e3'], 3])
  })
})

describe('following log events', () => {
  it('looks back half a minute each time and gives every event once', async () => {
    const { aws, asked } = cloudWatch([
      { events: [at(999_000)] },
      { events: [at(999_000), at(1_001_000)] },
      { events: [at(990_000, 'late'), at(999_000), at(1_001_000)] },
      {},
    ])
    const batches: string[][] = []
    for await (const batch of followLogEvents(aws, { groups: ['g'], from: 900_000 })) batches.push(ids(batch))
    expect(batches).toEqual([['e999000'], ['e1001000'], ['late']])
    expect(asked.map(({ startTime }) => startTime)).toEqual([900_000, 970_000, 972_000, 974_000])
  })

  it('never looks back beyond where it began', async () => {
    const { aws, asked } = cloudWatch([{}, {}])
    for await (const _ of followLogEvents(aws, { groups: ['g'], from: 999_999 }));
    expect(asked.map(({ startTime }) => startTime)).toEqual([999_999, 999_999])
  })
})
