// The code and its keys: uniform, readable as people type it, stored so that it cannot be read back.
import { describe, expect, it } from 'vitest'
import { generateCode, readAnswer } from '../../src/core/code.ts'
import { deriveIdKey, deriveKeys, hashId, sameTag, sealCode, tagOf, unsealCode } from '../../src/core/keys.ts'
import { openMasterKey, parseMasterKey } from '../../src/core/master-key.ts'

describe('a code', () => {
  it('is uniform over its whole range, leading zeros included', () => {
    const bins = new Array<number>(1000).fill(0)
    const draws = 1_000_000
    let leadingZeros = 0
    for (let n = 0; n < draws; n++) {
      const code = generateCode(6)
      if (code.length !== 6) expect.fail(`A code of ${code.length} digits`)
      if (code.startsWith('0')) leadingZeros++
      const bin = Number(code) % 1000
      bins[bin] = (bins[bin] ?? 0) + 1
    }
    const expected = draws / bins.length
    const chiSquare = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // 999 degrees of freedom: mean 999, deviation 45; six deviations either way happen once in 10^9 runs.
    expect(chiSquare).toBeGreaterThan(999 - 270)
    expect(chiSquare).toBeLessThan(999 + 270)
    expect(leadingZeros / draws).toBeCloseTo(0.1, 2)
  })

  it('has the length it is asked for', () => {
    for (const length of [6, 7, 8]) expect(generateCode(length)).toMatch(new RegExp(`^\\d{${length}}$`))
  })

  it('is read from what people type and paste, and from nothing else', () => {
    expect(readAnswer(' 012-345 ', 6)).toBe('012345')
    expect(readAnswer('٠١٢٣٤٥', 6)).toBe('012345')
    expect(readAnswer('۰۱۲۳۴۵', 6)).toBe('012345')
    expect(readAnswer('०१२३४५', 6)).toBe('012345')
    expect(readAnswer('０１２３４５', 6)).toBe('012345')
    expect(readAnswer('012\u2013345', 6)).toBe('012345')
    // However long codes are now: the rules compare the length.
    expect(readAnswer('012345678901234', 6)).toBe('012345678901234')
    const never = [
      '12345',
      '1234567890123456',
      '12345a',
      '',
      '๐๑๒๓๔๕',
      '+12345',
      '1 2 3 4 5',
      '0x1234',
      `${' '.repeat(60)}123456`,
    ]
    for (const answer of never) expect(readAnswer(answer, 6), answer).toBeUndefined()
    for (const answer of [undefined, null, 123456, ['123456']]) expect(readAnswer(answer, 6)).toBeUndefined()
  })
})

describe('keys', () => {
  const keys = deriveKeys('k1', Buffer.alloc(32, 1))
  const others = deriveKeys('k2', Buffer.alloc(32, 2))
  const binding = { pool: 'pool', client: 'client', user: 'user', cid: 'cid' }

  it('bind a tag to pool, client, user, challenge and master key', () => {
    const tag = tagOf(keys, binding, '123456')
    expect(sameTag(tag, tagOf(keys, { ...binding }, '123456'))).toBe(true)
    expect(sameTag(tag, tagOf(keys, binding, '123457'))).toBe(false)
    expect(sameTag(tag, tagOf(others, binding, '123456'))).toBe(false)
    for (const part of ['pool', 'client', 'user', 'cid']) {
      expect(sameTag(tag, tagOf(keys, { ...binding, [part]: 'other' }, '123456')), part).toBe(false)
    }
  })

  it('compare nothing but whole tags', () => {
    expect(sameTag('', '')).toBe(false)
    const tag = tagOf(keys, binding, '123456')
    expect(sameTag(tag, tag.slice(0, -4))).toBe(false)
  })

  it('open a seal only for its own challenge, unaltered', () => {
    const sealed = sealCode(keys, binding, '012345')
    expect(sealed).not.toContain('012345')
    expect(unsealCode(keys, binding, sealed)).toBe('012345')
    expect(sealCode(keys, binding, '012345')).not.toBe(sealed)
    expect(() => unsealCode(others, binding, sealed)).toThrow()
    expect(() => unsealCode(keys, { ...binding, cid: 'other' }, sealed)).toThrow()
    const altered = (sealed.startsWith('A') ? 'B' : 'A') + sealed.slice(1)
    expect(() => unsealCode(keys, binding, altered)).toThrow()
  })

  it('file numbers, users and blocks under hashes that do not meet', () => {
    const idKey = deriveIdKey(Buffer.alloc(32, 1))
    const hash = (kind: 'num' | 'uid' | 'block', pool = 'p') => hashId(idKey, kind, pool, '+12025550123')
    expect(new Set([hash('num'), hash('uid'), hash('block'), hash('num', 'q')]).size).toBe(4)
    expect(hash('num')).toMatch(/^[0-9a-f]{32}$/)
  })

  it('come from secrets whose errors quote no value', () => {
    const key = (fill: number) => Buffer.alloc(32, fill).toString('base64url')
    const secrets = openMasterKey(
      parseMasterKey(
        JSON.stringify({
          otpMasterKey: key(2),
          kid: 'b',
          previous: { otpMasterKey: key(1), kid: 'a' },
        }),
      ),
    )
    expect(secrets.known.map((one) => one.kid)).toEqual(['b', 'a'])
    expect(secrets.idKey).toEqual(deriveIdKey(Buffer.alloc(32, 1)))
    for (const text of ['null', '"hush"', '{"otpMasterKey":"hush","kid":"a"}']) {
      expect(() => parseMasterKey(text)).toThrow(/^(?!.*hush)/)
    }
  })
})
