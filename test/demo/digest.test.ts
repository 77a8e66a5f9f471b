// What the demo says of a command's document.
import { expect, it } from 'vitest'
import { digestOf } from '../../src/demo/digest.ts'

const step = (kind: string, action: string, ...fields: string[]) => ({ kind, name: 'x', action, fields })

it('folds a plan by what is done to which kinds, with the fields that differ', () => {
  const steps = [
    step('role-policy', 'create'),
    step('role-policy', 'create'),
    step('table', 'create'),
    step('function', 'update', 'environment.A', 'environment.B'),
    step('function', 'update', 'environment.A'),
    step('brake', 'keep'),
    step('log-group', 'delete'),
  ]
  expect(digestOf({ command: 'plan', steps })).toEqual([
    '  + 2 role policies · table',
    '  ~ 2 functions',
    '    environment.A, environment.B',
    '  - log group',
  ])
})

it.each([[{ steps: [step('table', 'keep')] }], [{ command: 'status' }], ['no document']])(
  'says nothing of %j',
  (document) => {
    expect(digestOf(document)).toEqual([])
  },
)
