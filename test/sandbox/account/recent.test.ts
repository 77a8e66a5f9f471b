// What is remembered stays small, and what is newest stays.
import { expect, it } from 'vitest'
import { Recent } from '../../../src/sandbox/account/recent.ts'

it('forgets what was put in first, and counts what is put in again once', () => {
  const recent = new Recent<string, number>(2)
  for (const [at, key] of ['a', 'b', 'b', 'c'].entries()) recent.set(key, at)
  expect([...recent]).toEqual([
    ['b', 2],
    ['c', 3],
  ])
})
