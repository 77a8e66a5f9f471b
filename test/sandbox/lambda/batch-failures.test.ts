// What counts as failed of a batch, by what the function answers: Lambda takes what it cannot read as a failure of all.

import { expect, it } from 'vitest'
import { failedItems } from '../../../src/sandbox/lambda/batch-failures.ts'

const ids = ['a', 'b']
const item = (itemIdentifier: unknown) => JSON.stringify({ batchItemFailures: [{ itemIdentifier }] })

it.each(['', 'null', '{}', '{"batchItemFailures":null}', '{"batchItemFailures":[]}'])(
  'is nothing for %j',
  (answer) => {
    expect(failedItems(answer, ids)).toEqual([])
  },
)

it.each([
  'no JSON',
  '"text"',
  '{"batchItemFailures":"a"}',
  '{"batchItemFailures":[{"id":"a"}]}',
  item(''),
  item(null),
  item('c'),
])('is all for %j', (answer) => {
  expect(failedItems(answer, ids)).toEqual(ids)
})

it('is what the answer names', () => {
  expect(failedItems(item('b'), ids)).toEqual(['b'])
})
