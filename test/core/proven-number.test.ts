// The proven number of an account: read back by its own account alone, and the number that nobody can have.
import { describe, expect, it } from 'vitest'
import { deriveNumberKey } from '../../src/core/keys.ts'
import { countryOf } from '../../src/core/phone/number.ts'
import { getProvenInput, nobodysNumber, provenItem, provenNumberOf } from '../../src/core/proven-number.ts'

const key = deriveNumberKey(Buffer.alloc(32, 7))
const phone = '+4915112345678'
const { Item, TableName } = provenItem('table', 'pool', 'user', key, phone)

describe('a proven number', () => {
  it('is read back from where it was put', () => {
    expect(getProvenInput('table', 'user')).toEqual({
      TableName,
      Key: { pk: Item.pk },
      ConsistentRead: true,
    })
    expect(provenNumberOf(Item, 'pool', 'user', key)).toBe(phone)
    expect(JSON.stringify(Item)).not.toContain('15112345678')
  })

  it('is nothing where there is none, or where it is another account’s, pool’s or key’s', () => {
    expect(provenNumberOf(undefined, 'pool', 'user', key)).toBeUndefined()
    expect(provenNumberOf(Item, 'pool', 'other', key)).toBeUndefined()
    expect(provenNumberOf(Item, 'other', 'user', key)).toBeUndefined()
    expect(provenNumberOf(Item, 'pool', 'user', deriveNumberKey(Buffer.alloc(32)))).toBeUndefined()
    expect(provenNumberOf({ n: { S: 'cut' } }, 'pool', 'user', key)).toBeUndefined()
  })
})

describe('nobody’s number', () => {
  it('is one that Cognito takes and no country has, the same each time', () => {
    const names = Array.from({ length: 200 }, (_, n) => `user-${n}`)
    const numbers = names.map(nobodysNumber)
    for (const number of numbers) {
      expect(number).toMatch(/^\+999\d{12}$/)
      expect(countryOf(number)).toBeUndefined()
    }
    expect(new Set(numbers).size).toBe(names.length)
    expect(numbers).toEqual(names.map(nobodysNumber))
  })
})
