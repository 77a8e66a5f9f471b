// The inbox keeps what is newest, in the order in which it came, of all numbers and of each.
import { expect, it } from 'vitest'
import { createInbox, type Message } from '../../../src/sandbox/sendzen/inbox.ts'

const [ann, bob] = ['+15550100001', '+15550100002']

const message = (nth: number): Message => ({
  id: `msg_${nth}`,
  to: nth % 2 ? bob : ann,
  from: '15550100900',
  template: 'otp_login',
  language: 'en_US',
  code: String(nth),
  status: 'queued',
  at: '2026-01-01T00:00:00.000Z',
})

const filled = (count: number) => {
  const inbox = createInbox()
  for (let nth = 0; nth < count; nth++) inbox.add(message(nth))
  return inbox
}

it('keeps the newest 10,000 of 10,001 messages', () => {
  const inbox = filled(10_001)
  expect(inbox.list()).toHaveLength(10_000)
  expect(inbox.list()[0]?.code).toBe('1')
  expect(inbox.list(ann)).toHaveLength(5_000)
  expect(inbox.list(ann)[0]?.code).toBe('2')
  expect(inbox.list(ann).at(-1)?.code).toBe('10000')
  expect(inbox.get('msg_0')).toBeUndefined()
  expect(inbox.move('msg_0', 'sent')).toBe(false)
})

it('lists the messages of a number, written with or without its plus, and throws away no others', () => {
  const inbox = filled(5)
  expect(inbox.list(' 15550100001').map(({ code }) => code)).toEqual(['0', '2', '4'])
  inbox.clear(ann)
  expect(inbox.list(ann)).toEqual([])
  expect(inbox.list().map(({ code }) => code)).toEqual(['1', '3'])
  inbox.add(message(6))
  expect(inbox.list(ann).map(({ code }) => code)).toEqual(['6'])
})

it('hands out copies', () => {
  const inbox = filled(1)
  for (const one of [inbox.get('msg_0'), ...inbox.list(), ...inbox.list(ann)]) {
    expect(one?.status).toBe('queued')
    if (one) one.status = 'failed'
  }
})
