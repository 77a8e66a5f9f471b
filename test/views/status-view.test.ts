// What status says of a day: failures by what they are, and no cause that nobody gave.
import { expect, it } from 'vitest'
import { sendzen } from '../../src/core/messaging/sendzen.ts'
import { createTheme } from '../../src/terminal/theme.ts'
import { activityLines } from '../../src/views/status-view.ts'
import { countActivity } from '../insight/tally.ts'

const view = { theme: createTheme(false), dataWidth: 200 }
const failed = (fields: object) => JSON.stringify({ event: 'otp_failed', channel: 'whatsapp', ...fields })

it('a refused connection is not called refused by the provider, and a refused country is no refused key', () => {
  const lines = activityLines(
    countActivity([
      failed({ providerCode: 'refused', reason: 'provider' }),
      failed({ providerCode: '130497', reason: 'recipient', httpStatus: 403 }),
      failed({ reason: 'operator', httpStatus: 403 }),
    ]),
    view,
    sendzen,
  )
  expect(lines).toEqual([
    'Last 24 h  0 sent, 3 failed, 0 verified, 0 wrong',
    '           1× otp_failed: no connection to SendZen: nothing listens at its address',
    '           1× otp_failed: this business may not message users in that country (130497)',
    '           1× otp_failed: SendZen refuses the key (403)',
  ])
})
