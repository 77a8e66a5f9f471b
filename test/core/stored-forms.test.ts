// What is stored must be read by every later version: the forms of hash, tag and seal, as fixed vectors.
import { createCipheriv, createHmac, hkdfSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  deriveIdKey,
  deriveKeys,
  deriveNumberKey,
  hashId,
  sameTag,
  sealCode,
  sealNumber,
  tagOf,
  unsealCode,
  unsealNumber,
} from '../../src/core/keys.ts'
import { emptyLedger, expiryOf } from '../../src/core/ledger/ledger.ts'
import { reserveFirst } from '../../src/core/ledger/sends.ts'
import { deviceIdOf, type Subject, subjectOf } from '../../src/core/subject.ts'
import { blockCounter, counterKey, countsOf, poolCounter } from '../../src/core/table-counters.ts'
import { getLedgerInput, ledgerItemOf, putLedgerInput, putNothingInput } from '../../src/core/table-ledger.ts'
import { holderOf, takeLockInput } from '../../src/core/table-lock.ts'
import { limits } from '../limits.ts'

const master = Buffer.alloc(32, 1)
const keys = deriveKeys('k1', master)
const binding = { pool: 'pool', client: 'client', user: 'user', cid: 'cid' }

describe('the keys of a master', () => {
  it('are derived under four labels', () => {
    const derived = (label: string) =>
      Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `whatsapp-otp/${label}/v1`, 32))
    expect(keys).toEqual({ kid: 'k1', tagKey: derived('tag'), sealKey: derived('seal') })
    expect(deriveIdKey(master)).toEqual(derived('id'))
    expect(deriveNumberKey(master)).toEqual(derived('number'))
  })
})

describe('a stored', () => {
  it('hash is the first half of an HMAC over kind, pool and value', () => {
    const idKey = deriveIdKey(master)
    const whole = createHmac('sha256', idKey).update('num|pool|+12025550123').digest('hex')
    expect(hashId(idKey, 'num', 'pool', '+12025550123')).toBe(whole.slice(0, 32))
  })

  it('device is filed under a hash over the number, the account and its secret', () => {
    const idKey = deriveIdKey(master)
    const subject = { pk: 'N#1', user: 'user' } as Subject
    const whole = createHmac('sha256', idKey).update('device|pool|N#1|user|secret').digest('hex')
    expect(deviceIdOf(idKey, 'pool', subject, 'secret')).toBe(whole.slice(0, 32))
  })

  it('ledger is filed under the hash of its number, or of a name that is no number', () => {
    const idKey = deriveIdKey(master)
    const clients = { signup: 'client', login: 'client' }
    const event = (userAttributes: Record<string, string>) => ({
      userPoolId: 'pool',
      userName: 'user',
      callerContext: { clientId: 'client' },
      request: { userAttributes },
    })
    const real = subjectOf(event({ phone_number: '+12025550123' }), clients, idKey)
    expect(real.pk).toBe(`N#${hashId(idKey, 'num', 'pool', '+12025550123')}`)
    expect(real.user).toBe(hashId(idKey, 'uid', 'pool', 'user'))
    expect(subjectOf(event({}), clients, idKey).pk).toBe(`N#${hashId(idKey, 'num', 'pool', 'u:user')}`)
  })

  it('counter is filed under whose it is and its day in UTC, and has an attribute for each hour', () => {
    const now = Date.UTC(2026, 10, 23, 9, 59)
    expect(counterKey(poolCounter('pool'), now)).toEqual({ pk: { S: 'G#pool#20261123' } })
    expect(counterKey(blockCounter('abc'), now)).toEqual({ pk: { S: 'X#abc#20261123' } })
    expect(countsOf({ s09: { N: '2' }, sd: { N: '5' } }, now, poolCounter('pool'))).toEqual({
      hour: 2,
      day: 5,
    })
    expect(countsOf({}, now, poolCounter('pool'))).toEqual({ hour: 0, day: 0 })
  })

  it('ledger of a version that wrote less is read, and lives as long as a rule looks at it', () => {
    expect(ledgerItemOf({ d: { S: '{}' }, v: { N: '3' } })).toEqual({
      ledger: emptyLedger,
      version: 3,
      write: '',
    })
    expect(ledgerItemOf(undefined)).toEqual({ ledger: emptyLedger, version: 0, write: '' })
    const now = Date.UTC(2026, 10, 23)
    const { Item } = putLedgerInput('table', 'N#1', { ledger: emptyLedger, version: 3, write: 'w' }, now)
    expect(Item).toMatchObject({
      v: { N: '4' },
      w: { S: 'w' },
      ttl: { N: String(expiryOf(emptyLedger, now)) },
    })
  })

  it('item of nobody is read as a ledger of nothing, and is about as long as one with a code', () => {
    const now = Date.UTC(2026, 10, 23)
    const nobodys = putNothingInput('table', 'D#7', 'w', now)
    expect(ledgerItemOf(nobodys.Item as never)).toEqual({ ledger: emptyLedger, version: 1, write: 'w' })
    const cid = 'c'.repeat(22)
    const own = { ...binding, user: 'u'.repeat(32), client: 'a'.repeat(26), cid }
    const tags = { tag: tagOf(keys, own, '012345'), sealed: sealCode(keys, own, '012345') }
    const asked = { ...own, by: cid, key: cid, codeOf: () => ({ kid: '01234567', ...tags }) }
    const { next } = reserveFirst(emptyLedger, now, limits, asked)
    const ledgers = putLedgerInput(
      'table',
      `N#${'0'.repeat(32)}`,
      { ledger: next!, version: 0, write: cid },
      now,
    )
    const length = JSON.stringify(ledgers.Item).length
    expect(JSON.stringify(nobodys.Item).length / length).toBeCloseTo(1, 0)
    expect(nobodys).toHaveProperty('ConditionExpression')
  })

  it('lock that nobody frees is forgotten after a week, in the seconds that DynamoDB counts in', () => {
    const holder = { id: 'a', who: 'user/ana', since: '2026-11-23T00:00:00.000Z', beat: '0' }
    const { Item } = takeLockInput('table', 'dev', holder, undefined, Date.UTC(2026, 10, 23))
    expect(Item.ttl).toEqual({ N: String(Date.UTC(2026, 10, 30) / 1000) })
    expect(holderOf({ id: { S: 'a' } })).toEqual({ id: 'a', who: '', since: '', beat: '', isFree: false })
  })

  it('tag is an HMAC over version, binding and code', () => {
    const whole = createHmac('sha256', keys.tagKey).update('v1|pool|client|user|cid|012345')
    expect(tagOf(keys, binding, '012345')).toBe(whole.digest('base64url'))
  })

  it('seal is nonce, code and tag of AES-256-GCM, bound to the challenge', () => {
    const nonce = Buffer.alloc(12, 9)
    const cipher = createCipheriv('aes-256-gcm', keys.sealKey, nonce).setAAD(
      Buffer.from('pool|client|user|cid'),
    )
    const body = Buffer.concat([cipher.update('012345'), cipher.final()])
    const sealed = Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')
    expect(unsealCode(keys, binding, sealed)).toBe('012345')
    expect(Buffer.from(sealCode(keys, binding, '012345'), 'base64url')).toHaveLength(12 + 6 + 16)
  })

  it.each(['pool', 'client', 'user', 'cid'])('seal opens for no other %s', (part) => {
    const sealed = sealCode(keys, binding, '012345')
    expect(() => unsealCode(keys, { ...binding, [part]: 'other' }, sealed)).toThrow()
  })

  it('number is sealed with a key of its own, as a code is, and opens for the purpose that it was sealed for', () => {
    const numberKey = deriveNumberKey(master)
    const cipher = createCipheriv('aes-256-gcm', numberKey, Buffer.alloc(12, 9)).setAAD(
      Buffer.from('purpose'),
    )
    const body = Buffer.concat([cipher.update('+12025550123'), cipher.final()])
    const bytes = Buffer.concat([Buffer.alloc(12, 9), body, cipher.getAuthTag()])
    expect(unsealNumber(numberKey, 'purpose', bytes.toString('base64url'))).toBe('+12025550123')
    const sealed = sealNumber(numberKey, 'purpose', '+12025550123')
    expect(Buffer.from(sealed, 'base64url')).toHaveLength(12 + 12 + 16)
    expect(unsealNumber(numberKey, 'purpose', sealed)).toBe('+12025550123')
    expect(() => unsealNumber(numberKey, 'other', sealed)).toThrow()
    expect(() => unsealNumber(keys.sealKey, 'purpose', sealed)).toThrow()
  })

  it('seal does not open by a shortened tag', () => {
    const bytes = Buffer.from(sealCode(keys, binding, '012345'), 'base64url')
    expect(() => unsealCode(keys, binding, bytes.subarray(0, -4).toString('base64url'))).toThrow()
  })
})

