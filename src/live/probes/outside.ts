// When permissions count, and what messages take.
import { followDelivery } from '../../messaging/delivery.ts'
import type { Sending } from '../scene/ground.ts'
import type { Finding, Probe } from '../scene/probe.ts'
import { said } from '../scene/said.ts'
import type { Scene } from '../scene/scene.ts'

export const permissionSpread: Probe = {
  matter: 'permissionSpread',
  needs: 'triggers',
  cost: { requests: 10 },
  async run(scene) {
    const { spread, behind } = await scene.echoPool()
    const { ms, refusals, refusal } = spread
    const evidence = `the first challenge came ${ms} ms after AddPermission, after ${refusals} refusals${refusal ? ` (${said(refusal)})` : ''}; Lambda took the new role after ${behind.roleAfterMs} ms`
    return { way: refusals === 0 ? 'at-once' : 'late', evidence }
  },
}

export const smsPermission: Probe = {
  matter: 'smsPermission',
  needs: 'sms',
  cost: { texts: 1, requests: 2 },
  async run(scene) {
    const { behind } = await scene.echoPool()
    const { status, missing } = await behind.invoke({ sms: scene.options.phone })
    const asked = 'Publish to a number by a role that has sns:Publish alone'
    if (status === 200) return { way: 'sns', evidence: `${asked} was taken` }
    const evidence = `${asked}: HTTP ${status}${missing ? `, ${missing} is missing` : ''}`
    if (String(missing).startsWith('sms-voice:')) return { way: 'sms-voice', evidence }
    return { evidence, why: 'it was refused for another reason' }
  },
}

/** One message, sent once for both of its probes. */
function send(scene: Scene) {
  return scene.once('message', async () => {
    const sending = scene.options.sending as Sending
    const { account, phone, from, template, language } = sending
    const sentAt = scene.aws.clock.now()
    // It is no code of anything.
    const { id } = await account.sendTemplate({ from, to: phone, template, language, code: '000000' })
    return { id, sentAt, sending, answer: sending.answers.at(-1) }
  })
}

export const sendzenStatus: Probe = {
  matter: 'sendzenStatus',
  needs: 'message',
  cost: { messages: 1 },
  async run(scene) {
    const { answer, id } = await send(scene)
    const evidence = `a message that was accepted: HTTP ${answer?.status}, ${id ? 'with' : 'without'} an id`
    return answer?.status === 200 || answer?.status === 202
      ? { way: String(answer.status), evidence }
      : { evidence, why: 'it is neither 200 nor 202' }
  },
}

/** How long the log of messages is read for it. */
const patienceMs = 60_000

export const sendzenRecipient: Probe = {
  matter: 'sendzenRecipient',
  needs: 'message',
  cost: {},
  async run(scene): Promise<Finding> {
    const { id, sentAt, sending, answer } = await send(scene)
    const { phone: to, account: api } = sending
    const { clock, signal } = scene.aws
    let log = 'its log shows nothing of the message'
    let inLog: Form | undefined
    for await (const { matchedBy, status, at } of followDelivery({
      ...{ api, id, to, sentAt, clock, capMs: patienceMs, signal },
    })) {
      if (!matchedBy) break
      const reports = await api.readReports({ id, from: sentAt - 60_000, to: clock.now() + 60_000 })
      const own = reports.find(({ recipient }) => recipient.replace(/\D/g, '') === to.replace(/\D/g, ''))
      inLog = own && (own.recipient.startsWith('+') ? 'as-sent' : 'digits')
      log = `its log shows «${status}» after ${Math.max(0, at - sentAt)} ms, found by ${matchedBy}, with the number ${inLog ? inWords[inLog] : 'in a form of its own'}`
      break
    }
    const inAnswer = answer?.recipient
    const evidence = `sent with a plus; the answer gives the number ${inAnswer ? inWords[inAnswer] : 'not'}; ${log}`
    if (inAnswer && inAnswer === inLog) return { way: inAnswer, evidence }
    if (inAnswer === 'as-sent' && inLog === 'digits') return { way: 'mixed', evidence }
    return { evidence, why: 'it is none of the ways that the table has' }
  },
}

type Form = 'as-sent' | 'digits'
const inWords = { 'as-sent': 'with the plus', digits: 'without it' }
