// One line of all steps that are played, whatever the width.
import { expect, it } from 'vitest'
import type { Action, Step } from '../../src/engine/plan.ts'
import { widthOf } from '../../src/terminal/layout.ts'
import { groupSteps } from '../../src/views/step-groups.ts'

const step = (kind: string, name: string, action: Action = 'create'): Step => ({
  ...{ id: `${kind}:${name}`, kind, name, action, fields: [] },
})
const many = (kind: string, action?: Action) => ['a', 'b', 'c'].map((name) => step(kind, name, action))

const plan = [
  ...many('role'),
  ...many('log-group'),
  ...many('role-policy', 'update'),
  step('table', 'x', 'keep'),
]

it('leaves out what is over first where there is no room', () => {
  const groups = groupSteps(plan)
  for (const one of plan.slice(0, 7)) groups.begin(one, 1)
  for (const one of plan.slice(0, 4)) groups.end(one, 'done')
  expect(groups.line(100)).toBe('████████░░░░░░░░░░░░ 4/9  roles 3/3 · log groups 1/3 · role policies 0/3')
  expect(groups.line(55)).toBe('████░░░░░░ 4/9  log groups 1/3 · role policies 0/3')
  expect(groups.line(47)).toBe('████░░░░░░ 4/9  role policies 0/3')
  for (let width = 20; width < 100; width++) expect(widthOf(groups.line(width))).toBeLessThanOrEqual(width)
  expect(groups.line(47, 'IAM: create role')).toBe('████░░░░░░ 4/9  still waiting for IAM: create …')
})

it('counts what is done by what was done to it', () => {
  const groups = groupSteps(plan)
  for (const one of plan.slice(0, 9)) {
    expect(groups.isComplete).toBe(false)
    groups.begin(one, 1)
    groups.end(one, 'done')
  }
  expect(groups.isComplete).toBe(true)
  expect(groups.summary()).toBe('6 created, 3 updated')
})
