// Errors of the functions themselves: which are a problem now, and whose they are.
import { expect, it } from 'vitest'
import { sendzen } from '../../../src/core/messaging/sendzen.ts'
import { latestOf } from '../../../src/insight/judgement/latest.ts'
import { troubleProblems } from '../../../src/insight/judgement/troubles.ts'

const now = Date.UTC(2026, 10, 28, 3)
const judged = { stage: 'dev', provider: sendzen, now }

/** Minutes ago, and the line. */
const seen = (...lines: [number, object][]) =>
  latestOf([
    {
      trigger: 'createAuthChallenge',
      events: lines.map(([ago, line]) => ({ at: now - ago * 60_000, message: JSON.stringify(line) })),
    },
  ])

const table = (reason: string) => ({ event: 'otp_store_error', reason })
const told = (isOut: boolean, ...lines: [number, object][]) =>
  troubleProblems(judged, seen(...lines), { isOut }).map(({ id, grave, cause }) => `${id} ${grave}: ${cause}`)

it('a throttled table is one once nobody gets through', () => {
  const throttled = table('ProvisionedThroughputExceededException')
  const words = 'DynamoDB throttles the table whatsapp-otp-dev (ProvisionedThroughputExceededException)'
  expect(told(true, [1, throttled])).toEqual([`table true: ${words}`])
  expect(told(false, [1, throttled])).toEqual([`table false: ${words}`])
  expect(told(false, [3, throttled], [2, throttled], [1, throttled])).toEqual([
    `table true: ${words}, 3 times lately`,
  ])
  expect(told(false, [3, throttled], [2, throttled], [1, { event: 'otp_sent' }])).toEqual([])
  expect(told(false, [17, throttled], [16, throttled], [15.1, throttled])).toEqual([])
})

it.each([
  [
    table('AccessDeniedException'),
    'createAuthChallenge may not use the table whatsapp-otp-dev (AccessDeniedException)',
  ],
  [
    table('ResourceNotFoundException'),
    'createAuthChallenge finds the table whatsapp-otp-dev missing (ResourceNotFoundException)',
  ],
  [table('refused'), 'createAuthChallenge cannot reach DynamoDB (refused)'],
  [
    { event: 'otp_secrets_error', reason: 'SecretsError' },
    'createAuthChallenge finds its secrets missing or unreadable (SecretsError)',
  ],
  [
    { event: 'otp_internal_error', reason: 'TypeError' },
    'createAuthChallenge failed with a defect of its own (TypeError)',
  ],
  [
    { type: 'platform.report', record: { status: 'timeout' } },
    'createAuthChallenge was cut off or ended by itself (timeout)',
  ],
])('%j is told by what it is', (line, cause) => {
  const [problem] = troubleProblems(judged, seen([1, line]), { isOut: true })
  expect(problem).toMatchObject({ grave: true, cause })
  expect(problem?.next.join()).toContain('whatsapp-otp')
})

it('those of the function that takes reports keep nobody from signing in', () => {
  const at = now - 60_000
  const message = JSON.stringify(table('AccessDeniedException'))
  const events = Array.from({ length: 4 }, () => ({ at, message }))
  const problems = troubleProblems(judged, latestOf([{ trigger: 'deliveryStatus', events }]), { isOut: true })
  expect(problems).toMatchObject([
    { grave: false, cause: expect.stringMatching(/^deliveryStatus may not use the table/) },
  ])
})