describe('the write of a ledger', () => {
  const put = (version: number) =>
    putLedgerInput('table', 'N#1', { ledger: emptyLedger, version, write: 'w' }, 0)

  it('counts only where there is none yet, or over the version that was read', () => {
    expect(put(0)).toMatchObject({ Item: { v: { N: '1' } }, ConditionExpression: 'attribute_not_exists(pk)' })
    expect(put(0)).not.toHaveProperty('ExpressionAttributeValues')
    expect(put(7)).toMatchObject({
      Item: { v: { N: '8' } },
      ConditionExpression: 'v = :v',
      ExpressionAttributeValues: { ':v': { N: '7' } },
    })
  })

  it('follows a read that sees every write before it', () => {
    expect(getLedgerInput('table', 'N#1')).toEqual({
      ...{ TableName: 'table', Key: { pk: { S: 'N#1' } } },
      ConsistentRead: true,
    })
  })
})

describe('comparing tags', () => {
  const tag = tagOf(keys, binding, '012345')
  const longer = Buffer.concat([Buffer.from(tag, 'base64url'), Buffer.alloc(1)]).toString('base64url')

  it('is true for the same tag and false for another', () => {
    expect(sameTag(tag, tagOf(keys, binding, '012345'))).toBe(true)
    expect(sameTag(tag, tagOf(keys, binding, '012346'))).toBe(false)
  })

  it('is false, and throws nothing, where either side has another length', () => {
    for (const odd of ['', tag.slice(0, -4), longer]) {
      expect(sameTag(odd, odd)).toBe(false)
      expect(sameTag(tag, odd)).toBe(false)
      expect(sameTag(odd, tag)).toBe(false)
    }
  })
})
