// A sign-in of the demo as lines: who asks what, what Cognito answers, and the message on the phone.
import { expect, it } from 'vitest'
import { stepLines } from '../../src/demo/conversation.ts'
import type { Step } from '../../src/sandbox/door/flow.ts'
import { widthOf } from '../../src/terminal/layout.ts'
import { createTheme } from '../../src/terminal/theme.ts'

const talk = { phone: '+15550100001', sender: '15550100900', theme: createTheme(false) }
const step = (parts: Partial<Step>): Step => ({
  ...{ n: 1, at: Date.UTC(2026, 10, 28, 8, 5), from: 'app', to: 'cognito', kind: 'call', name: 'SignUp' },
  ...{ isOk: true, about: {} },
  ...parts,
})
const challenge = { codeLength: '6', expiresIn: '300', resendIn: '45', attemptsLeft: '3' }

it.each<[string, Partial<Step>, string]>([
  ['a sign-up', { name: 'SignUp' }, 'app → Cognito  SignUp +15550100001'],
  ['its answer', { kind: 'answer', about: { confirmed: 'true' } }, 'Cognito → app  UserConfirmed true'],
  [
    'a challenge',
    { kind: 'answer', about: { ...challenge, status: 'sent' } },
    'Cognito → app  challenge, sent: 6 digits, 300 s',
  ],
  [
    'a code',
    { name: 'RespondToAuthChallenge', about: { answer: '123456' } },
    'app → Cognito  RespondToAuthChallenge 123456',
  ],
  [
    'a wrong one',
    { kind: 'answer', about: { ...challenge, status: 'wrong', attemptsLeft: '2' } },
    'Cognito → app  challenge, wrong: 2 tries left',
  ],
  [
    'tokens',
    { kind: 'answer', about: { tokens: 'AccessToken, IdToken, RefreshToken' } },
    'Cognito → app  access, ID and refresh token',
  ],
])('tells %s in one line', (_, parts, line) => {
  expect(stepLines(step(parts), talk)).toEqual([`  ${line}`])
})

it('shows the message as a bubble that fits into 50 columns', () => {
  const lines = stepLines(
    step({ kind: 'arrival', from: 'sendzen', to: 'phone', about: { code: '012345' } }),
    talk,
  )
  expect(lines).toEqual([
    '    ╭ WhatsApp · +15550100900 ─────────────────╮',
    '    │ 012345 is your verification code.  08:05 │',
    '    ╰──────────────────────────────────────────╯',
  ])
  expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(50)
})

it.each(['invoke', 'return', 'reply', 'status', 'note'] as const)('says nothing of a %s', (kind) => {
  expect(stepLines(step({ kind }), talk)).toEqual([])
})
