// SendZen for the contracts: the sandbox.
import { sendzen } from '../../../src/core/messaging/sendzen.ts'
import { createSendzenApi } from '../../../src/messaging/sendzen/api.ts'
import { account } from '../../../src/sandbox/sendzen/account.ts'
import type { Fate, FateName } from '../../../src/sandbox/sendzen/fates.ts'
import { startSandbox } from '../../../src/sandbox/server.ts'
import type { ProviderBench, Whim } from './bench.ts'

const refused = (status: number, headers: Record<string, string>): Fate => ({
  refusal: { status, code: 'NO', details: 'no', headers },
})

function fateOf(whim: Whim): Fate | FateName {
  if (typeof whim === 'object') return refused(307, { location: whim.redirectTo })
  const fates = {
    'no such recipient': 'notOnWhatsApp',
    'late failure': 'notOnWhatsAppLate',
    'too busy, try at once': refused(429, { 'retry-after': '0' }),
    'server error': 'serverError',
    'slow answer': 'verySlow',
    'cut connection': 'answerLost',
    garbage: 'malformedAnswer',
  } as const
  return fates[whim]
}

export async function startSendzenBench(): Promise<ProviderBench> {
  const { endpoint, sendzen: service, inbox, close } = await startSandbox()
  return {
    provider: sendzen,
    connect: createSendzenApi,
    url: `${endpoint}/v1/messages`,
    key: account.apiKey,
    account: {
      sender: account.senders[0].phone,
      template: account.template,
      language: 'en_US',
      expiryMinutes: 5,
    },
    meetNext: (whim) => service.failNext(fateOf(whim)),
    trouble: (what) => {
      service.outage = what === 'outage'
      service.slowMs = typeof what === 'number' ? what : 0
    },
    attempts: () => service.attempts,
    lastMessage: () => inbox.list().at(-1),
    deliveredBody: (id, to) =>
      JSON.stringify({
        entry: [
          {
            changes: [
              {
                value: { statuses: [{ id, status: 'delivered', timestamp: '1700000000', recipient_id: to }] },
              },
            ],
          },
        ],
      }),
    close,
  }
}
