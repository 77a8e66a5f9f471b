// When failed messages are a problem of the stage, and what is named as their cause.
import { describe, expect, it } from 'vitest'
import { sendzen } from '../../../src/core/messaging/sendzen.ts'
import { latestOf, withReports } from '../../../src/insight/judgement/latest.ts'
import { reportProblems, sendProblems } from '../../../src/insight/judgement/sends.ts'

const now = Date.UTC(2026, 10, 28, 3)
const judged = { stage: 'dev', provider: sendzen, now }
const minute = 60_000

interface Line {
  /** Minutes ago. */
  ago: number
  event?: string
  [field: string]: unknown
}

const latest = (...lines: Line[]) =>
  latestOf([
    {
      trigger: 'createAuthChallenge',
      events: lines.map(({ ago, event = 'otp_sent', ...fields }) => ({
        at: now - ago * minute,
        message: JSON.stringify({ event, ...fields }),
      })),
    },
  ])

const sent = (ago: number, fields: object = {}): Line => ({ ago, ...fields })
const failed = (ago: number, fields: object): Line => ({ ago, event: 'otp_failed', ...fields })
const key = { httpStatus: 401, reason: 'operator' }
const busy = { httpStatus: 503, reason: 'provider' }
const noWhatsApp = { httpStatus: 400, providerCode: '131026', reason: 'recipient' }

const many = (times: number, make: (ago: number) => Line) =>
  Array.from({ length: times }, (_, nth) => make(1 + nth * 0.1))

/** `grave`, `mild` or `none`. */
const weight = (lines: Line[], keyChangedAt?: number) => {
  const [problem] = sendProblems(judged, latest(...lines), keyChangedAt)
  return problem === undefined ? 'none' : problem.grave ? 'grave' : 'mild'
}

describe('failed messages', () => {
  it.each<[string, Line[], string]>([
    ['none at all', [], 'none'],
    ['all went out', many(9, sent), 'none'],
    ['the key was refused once, and nothing went out since', [sent(3), failed(2, key)], 'grave'],
    ['the key was refused, and others went out since', [failed(3, key), failed(2, key), sent(1)], 'none'],
    ['a template is paused', [failed(2, { providerCode: '132015', reason: 'operator' })], 'grave'],
    [
      'one was refused in words that nobody knows',
      [failed(2, { httpStatus: 400, reason: 'operator' })],
      'mild',
    ],
    ['two faults of the provider', [failed(3, busy), failed(2, busy)], 'mild'],
    ['three of them, and nothing since', [failed(4, busy), failed(3, busy), failed(2, busy)], 'grave'],
    ['one of five failed', [failed(9, busy), ...many(4, sent)], 'mild'],
    ['two of five failed', [failed(9, busy), failed(8, busy), ...many(3, sent)], 'grave'],
    ['one number has no WhatsApp', [failed(2, noWhatsApp)], 'mild'],
    [
      'five of nine numbers have none',
      [...many(5, (ago) => failed(ago + 9, noWhatsApp)), ...many(4, sent)],
      'mild',
    ],
    [
      'six of ten numbers have none',
      [...many(6, (ago) => failed(ago + 9, noWhatsApp)), ...many(4, sent)],
      'grave',
    ],
    [
      'all are cut off without an answer',
      many(3, (ago) => ({ ago, event: 'otp_unknown', providerCode: 'timeout' })),
      'grave',
    ],
    ['an hour ago, and five went out since', [failed(61, key), ...many(5, sent)], 'none'],
    [
      'an hour ago, and little since',
      [failed(70, busy), failed(65, busy), sent(62), sent(3), sent(2)],
      'grave',
    ],
  ])('%s', (_, lines, expected) => {
    expect(weight(lines)).toBe(expected)
  })

  it('of before the key was changed say nothing about the one that is there now', () => {
    const lines = [failed(10, key), failed(9, key)]
    expect(weight(lines, now - 5 * minute)).toBe('none')
    expect(weight(lines, now - 9.5 * minute)).toBe('grave')
    expect(weight([failed(10, busy), failed(9, busy), failed(8, busy)], now - 5 * minute)).toBe('grave')
  })

  it('are named by what was answered, the most frequent first, with what ends it', () => {
    const [problem] = sendProblems(judged, latest(failed(4, busy), failed(3, key), failed(2, key)))
    expect(problem).toEqual({
      id: 'sends',
      grave: true,
      cause:
        '3 of the last 3 messages failed, the latest 2 min ago: SendZen refuses the key (401); SendZen has a fault of its own (503)',
      next: [
        'make a key at https://app.sendzen.io, then whatsapp-otp rotate-key --stage dev',
        'whatsapp-otp logs createAuthChallenge --stage dev --since 1h',
      ],
    })
  })

  it('do not blame the stage for a number of their own', () => {
    const [problem] = sendProblems(
      judged,
      latest(failed(4, busy), ...many(3, (ago) => failed(ago, noWhatsApp)), sent(0.5)),
    )
    expect(problem?.cause).toContain('not on WhatsApp')
  })
})

