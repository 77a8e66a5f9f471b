// Who is signing in: what the marks say, whose a number is, and whoever gets no code, told apart for the log alone.
import { describe, expect, it } from 'vitest'
import { deriveIdKey } from '../../src/core/keys.ts'
import {
  describeSubject,
  deviceIdOf,
  isOwnerOf,
  type SubjectEvent,
  subjectOf,
} from '../../src/core/subject.ts'

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
    ['true', 'true', 'proven'],
    ['true', 'false', 'none'],
    ['true', undefined, 'none'],
    ['false', 'false', 'none'],
    [undefined, undefined, 'none'],
    ['false', 'true', 'changed'],
    [undefined, 'true', 'changed'],
    ['TRUE', 'true', 'changed'],
    ['true', '1', 'none'],
  ])('with phone_number_verified %s and custom:whatsapp_verified %s is %s', (cognito, ours, mark) => {
    const marks = {
      ...(cognito === undefined ? {} : { phone_number_verified: cognito }),
      ...(ours === undefined ? {} : { 'custom:whatsapp_verified': ours }),
    }
    expect(subject({ phone_number: number, ...marks })).toMatchObject({
      mark,
      decoy: undefined,
      phone: number,
    })
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
    expect(found).toMatchObject({ decoy, phone: undefined, mark: 'none' })
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

describe('the owner of a number', () => {
  const of = (mark: 'proven' | 'changed' | 'none') => ({ ...subject({ phone_number: number }), mark })
  const { user } = of('none')

  it('is whom the marks say, unless the proof was the fixed code of a test number', () => {
    expect(isOwnerOf(of('proven'), {})).toBe(true)
    expect(isOwnerOf(of('proven'), { owner: user })).toBe(true)
    expect(isOwnerOf(of('proven'), { provenByTest: true })).toBe(false)
  })

  it('is who has proven it, though he changed his number and back', () => {
    expect(isOwnerOf(of('changed'), { owner: user })).toBe(true)
    expect(isOwnerOf(of('changed'), { owner: 'another' })).toBe(false)
    expect(isOwnerOf(of('changed'), {})).toBe(false)
  })

  it('is nobody who has proven nothing', () => {
    expect(isOwnerOf(of('none'), {})).toBe(false)
  })
})

describe('the secret of a device', () => {
  const secret = 'a'.repeat(22)
  const idOf = (one = subject({ phone_number: number }), text = secret, pool = 'pool', key = idKey) =>
    deviceIdOf(key, pool, one, text)

  it('is filed under a keyed hash, the same each time and through both clients', () => {
    expect(idOf()).toMatch(/^[0-9a-f]{32}$/)
    expect(idOf()).toBe(idOf(subject({ phone_number: number }, { client: clients.signup })))
  })

  it('is worth nothing for another number, another account, another pool, another key or as another secret', () => {
    const others = [
      idOf(subject({ phone_number: '+12025550124' })),
      idOf(subject({ phone_number: number }, { userName: 'user-2' })),
      idOf(undefined, undefined, 'other'),
      idOf(undefined, undefined, undefined, deriveIdKey(Buffer.alloc(32, 2))),
      idOf(undefined, `${secret}b`),
    ]
    expect(new Set([idOf(), ...others]).size).toBe(6)
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
