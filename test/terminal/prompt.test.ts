import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type AppError, exitCodes } from '../../src/errors.ts'
import { createPrompts, type Prompts, WentBack } from '../../src/terminal/prompt.ts'
import { memory, outputInMemory } from './streams.ts'

/** Prompts on streams in memory; `type` waits for a text on the screen and then presses keys. */
function terminal(options: { color?: boolean } = {}) {
  const stdin = memory()
  const { output, stdout, stderr } = outputInMemory({ interactive: true, color: options.color ?? false })
  const prompts = createPrompts({ io: { stdin }, output })
  const type = async (after: string, ...keys: string[]) => {
    while (!stderr.all().includes(after)) await setImmediate()
    for (const key of keys) {
      stdin.write(key)
      // The screen is drawn anew between two presses of a person.
      await setImmediate()
    }
  }
  return { prompts, stdin, stdout, stderr, output, type }
}

const down = '\u001b[B'
const escapeKey = '\u001b'
const failureOf = async (work: Promise<unknown>) => (await work.catch((error) => error)) as AppError

describe('questions', () => {
  it('are asked on stderr and leave stdout alone', async () => {
    const { prompts, stdout, stderr, type } = terminal()
    const answer = prompts.text({ message: 'Name?' })
    await type('Name?', 'ana\r')
    expect(await answer).toBe('ana')
    expect(stdout.all()).toBe('')
    expect(stderr.all()).not.toContain('\u001b[32m')
    expect(stderr.all()).not.toContain('\u001b[1m')
  })

  it('can follow one another on the same streams', async () => {
    const { prompts, type, output, stderr } = terminal()
    const first = prompts.text({ message: 'First?', default: 'one' })
    await type('First?', '\r')
    expect(await first).toBe('one')
    output.say('between')
    const second = prompts.confirm({ message: 'Second?' })
    await type('Second?', 'y\r')
    expect(await second).toBe(true)
    expect(stderr.all()).toContain('between')
  })

  it('refuse what their check refuses, and say why', async () => {
    const { prompts, type } = terminal()
    const answer = prompts.text({ message: 'Digits?', check: (text) => /^\d+$/.test(text) || 'digits only' })
    await type('Digits?', 'abc\r')
    await type('digits only', '\u007f\u007f\u007f42\r')
    expect(await answer).toBe('42')
  })

  it('for secrets show nothing of the answer', async () => {
    const { prompts, type, stderr } = terminal()
    const answer = prompts.hidden({ message: 'Key?' })
    await type('Key?', 'open-sesame\r')
    expect(await answer).toBe('open-sesame')
    expect(stderr.all()).not.toContain('open-sesame')
  })

  it('skip choices that cannot be chosen, and tell the reason', async () => {
    const { prompts, type, stderr } = terminal()
    const answer = prompts.select({
      message: 'Which?',
      choices: [
        { value: 1, name: 'first', disabled: 'is paused' },
        { value: 2, name: 'second' },
        { value: 3, name: 'third' },
      ],
    })
    await type('Which?', down, '\r')
    expect(await answer).toBe(3)
    expect(stderr.all()).toContain('first (is paused)')
  })

  it('with several answers want at least one', async () => {
    const { prompts, type } = terminal()
    const answer = prompts.checkbox({
      message: 'Which?',
      choices: [
        { value: 'en', name: 'en' },
        { value: 'de', name: 'de' },
      ],
    })
    await type('Which?', '\r', down, ' ', '\r')
    expect(await answer).toEqual(['de'])
  })

  it('that guard destruction want the exact name', async () => {
    const { prompts, type } = terminal()
    let confirmed = false
    const answer = prompts.typeToConfirm({ message: 'Type prod', expected: 'prod' }).then(() => {
      confirmed = true
    })
    await type('Type prod', 'pro\r')
    await type('type prod exactly', 'd\r')
    await answer
    expect(confirmed).toBe(true)
  })
})

describe('leaving a question', () => {
  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('with %s is a cancellation', async (_, key) => {
    const { prompts, type } = terminal()
    const answer = failureOf(prompts.text({ message: 'Name?' }))
    await type('Name?', key)
    expect((await answer).exitCode).toBe(exitCodes.cancelled)
  })

  it('by an input that ends is a cancellation, not a hang', async () => {
    const { prompts, stdin, stderr } = terminal()
    const answer = failureOf(prompts.text({ message: 'Name?' }))
    while (!stderr.all().includes('Name?')) await setImmediate()
    stdin.end()
    expect((await answer).code).toBe('CANCELLED')
  })
})

describe('Escape', () => {
  const choices = [
    { value: 1, name: 'one' },
    { value: 2, name: 'two' },
  ]
  it.each<[string, (prompts: Prompts, back: boolean) => Promise<unknown>]>([
    ['a text', (prompts, back) => prompts.text({ message: 'Now?', back })],
    ['a secret', (prompts, back) => prompts.hidden({ message: 'Now?', back })],
    ['a yes or no', (prompts, back) => prompts.confirm({ message: 'Now?', back })],
    ['a choice', (prompts, back) => prompts.select({ message: 'Now?', choices, back })],
    ['several choices', (prompts, back) => prompts.checkbox({ message: 'Now?', choices, back })],
  ])('leaves %s for the question before, where there is one', async (_, ask) => {
    const { prompts, type, stderr, stdin } = terminal()
    const left = failureOf(ask(prompts, true))
    await type('Now?', escapeKey)
    expect(await left).toBeInstanceOf(WentBack)
    const before = stderr.all().length
    const again = ask(prompts, false).catch((error) => error)
    while (!stderr.all().slice(before).includes('Now?')) await setImmediate()
    const pressed = once(stdin, 'keypress')
    await type('Now?', escapeKey)
    await pressed
    await type('Now?', ' ', '\r')
    expect(await again).not.toBeInstanceOf(Error)
  })

  it('does not take the arrows for it', async () => {
    const { prompts, type } = terminal()
    const answer = prompts.select({ message: 'Which?', choices, back: true })
    await type('Which?', down, '\r')
    expect(await answer).toBe(2)
  })
})

it('where there is nobody to ask, the error names the flag and the variable', async () => {
  const { output } = outputInMemory({ interactive: false })
  const prompts = createPrompts({ io: { stdin: memory() }, output })
  const question = { message: 'Which number?', flag: '--from <number>', env: 'WHATSAPP_FROM' }
  for (const ask of [
    () => prompts.text(question),
    () => prompts.hidden(question),
    () => prompts.confirm(question),
    () => prompts.select({ ...question, choices: [{ value: 1, name: 'one' }] }),
    () => prompts.checkbox({ ...question, choices: [{ value: 1, name: 'one' }] }),
    () => prompts.typeToConfirm({ ...question, expected: 'x' }),
  ]) {
    const error = await failureOf(ask())
    expect(error.code).toBe('MISSING_ANSWER')
    expect(error.exitCode).toBe(exitCodes.usage)
    expect(error.next).toEqual(['pass --from <number> or set WHATSAPP_FROM'])
  }
})
