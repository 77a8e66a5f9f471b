// Two rounds of one deploy, before and after the stage was held, told as one.
import { describe, expect, it } from 'vitest'
import type { StepResult } from '../../src/engine/apply.ts'
import type { Action, Step } from '../../src/engine/plan.ts'
import { mergeResults } from '../../src/stage/play.ts'

const step = (id: string, action: Action = 'create'): Step => ({ id, kind: id, name: id, action, fields: [] })
const result = (of: Step, status: StepResult['status'] = 'done'): StepResult => ({ step: of, status, ms: 1 })

const told = (results: StepResult[]) =>
  results.map((one) => `${one.step.action} ${one.step.id} ${one.status}`)

describe('the results of two rounds', () => {
  it('are those of both, in the order of the plan', () => {
    const plan = [step('role'), step('pool'), step('table'), step('secrets', 'keep')]
    const before = [result(step('role')), result(step('table'))]
    const after = [result(step('pool'), 'failed'), result(step('secrets', 'keep'))]
    expect(told(mergeResults(plan, before, after))).toEqual([
      'create role done',
      'create pool failed',
      'create table done',
      'keep secrets done',
    ])
  })

  it('of a plan made anew keep what was made before it, though that is as wanted by now', () => {
    const plan = [step('role', 'keep'), step('table', 'update')]
    const before = [result(step('role')), result(step('table'))]
    expect(
      told(
        mergeResults(
          plan,
          before,
          plan.map((one) => result(one)),
        ),
      ),
    ).toEqual(['create role done', 'update table done'])
  })

  it('say of a step in neither that it was not started', () => {
    expect(told(mergeResults([step('role'), step('pool')], [result(step('role'), 'failed')], []))).toEqual([
      'create role failed',
      'create pool skipped',
    ])
  })
})
