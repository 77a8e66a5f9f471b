// Who is signing in: both marks prove a number, and whoever gets no code is told apart for the log alone.
import { describe, expect, it } from 'vitest'
import { deriveIdKey } from '../../src/core/keys.ts'
import { describeSubject, type SubjectEvent, subjectOf } from '../../src/core/subject.ts'

const clients = { signup: 'client-signup', login: 'client-login' }
const idKey = deriveIdKey(Buffer.alloc(32, 1))
const number = '+12025550123'

function eventOf(
  userAttributes: Record<string, string> | null | undefined,
  changes: { client?: string; userNotFound?: boolean; userName?: string; userPoolId?: string } = {},
): SubjectEvent {
  const { client = clients.login, userNotFound, userName = 'user-1', userPoolId = 'pool' } = changes
  return {
    userPoolId,
    userName,
    callerContext: { clientId: client },
    request: { ...(userAttributes === undefined ? {} : { userAttributes }), userNotFound },
  }
}
const subject = (...[attributes, changes]: Parameters<typeof eventOf>) =>
  subjectOf(eventOf(attributes, changes), clients, idKey)

describe('a number', () => {
  it.each([
    ['true', 'true', { verified: true, decoy: undefined, phone: number }],
    ['true', 'false', { verified: false, decoy: undefined, phone: number }],
    ['true', undefined, { verified: false, decoy: undefined, phone: number }],
    ['false', 'false', { verified: false, decoy: undefined, phone: number }],
    [undefined, undefined, { verified: false, decoy: undefined, phone: number }],
    ['false', 'true', { verified: false, decoy: 'changed_number', phone: undefined }],
    [undefined, 'true', { verified: false, decoy: 'changed_number', phone: undefined }],
    ['TRUE', '1', { verified: false, decoy: undefined, phone: number }],
  ])('with phone_number_verified %s and custom:whatsapp_verified %s', (cognito, ours, expected) => {
    const marks = {
      ...(cognito === undefined ? {} : { phone_number_verified: cognito }),
      ...(ours === undefined ? {} : { 'custom:whatsapp_verified': ours }),
    }
    expect(subject({ phone_number: number, ...marks })).toMatchObject(expected)
  })

  it('is judged by what is handed over, and allowed where nothing is', () => {
    const judged = (isAllowed: (phone: string) => boolean) =>
      subjectOf(eventOf({ phone_number: number }), clients, idKey, isAllowed).decoy
    expect(judged((phone) => phone === number)).toBeUndefined()
    expect(judged((phone) => phone !== number)).toBe('country')
    expect(subject({ phone_number: number }).decoy).toBeUndefined()
  })
})

describe('nobody', () => {
  it.each([
    ['a user that does not exist', subject({ phone_number: number }, { userNotFound: true }), 'unknown'],
    ['a client that is not ours', subject({ phone_number: number }, { client: 'theirs' }), 'client'],
    ['a user without a number', subject({ email: 'a@example.com' }), 'no_number'],
    ['a user with an empty number', subject({ phone_number: '' }), 'no_number'],
    ['no attributes', subject(null), 'no_number'],
    ['attributes left out', subject(undefined), 'no_number'],
  ])('is %s', (_name, found, decoy) => {
    expect(found).toMatchObject({ decoy, phone: undefined, verified: false })
  })

  it('has a ledger of its own, which is not that of the number', () => {
    const real = subject({ phone_number: number })
    const decoys = [
      subject({ phone_number: number }, { client: 'theirs' }),
      subject({ phone_number: number }, { client: 'theirs', userName: 'user-2' }),
      subject({ phone_number: number }, { client: 'theirs', userPoolId: 'other' }),
    ]
    expect(new Set([real, ...decoys].map(({ pk }) => pk)).size).toBe(4)
    // Even where its name is spelled as the number.
    expect(subject(null, { userName: number }).pk).not.toBe(real.pk)
  })
})

describe('the ledger', () => {
  it('is that of the number, whichever user and client of ours asks', () => {
    const one = subject({ phone_number: number })
    const other = subject({ phone_number: number }, { client: clients.signup, userName: 'user-2' })
    expect(other.pk).toBe(one.pk)
    expect(other.user).not.toBe(one.user)
    expect(other.decoy).toBeUndefined()
    expect(one.pk).toMatch(/^N#[0-9a-f]{32}$/)
    expect(one.pk.slice(2)).not.toBe(one.user)
  })
})

describe('a line of the log', () => {
  it('has a short hash and a masked number, and for nobody no number at all', () => {
    const real = subject({ phone_number: number })
    expect(describeSubject(real)).toEqual({
      number: real.pk.slice(2, 14),
      decoy: false,
      phone: '+*********23',
    })
    const decoy = subject({ phone_number: number }, { userNotFound: true })
    expect(describeSubject(decoy)).toEqual({ number: decoy.pk.slice(2, 14), decoy: true })
  })
})
