// What doctor finds of SendZen: the key, the sender and the template.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Terminal } from '../../cli/terminal.ts'
import { ailments } from './ailments.ts'
import { sendzenWith } from './between.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await Terminal.start()
})
afterAll(() => terminal.close())

describe('doctor on SendZen, before the first deploy', () => {
  it('finds a key that SendZen refuses, and never shows it', async () => {
    const options = { env: { SENDZEN_API_KEY: 'sz_live_of-nobody' } }
    const { code, ill, skipped } = await ailments(terminal, 'doctor', options)
    expect(ill).toMatchInlineSnapshot(`
      {
        "sendzen.key": "fail: SendZen refuses SENDZEN_API_KEY (environment): it answered 401: the key is wrong, expired, or of another project",
        "stage": "warn: there is no stage «dev» in this account and region yet",
      }
    `)
    expect([code, skipped]).toEqual([1, ['sendzen.sender', 'sendzen.template']])
    expect(JSON.stringify(ill)).not.toContain('of-nobody')
  })

  it('finds an outage of SendZen', async () => {
    terminal.sandbox.sendzen.outage = true
    const { code, ill } = await ailments(terminal)
    terminal.sandbox.sendzen.outage = false
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        1,
        {
          "sendzen.key": "fail: SendZen has an outage: SendZen has a fault of its own (503); no code can be sent",
          "stage": "warn: there is no stage «dev» in this account and region yet",
        },
      ]
    `)
  })

  it('finds a sender that is disconnected', async () => {
    const options = await sendzenWith(terminal, /waba$/, (body) => body.replace('CONNECTED', 'DISCONNECTED'))
    const { code, ill } = await ailments(terminal, 'doctor', options)
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        1,
        {
          "sendzen.sender": "fail: +15550100900: it is disconnected",
          "stage": "warn: there is no stage «dev» in this account and region yet",
        },
      ]
    `)
  })

  it('finds a sender that the account lacks', async () => {
    expect((await ailments(terminal, 'doctor --from +4915100000000')).ill).toMatchInlineSnapshot(`
      {
        "sendzen.sender": "fail: the account has no sender +4915100000000; it has +15550100900, +15550100901",
        "stage": "warn: there is no stage «dev» in this account and region yet",
      }
    `)
  })

  it('finds a template that is not approved in one language', async () => {
    const { code, ill } = await ailments(terminal, 'doctor --languages en_US,fr,es')
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        1,
        {
          "stage": "warn: there is no stage «dev» in this account and region yet",
          "template.fr": "fail: there is none in fr; there is en, en_US, es, pt_BR",
        },
      ]
    `)
    expect((await ailments(terminal, 'doctor --template otp_pending')).ill).toMatchInlineSnapshot(`
      {
        "stage": "warn: there is no stage «dev» in this account and region yet",
        "template.en_US": "fail: it still waits for approval by Meta",
      }
    `)
  })

  it('finds a template without the button for the code', async () => {
    const options = await sendzenWith(terminal, /message_templates/, () =>
      JSON.stringify({
        data: [
          {
            name: 'otp_login',
            language: 'en_US',
            status: 'APPROVED',
            category: 'AUTHENTICATION',
            components: [{ type: 'BODY', text: '{{1}}' }],
          },
        ],
      }),
    )
    const { code, ill } = await ailments(terminal, 'doctor', options)
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        1,
        {
          "stage": "warn: there is no stage «dev» in this account and region yet",
          "template.en_US": "fail: it has no button for the code",
        },
      ]
    `)
  })

  it('warns of a footer that says another time', async () => {
    const { code, ill } = await ailments(terminal, 'doctor --otp-expiry-minutes 3')
    expect([code, ill]).toMatchInlineSnapshot(`
      [
        0,
        {
          "stage": "warn: there is no stage «dev» in this account and region yet",
          "template.expiry": "warn: its footer says 5 min, codes live 3 min (OTP_EXPIRY_MINUTES); WhatsApp may deliver it <duration> later, when the code is dead",
        },
      ]
    `)
  })
})
