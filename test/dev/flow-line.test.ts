// What `dev` prints of sign-ins: codes, refusals in words, and who is in.
import { describe, expect, it } from 'vitest'
import { flowLine } from '../../src/dev/flow-line.ts'
import type { Step } from '../../src/sandbox/door/flow.ts'
import { createTheme } from '../../src/terminal/theme.ts'

const flow = { id: '1', name: '+15550100001', at: 0, state: 'open' as const, outcome: '' }

function lineOf(step: Partial<Step> & Pick<Step, 'kind'>): string | undefined {
  const whole: Step = {
    n: 1,
    at: 0,
    from: 'app',
    to: 'cognito',
    name: 'name',
    isOk: true,
    about: {},
    ...step,
  }
  return flowLine({ type: 'step', flow, step: whole }, createTheme(false))?.replace(/^\d\d:\d\d:\d\d /, '')
}

describe('a line of a sign-in', () => {
  it.each([
    [
      'a code',
      { kind: 'arrival', about: { to: '+15550100002', code: '123456' } },
      ' +15550100002  code 123456',
    ],
    [
      'an SMS',
      { kind: 'arrival', name: 'SMS', about: { message: '1234 is it' } },
      ' +15550100001  SMS: 1234 is it',
    ],
    ['tokens', { kind: 'answer', about: { tokens: 'IdToken' } }, ' +15550100001  signed in'],
    ['why nothing came', { kind: 'note', isOk: false, name: 'no message' }, ' +15550100001  no message'],
    [
      'a late failure',
      { kind: 'status', isOk: false, about: { why: '131026' } },
      ' +15550100001  the message failed: 131026',
    ],
    [
      'a function that fails',
      { kind: 'return', isOk: false, name: 'PreSignUp', about: { error: 'timeout' } },
      ' +15550100001  PreSignUp failed: timeout',
    ],
    [
      'a call that is refused',
      { kind: 'answer', isOk: false, about: { error: 'E', message: 'No.' } },
      ' +15550100001  No.',
    ],
  ] as const)('says %s', (_what, step, line) => {
    expect(lineOf(step)).toBe(line)
  })

  it.each(['call', 'invoke', 'return', 'send', 'reply', 'status', 'note', 'answer'] as const)(
    'leaves a %s that goes well to the page',
    (kind) => {
      expect(lineOf({ kind })).toBeUndefined()
    },
  )
})