describe('messages that fail later', () => {
  const report = (ago: number, messageId: string, status: string, providerCode?: string): Line => ({
    ...{ ago, event: `report_${status}`, messageId, status },
    ...(providerCode ? { providerCode } : {}),
  })

  it('count as failed, whether the stage or the provider has the report', () => {
    const lines = [sent(4, { messageId: 'a' }), sent(3, { messageId: 'b' })]
    const own = latest(...lines, report(2, 'a', 'failed', '131042'), report(2, 'b', 'failed', '131042'))
    expect(sendProblems(judged, own)).toMatchObject([
      { grave: true, cause: expect.stringContaining('payment method') },
    ])
    const kept = withReports(latest(...lines), [
      {
        id: 'b',
        status: 'failed',
        at: now,
        recipient: '',
        error: { code: 131042, class: 'configuration', why: '', next: '' },
      },
    ])
    expect(sendProblems(judged, kept)).toMatchObject([{ grave: true }])
  })

  it('have not failed once they have arrived, in whatever order that is said', () => {
    for (const order of [
      ['delivered', 'failed'],
      ['failed', 'delivered'],
    ] as const) {
      const reports = order.map((status, nth) => report(2 - nth, 'a', status, '131042'))
      expect(sendProblems(judged, latest(sent(4, { messageId: 'a' }), ...reports))).toEqual([])
    }
  })

  it('of other stages are none of ours', () => {
    expect(
      sendProblems(judged, latest(sent(4, { messageId: 'a' }), report(2, 'z', 'failed', '131042'))),
    ).toEqual([])
  })
})

describe('missing delivery reports', () => {
  const accepted = (ago: number) => sent(ago, { messageId: `m${ago}` })
  const report = (ago: number): Line => ({
    ago,
    event: 'report_delivered',
    messageId: 'm40',
    status: 'delivered',
  })

  const missing = (lines: Line[], changedAt = 0) => {
    const [problem] = reportProblems(judged, latest(...lines), changedAt)
    return problem === undefined ? 'none' : problem.grave ? 'grave' : 'mild'
  }

  it.each<[string, Line[], string]>([
    ['for three messages', [accepted(40), accepted(30), accepted(20)], 'grave'],
    ['for two', [accepted(40), accepted(30)], 'mild'],
    ['for messages that are too young for one', [accepted(14), accepted(10), accepted(5)], 'none'],
    ['for messages of hours ago', [accepted(200), accepted(180), accepted(170)], 'none'],
    ['but one has come since', [accepted(40), accepted(30), accepted(20), report(35)], 'none'],
    [
      'since the last one, which came before',
      [accepted(40), accepted(30), accepted(20), report(45)],
      'grave',
    ],
    ['where nothing was taken', [failed(40, busy), failed(30, busy), failed(20, busy)], 'none'],
  ])('%s', (_, lines, expected) => {
    expect(missing(lines)).toBe(expected)
  })

  it('of before there was a secret to sign with are no matter', () => {
    const lines = [accepted(40), accepted(30), accepted(20)]
    expect(missing(lines, now - 10 * minute)).toBe('none')
    expect(missing(lines, now - 35 * minute)).toBe('mild')
    expect(missing(lines, now - 50 * minute)).toBe('grave')
  })

  it('are not waited for of SMS, which nobody reports', () => {
    const texts = [40, 30, 20].map((ago) => sent(ago, { messageId: `s${ago}`, channel: 'sms' }))
    expect(missing(texts)).toBe('none')
  })

  it('are told from such as come with the wrong signature', () => {
    const refused = { ago: 18, event: 'report_refused', reason: 'signature' }
    const causes = [[accepted(20)], [accepted(20), refused], [accepted(17), refused]].map(
      (lines) => reportProblems(judged, latest(...lines), 0)[0]?.cause.split(': ')[1],
    )
    const unknown = 'SendZen may not know the address'
    expect(causes).toEqual([unknown, 'requests arrive, but without the right signature', unknown])
  })
})
