// The table of assumptions: the sandbox plays every way in it, and the page says what it says.
import { expect, it } from 'vitest'
import { assumptions } from '../../src/assumptions.ts'
import { unsettled } from '../../src/sandbox/account/unsettled.ts'
import { assumptionsPage } from './assumptions.ts'

it('the sandbox has a switch for every matter, with the same ways in the same order', () => {
  const ways = assumptions.map(({ id, ways }) => [id, Object.keys(ways).sort()])
  const switches = Object.entries(unsettled).map(([matter, known]) => [matter, [...known].sort()])
  expect(ways).toEqual(switches)
  // Numbers come first among the keys of an object, whatever the order they are written in.
  for (const { id, ways } of assumptions) {
    expect(Object.keys(ways)[0]).toBe(unsettled[id as keyof typeof unsettled][0])
  }
})

it('docs/assumptions.md is made of it (`npm run docs` makes it anew)', async () => {
  await expect(assumptionsPage(assumptions)).toMatchFileSnapshot('../../docs/assumptions.md')
})
