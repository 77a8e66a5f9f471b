import { describe, expect, it } from 'vitest'
import { type Delivery, followDelivery } from '../../src/messaging/delivery.ts'
import { ProviderError } from '../../src/messaging/provider.ts'
import { type LogEntry, type LogPage, readReports } from '../../src/messaging/sendzen/reports.ts'
import { jumpClock } from './sendzen/server.ts'

const sentAt = 1_700_000_000_000

function entry(status: object): LogEntry {
  const full = { id: 'msg_1', timestamp: String(sentAt / 1000 + 2), recipient_id: '15550100001', ...status }
  return {
    payload: JSON.stringify({ entry: [{ changes: [{ value: { statuses: [full] } }] }] }),
    createdAt: undefined,
  }
}

/** Follows a message through these rounds of the log; the last one repeats. */
async function follow(
  rounds: (LogEntry[] | Error)[],
  options: { messageId?: string | undefined; to?: string } = {},
) {
  const clock = jumpClock(sentAt)
  let round = 0
  const readLogs = async () => {
    const entries = rounds[Math.min(round++, rounds.length - 1)] ?? []
    if (entries instanceof Error) throw entries
    return { entries, nextPage: undefined }
  }
  const api = { readReports: readReports.bind(undefined, readLogs) }
  const seen: Delivery[] = []
  const id = 'messageId' in options ? options.messageId : 'msg_1'
  const to = options.to ?? '+15550100001'
  for await (const one of followDelivery({ api, id, to, sentAt, clock, capMs: 60_000 })) seen.push(one)
  return { seen, words: seen.map(({ status }) => status), clock }
}

describe('a message', () => {
  it('is followed by its id until it is read', async () => {
    const { seen, words } = await follow([
      [],
      [entry({ status: 'sent' })],
      [entry({ status: 'sent' }), entry({ status: 'delivered' })],
      [entry({ status: 'read' })],
    ])
    expect(words).toEqual(['sent', 'delivered', 'read'])
    expect(seen.every(({ matchedBy }) => matchedBy === 'id')).toBe(true)
    expect(seen[0]?.at).toBe(sentAt + 2_000)
  })

  it('keeps its highest status, whatever comes late or twice', async () => {
    const { words } = await follow([
      [entry({ status: 'delivered' }), entry({ status: 'delivered' })],
      [entry({ status: 'sent' })],
      [entry({ status: 'failed', errors: [{ code: 131000 }] })],
      [entry({ status: 'read' })],
    ])
    expect(words).toEqual(['delivered', 'read'])
  })

  it('that failed says why', async () => {
    const { seen } = await follow([[entry({ status: 'failed', errors: [{ code: 131026, title: 'x' }] })]])
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ status: 'failed', error: { code: 131026, class: 'recipient' } })
  })

  it('without news times out', async () => {
    const { words, clock } = await follow([[]])
    expect(words).toEqual(['timeout'])
    expect(clock.now() - sentAt).toBeLessThanOrEqual(60_000)
  })

  it('is found by recipient and time where the ids differ, and says so', async () => {
    const { seen } = await follow(
      [
        [
          entry({ id: 'wamid.9', status: 'delivered' }),
          entry({ id: 'wamid.8', status: 'read', recipient_id: '15550100002' }),
          entry({ id: 'wamid.7', status: 'read', timestamp: String(sentAt / 1000 - 600) }),
        ],
        [entry({ id: 'wamid.9', status: 'read' })],
      ],
      { messageId: 'msg_other' },
    )
    expect(seen.map(({ status, matchedBy }) => [status, matchedBy])).toEqual([
      ['delivered', 'recipient and time'],
      ['read', 'recipient and time'],
    ])
  })

  it('to Brazil is found although WhatsApp leaves a digit out', async () => {
    const { words } = await follow([[entry({ status: 'read', recipient_id: '551187654321' })]], {
      messageId: undefined,
      to: '+5511987654321',
    })
    expect(words).toEqual(['read'])
  })

  it('is followed through an outage of the log, but not with a refused key', async () => {
    const outage = new ProviderError('busy', 'SENDZEN_BUSY', 'busy')
    expect((await follow([outage, [entry({ status: 'read' })]])).words).toEqual(['read'])
    const refused = new ProviderError('key', 'SENDZEN_KEY_REFUSED', 'no')
    await expect(follow([refused])).rejects.toBe(refused)
  })

  it('is not confused by other events and broken entries', async () => {
    const { words } = await follow([
      [
        { payload: 'not json', createdAt: undefined },
        { payload: 'null', createdAt: undefined },
        { payload: '{"entry":[{"changes":[{"value":{"messages":[{}]}}]}]}', createdAt: undefined },
        entry({ status: 'played' }),
        entry({ status: 'read' }),
      ],
    ])
    expect(words).toEqual(['read'])
  })
})

it('pages are read to their end', async () => {
  const pages: Record<string, LogPage> = {
    first: { entries: [], nextPage: 'second' },
    second: { entries: [entry({ status: 'read' })], nextPage: undefined },
  }
  const api = { readReports: readReports.bind(undefined, async ({ page }) => pages[page ?? 'first']!) }
  const options = { api, id: 'msg_1', to: '+15550100001', sentAt, clock: jumpClock(sentAt), capMs: 1_000 }
  const seen: string[] = []
  for await (const { status } of followDelivery(options)) seen.push(status)
  expect(seen).toEqual(['read'])
})
