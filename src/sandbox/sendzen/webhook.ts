// SendZen's webhook: posts every change of a message's status, as Meta's body, signed with the secret that was set.

import { createHmac } from 'node:crypto'
import type { World } from '../account/world.ts'
import type { Webhook } from './control.ts'
import type { Message } from './inbox.ts'
import { webhookBody } from './logs.ts'

/** Real milliseconds before a post that failed is made again; nobody knows how SendZen repeats. */
const pausesMs = [0, 300, 1_000]

export function createWebhook(world: World) {
  let webhook: Webhook | undefined

  async function deliver({ url, secret }: Webhook, body: string): Promise<void> {
    const signature = createHmac('sha256', secret).update(body).digest('hex')
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` }
    for (const pause of pausesMs) {
      if (pause > 0) await world.sleep(pause)
      const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined)
      await answer?.arrayBuffer().catch(() => undefined)
      if (answer && answer.status < 500 && answer.status !== 429) return
    }
  }

  return {
    set: (given: Webhook | undefined): void => {
      webhook = given
    },
    /** Nothing waits for it. */
    post(message: Message, phoneNumberId: string): void {
      if (!webhook) return
      const body = webhookBody(message, phoneNumberId, world.now(), world)
      void deliver(webhook, body).catch(() => undefined)
    },
  }
}
