import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../src/clock.ts'
import type { Step } from '../../src/engine/plan.ts'
import { createTasks } from '../../src/views/tasks.ts'
import { outputInMemory } from '../terminal/streams.ts'

function handClock(): Clock & { time: number } {
  return {
    time: 0,
    steady() {
      return this.time
    },
    now() {
      return this.time
    },
    sleep: async () => {},
  }
}

const step = (id: string): Step => ({ id, kind: 'function', name: id, action: 'create', fields: [] })

const table: Step = { ...step('table'), kind: 'table' }

describe('tasks without a terminal', () => {
  it('print one line each, with what they took', async () => {
    const { output, stderr } = outputInMemory()
    const clock = handClock()
    const tasks = createTasks(output, clock)
    const result = await tasks.run('Read the stage', async () => {
      clock.time = 1_234
      return 7
    })
    expect(result).toBe(7)
    expect(stderr.all()).toBe('✓ Read the stage  1.2 s\n')
  })

  it('say what they do when it takes longer than a second', async () => {
    const { output, stderr } = outputInMemory()
    let ring = () => {}
    const tasks = createTasks(output, handClock(), (ms, act) => {
      expect(ms).toBe(1_000)
      ring = act
      return () => {}
    })
    await tasks.run('Wait for the role', async () => ring())
    expect(stderr.lines()).toEqual(['… Wait for the role', '✓ Wait for the role  0.0 s'])
  })

  it('say what AWS is slow to answer, and what was left', async () => {
    const { output, stderr } = outputInMemory()
    const tasks = createTasks(output, handClock())
    const what = 'IAM: create role'
    tasks.wait({ type: 'waiting', what })
    tasks.wait({ type: 'over', what })
    tasks.wait({ type: 'abandoned', what })
    expect(stderr.lines()).toEqual([
      '… still waiting for IAM: create role',
      '! Left without an answer: IAM: create role. Whether AWS carried it out is not known',
    ])
  })

  it('show a failure and throw it on', async () => {
    const { output, stderr } = outputInMemory()
    const tasks = createTasks(output, handClock())
    await expect(tasks.run('Read', async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(stderr.all()).toBe('✖ Read  0.0 s\n')
  })

  it('show the steps of a plan as they end', () => {
    const { output, stderr } = outputInMemory()
    const tasks = createTasks(output, handClock())
    const [a, b] = [step('function:preSignUp'), step('function:postConfirmation')]
    tasks.emit({ type: 'start', step: a })
    tasks.emit({ type: 'start', step: b })
    tasks.emit({ type: 'failed', step: b, ms: 300, error: new Error('no') })
    tasks.emit({ type: 'done', step: a, ms: 1_200 })
    expect(stderr.lines()).toEqual(['✖ function postConfirmation  0.3 s', '✓ function preSignUp  1.2 s'])
  })

  it('show the steps of a whole plan by groups, each once it is done', async () => {
    const { output, stderr } = outputInMemory()
    const clock = handClock()
    const rings: (() => void)[] = []
    const tasks = createTasks(output, clock, (_, act) => {
      rings.push(act)
      return () => rings.splice(rings.indexOf(act), 1)
    })
    const steps = [step('function:preSignUp'), step('function:postConfirmation'), table]
    await tasks.steps(steps, async () => {
      for (const one of steps) tasks.emit({ type: 'start', step: one })
      tasks.emit({ type: 'done', step: steps[0]!, ms: 300 })
      rings[0]!()
      tasks.emit({ type: 'done', step: table, ms: 300 })
      clock.time = 2_000
      tasks.emit({ type: 'done', step: steps[1]!, ms: 2_000 })
      expect(rings).toEqual([])
    })
    expect(stderr.lines()).toEqual(['… create 2 functions', '✓ table  0.0 s', '✓ 2 functions  2.0 s'])
  })

  it('say which step of a group failed, and how many were done', async () => {
    const { output, stderr } = outputInMemory()
    const tasks = createTasks(output, handClock())
    const steps = ['a', 'b', 'c', 'd'].map((name) => step(`function:${name}`))
    const playing = tasks.steps(steps, async () => {
      for (const one of steps.slice(0, 3)) tasks.emit({ type: 'start', step: one })
      tasks.emit({ type: 'done', step: steps[0]!, ms: 1 })
      tasks.emit({ type: 'failed', step: steps[1]!, ms: 300, error: new Error('no') })
      tasks.emit({ type: 'done', step: steps[2]!, ms: 1 })
      throw new Error('no')
    })
    await expect(playing).rejects.toThrow('no')
    expect(stderr.lines()).toEqual(['✖ function b  0.3 s', '✓ 2 functions  0.0 s'])
  })

  it('say nothing in JSON mode', async () => {
    const { output, stdout, stderr } = outputInMemory({ json: true })
    const tasks = createTasks(output, handClock())
    await tasks.run('Read', async () => {})
    await tasks.steps([table], async () => {
      tasks.emit({ type: 'start', step: table })
      tasks.emit({ type: 'done', step: table, ms: 1 })
    })
    expect(stdout.all() + stderr.all()).toBe('')
  })
})

describe('tasks on a terminal', () => {
  it('draw what runs, keep finished lines, and leave nothing spinning', async () => {
    const { output, stderr } = outputInMemory({ isTTY: true, env: {}, color: false })
    const tasks = createTasks(output, handClock())
    await tasks.run('Read the stage', async () => {
      while (!stderr.all().includes('Read the stage')) await setImmediate()
    })
    const drawn = stderr.all()
    expect(drawn).toContain('✓ Read the stage  0.0 s\n')
    // Ora takes its hook off the stream and shows the cursor again.
    expect(drawn).toContain('\u001b[?25l')
    expect(stderr.all().lastIndexOf('\u001b[?25h')).toBeGreaterThan(stderr.all().lastIndexOf('\u001b[?25l'))
  })

  it('show one line of all steps with a bar, and keep one when they are done', async () => {
    const { output, stderr } = outputInMemory({ isTTY: true, env: {}, color: false, columns: 50 })
    const tasks = createTasks(output, handClock())
    const steps = [step('function:preSignUp'), step('function:postConfirmation'), table]
    await tasks.steps(steps, async () => {
      for (const one of steps) tasks.emit({ type: 'start', step: one })
      tasks.emit({ type: 'done', step: steps[0]!, ms: 1 })
      while (!stderr.all().includes('███░░░░░░░ 1/3  functions 1/2 · table')) await setImmediate()
      tasks.emit({ type: 'done', step: steps[1]!, ms: 1 })
      tasks.emit({ type: 'done', step: table, ms: 1 })
    })
    expect(stderr.all()).toContain('✓ 3 created  0.0 s\n')
    expect(stderr.all()).not.toContain('✓ table')
  })

  it('say the step that failed above that line', async () => {
    const { output, stderr } = outputInMemory({ isTTY: true, env: {}, color: false, columns: 50 })
    const tasks = createTasks(output, handClock())
    const steps = [step('function:preSignUp'), table]
    await tasks.steps(steps, async () => {
      for (const one of steps) tasks.emit({ type: 'start', step: one })
      tasks.emit({ type: 'failed', step: steps[0]!, ms: 300, error: new Error('no') })
      tasks.emit({ type: 'done', step: table, ms: 1 })
    })
    expect(stderr.all()).toContain('✖ function preSignUp  0.3 s\n')
    expect(stderr.all()).not.toContain('created')
  })

  it('step back while a question is asked', async () => {
    const { output, stderr } = outputInMemory({ isTTY: true, env: {}, color: false })
    const tasks = createTasks(output, handClock())
    await tasks.run('Read', async () => {
      while (!stderr.all().includes('Read')) await setImmediate()
      await output.alone(async () => {
        const before = stderr.all()
        expect(before.lastIndexOf('\u001b[?25h')).toBeGreaterThan(before.lastIndexOf('\u001b[?25l'))
      })
      expect(stderr.all().endsWith('Read') || stderr.all().includes('\u001b[?25l')).toBe(true)
    })
  })
})
