// Every line in words: its sentence, its reason, and a code of Meta with what it means.
import { describe, expect, it } from 'vitest'
import { eventWords } from '../../src/core/event-words.ts'
import { sendzen } from '../../src/core/messaging/sendzen.ts'
import { wordsOf } from '../../src/insight/event-words.ts'

const told = (event: string, fields = {}) => wordsOf({ event, fields }, sendzen)

describe('an event in words', () => {
  it('is one sentence, without a full stop', () => {
    for (const { says, reasons = {} } of Object.values(eventWords)) {
      for (const text of [says, ...Object.values(reasons)]) expect(text).toMatch(/^[^.]+[^.]$/)
    }
  })

  it('says the reason, and a code of Meta with its words', () => {
    expect(told('otp_suppressed', { reason: 'cooldown' })?.words).toBe(
      'the message was held back by a limit: the pause between two messages (RESEND_COOLDOWN_SECONDS)',
    )
    const failed = told('otp_failed', { reason: 'recipient', providerCode: '131026' })
    expect(failed?.words).toMatch(/^the message failed: the number is not on WhatsApp.* \(131026\)$/)
    expect(failed?.fields.has('providerCode')).toBe(true)
  })

  it('shows what it has no words for as it is', () => {
    expect(told('otp_store_error', { reason: 'ECONNRESET' })?.words).toMatch(/: ECONNRESET$/)
    expect(told('otp_rejected', { reason: 'constructor' })?.words).toBe('answer not accepted: constructor')
    expect(told('platform.report')).toBe(undefined)
    expect(told('constructor')).toBe(undefined)
  })
})
