import { describe, expect, it } from 'vitest'
import type { Template } from '../../src/messaging/provider.ts'
import { judgeTemplates, obstacleOf } from '../../src/messaging/templates.ts'

/** As Meta gives an authentication template back: the button has become a URL. */
function template(changes: Partial<Template> = {}): Template {
  return {
    name: 'otp',
    language: 'en_US',
    status: 'APPROVED',
    category: 'AUTHENTICATION',
    components: [
      { type: 'BODY', text: '*{{1}}* is your verification code.' },
      { type: 'FOOTER', code_expiration_minutes: 5 },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'URL', url: 'https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}' },
        ],
      },
    ],
    message_send_ttl_seconds: 300,
    ...changes,
  }
}

const judge = (list: Template[], languages: string[] = [], expiryMinutes = 5) =>
  judgeTemplates(list, { languages, expiryMinutes })

describe('a template', () => {
  it('that is approved, for codes and with a code button can be used', () => {
    expect(obstacleOf(template())).toBeUndefined()
    expect(obstacleOf(template({ status: 'approved', category: 'authentication' }))).toBeUndefined()
    expect(obstacleOf(template({ components: [] }))).toBeUndefined()
  })

  it.each(['ONE_TAP', 'ZERO_TAP'])('whose button is Android’s %s can be used as well', (kind) => {
    const url = `https://www.whatsapp.com/otp/code/?otp_type=${kind}&cta_display_name=Autofill&code=otp{{1}}`
    const components = [{ type: 'BUTTONS', buttons: [{ type: 'URL', url }] }]
    expect(obstacleOf(template({ components }))).toBeUndefined()
  })

  it.each([
    ['waits', { status: 'PENDING' }, 'still waits for approval by Meta'],
    ['was rejected', { status: 'REJECTED' }, 'was rejected by Meta'],
    ['is in a state nobody here knows', { status: 'IN_APPEAL' }, 'not approved (in_appeal)'],
    ['has the wrong category', { category: 'UTILITY' }, 'category is utility, not authentication'],
    ['has no button', { components: [{ type: 'BODY' }] }, 'has no button for the code'],
    [
      'has another kind of button',
      { components: [{ type: 'BUTTONS', buttons: [{ type: 'URL', url: 'https://example.com' }] }] },
      'has no button for the code',
    ],
  ])('that %s cannot, for that reason', (_, changes, reason) => {
    expect(obstacleOf(template(changes))).toBe(reason)
  })

  it('is judged over all its languages', () => {
    const list = [template(), template({ language: 'de' }), template({ language: 'fr', status: 'PENDING' })]
    expect(judge(list, ['de', 'en_US'])[0]).toMatchObject({
      usable: true,
      languages: ['en_US', 'de'],
      missing: [],
    })
    expect(judge(list, ['en_US', 'fr', 'es'])[0]).toMatchObject({
      usable: false,
      missing: ['fr', 'es'],
      reason: 'fr still waits for approval by Meta, es is missing',
    })
    expect(judge(list)[0]).toMatchObject({ usable: true })
  })

  it('takes en and en_US for two languages', () => {
    expect(judge([template()], ['en'])[0]?.reason).toBe('en is missing')
  })

  it('whose footer or life differs from that of the codes is usable with a warning', () => {
    const [judged] = judge([template({ message_send_ttl_seconds: 600 })], ['en_US'], 3)
    expect(judged?.usable).toBe(true)
    expect(judged?.warnings).toEqual([
      'its footer says 5 min, codes live 3 min (OTP_EXPIRY_MINUTES)',
      'WhatsApp may deliver it 600 s later, when the code is dead',
    ])
    expect(judge([template()], ['en_US'], 5)[0]?.warnings).toEqual([])
  })
})
