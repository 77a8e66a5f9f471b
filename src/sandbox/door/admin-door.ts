// The door for people and for tests in other languages: the sandbox's clock, faults, calls and inventory.

import type { ServerResponse } from 'node:http'
import * as z from 'zod'
import type { CallRecord } from '../account/call-record.ts'
import type { Fault } from '../account/faults.ts'
import type { InventoryItem } from '../account/world.ts'
import { readObject } from '../protocol/body.ts'
import { type Request, send } from '../protocol/request.ts'
import type { Webhook } from '../sendzen/control.ts'
import type { TextMessage } from '../sns/text-message.ts'

export interface AdminDoor {
  now(): number
  advance(ms: number): void
  addFaults(faults: Fault[]): void
  clearFaults(): void
  setWebhook(webhook: Webhook | undefined): void
  calls(): CallRecord[]
  inventory(): InventoryItem[]
  textMessages(): TextMessage[]
}

/** So that no time is beyond what a date can be. */
const latest = Date.UTC(9999)
const clockBody = z.object({ advanceMs: z.number().int().nonnegative() })
/** Only to this machine: it is called with what a page of the account's owner may be asked to set. */
const webhook = z.object({
  url: z.url().refine((url) => ['127.0.0.1', 'localhost'].includes(new URL(url).hostname)),
  secret: z.string().min(1),
})
const fault = z.strictObject({
  service: z.string().optional(),
  operation: z.string().optional(),
  kind: z.enum(['throttle', 'fail-before', 'fail-after', 'slow']),
  nth: z.number().int().positive().optional(),
  times: z.number().int().positive().optional(),
  ms: z.number().int().nonnegative().optional(),
})

const withoutUndefined = (given: z.infer<typeof fault>) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as unknown as Fault

/** Answers everything below `/_sandbox/`; false for other paths. */
export function handleAdmin(door: AdminDoor, request: Request, response: ServerResponse): boolean {
  const { pathname } = request.url
  if (!pathname.startsWith('/_sandbox/')) return false
  const answer = (status: number, body: object) => {
    const headers = { 'content-type': 'application/json' }
    send(response, { status, headers, body: JSON.stringify(body) }, 'sandbox')
    return true
  }
  try {
    switch (`${request.method} ${pathname.slice('/_sandbox/'.length)}`) {
      case 'GET clock':
        return answer(200, { now: door.now() })
      case 'POST clock': {
        const { advanceMs } = clockBody.parse(readObject(request.body))
        if (door.now() + advanceMs > latest) return answer(400, { message: 'That is after the year 9999.' })
        door.advance(advanceMs)
        return answer(200, { now: door.now() })
      }
      case 'POST faults': {
        const given: unknown = JSON.parse(request.body.toString())
        door.addFaults(
          z
            .array(fault)
            .parse(Array.isArray(given) ? given : [given])
            .map(withoutUndefined),
        )
        return answer(200, {})
      }
      case 'POST webhook':
        door.setWebhook(webhook.parse(readObject(request.body)))
        return answer(200, {})
      case 'DELETE webhook':
        door.setWebhook(undefined)
        return answer(200, {})
      case 'DELETE faults':
        door.clearFaults()
        return answer(200, {})
      case 'GET calls':
        return answer(200, { calls: door.calls() })
      case 'GET inventory':
        return answer(200, { resources: door.inventory() })
      case 'GET text-messages':
        return answer(200, { messages: door.textMessages() })
      default:
        return answer(404, { message: `The sandbox has no ${request.method} ${pathname}.` })
    }
  } catch (error) {
    return answer(400, { message: error instanceof Error ? error.message : String(error) })
  }
}
