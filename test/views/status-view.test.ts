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
    '           1× the message failed: no connection to SendZen: nothing listens at its address',
    '           1× the message failed: this business may not message users in that country (130497)',
    '           1× the message failed: SendZen refuses the key (403)',
  ])
})

const linesOf = (messages: object[]) =>
  activityLines(countActivity(messages.map((line) => JSON.stringify(line))), view, sendzen)

it('says why in words', () => {
  const told = linesOf([
    { event: 'otp_failed', providerCode: '132001' },
    { event: 'otp_failed', providerCode: '132001' },
    { event: 'signup_refused', reason: 'country' },
  ])
  expect(told.join('\n')).toMatchInlineSnapshot(`
    "Last 24 h  0 sent, 2 failed, 0 verified, 0 wrong, 1 sign-up refused
               2× the message failed: the template does not exist, or is not approved, in this language (132001)
               1× sign-up refused: the country is not among ALLOWED_COUNTRIES"
  `)
})

it('counts the reasons to their end', () => {
  const codes = ['131026', '131049', '131050', '132001', '132015', '133010', '190', '368']
  const told = linesOf(codes.map((providerCode) => ({ event: 'otp_failed', providerCode })))
  expect(told).toHaveLength(7)
  expect(told.at(-1)?.trim()).toBe('and 3 more reasons')
})
