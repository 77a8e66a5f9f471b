// SendZen's event log: one entry for each change of a message's status, as `GET /v1/logs` pages through it.

import { Recent } from '../account/recent.ts'
import type { World } from '../account/world.ts'
import { account } from './account.ts'
import type { Message } from './inbox.ts'
import { type Reply, refusal } from './reply.ts'

interface Entry {
  ticks: bigint
  phoneNumberId: string
  payload: string
}

/** .NET ticks: 100 ns since the year 1, in UTC; beyond what a JavaScript number holds exactly. */
export const ticksOf = (ms: number) => BigInt(Math.floor(ms)) * 10_000n + 621_355_968_000_000_000n

const eventTypes = ['Message Status', 'Incoming Message', 'Other']

/** The body of Meta's status webhook, which a log entry carries as a string. */
export function webhookBody(
  message: Message,
  phoneNumberId: string,
  now: number,
  { unsettled }: Pick<World, 'unsettled'>,
): string {
  const status = {
    id: message.id,
    status: message.status,
    timestamp: String(Math.floor(now / 1000)),
    recipient_id: unsettled.sendzenRecipient === 'as-sent' ? message.to : message.to.slice(1),
    ...(message.error && {
      errors: [
        {
          code: message.error.code,
          title: message.error.title,
          message: message.error.title,
          error_data: { details: message.error.title },
        },
      ],
    }),
  }
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: message.from, phone_number_id: phoneNumberId },
    statuses: [status],
  }
  const entry = [{ id: account.wabaId, changes: [{ value, field: 'messages' }] }]
  return JSON.stringify({ object: 'whatsapp_business_account', entry })
}

export function createLogs(world: World) {
  const { pageSize } = world
  const entries = new Recent<number, Entry>()
  let recorded = 0
  return {
    record(message: Message, phoneNumberId: string): void {
      const at = world.now()
      entries.set(recorded++, {
        ticks: ticksOf(at),
        phoneNumberId,
        payload: webhookBody(message, phoneNumberId, at, world),
      })
    },

    /** Newest first. */
    read(query: URLSearchParams): Reply {
      const types = query.getAll('eventTypes').flatMap((t) => t.split(','))
      if (!types.every((t) => eventTypes.includes(t)))
        return refusal(400, 'INVALID_REQUEST', 'Unknown eventTypes.')
      const size = Number(query.get('pageSize') ?? 20)
      const bounds = [query.get('fromDate') ?? '0', query.get('toDate') ?? '9999999999999999999']
      const start = Number(query.get('nextPageToken') ?? 0)
      if (!(size >= 1 && size <= 20) || !bounds.every((b) => /^\d+$/.test(b)) || !Number.isInteger(start)) {
        return refusal(400, 'INVALID_REQUEST', 'pageSize is 1 to 20; fromDate and toDate are ticks.')
      }
      const [from = 0n, to = 0n] = bounds.map(BigInt)
      const sender = query.get('phoneNumberId')
      const wanted = types.length === 0 || types.includes('Message Status')
      const found = [...entries.values()]
        .filter((e) => wanted && e.ticks >= from && e.ticks <= to && (!sender || e.phoneNumberId === sender))
        .reverse()
      const end = start + Math.min(size, pageSize)
      const page = found.slice(start, end)
      const logs = page.map(shown).join(',')
      const next = end < found.length ? JSON.stringify(String(end)) : 'null'
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: `{"message":"Logs retrieved successfully","data":{"logs":[${logs}],"next_page_token":${next}}}`,
      }
    },
  }
}

// Written by hand, because JSON.stringify cannot write the ticks as the exact number that SendZen sends.
function shown(entry: Entry): string {
  const rest = {
    project_id: account.projectId,
    phone_number_id: entry.phoneNumberId,
    event_type: 'Message Status',
    payload: entry.payload,
    direction: 1,
    flyout_delivery_status: '',
    flyout_delivery_response: '',
    flyout_delivery_response_code: 0,
    flyout_url: '',
  }
  return `${JSON.stringify(rest).slice(0, -1)},"created_at":${entry.ticks}}`
}
