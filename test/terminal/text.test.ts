// Text from outside on a terminal: no sequence of it gets through, whatever is painted around it.
import { describe, expect, it } from 'vitest'
import { outputInMemory } from './streams.ts'

/** Every way to begin a sequence or to overwrite a line: C0, C1, and what turns the direction of writing. */
const hostile = {
  title: '\u001b]0;owned\u0007',
  clear: '\u001b[2J\u001b[H',
  color: '\u001b[31mred\u001b[0m',
  clipboard: '\u001b]52;c;cm0gLXJm\u001b\\',
  c1: '\u009b2J\u009d0;owned\u009c\u0090q\u009c',
  overwrite: '\r✓ healthy',
  back: '\b\b\b\u007f',
  bell: '\u0007\u0000',
  direction: '\u202egnp.exe\u2066',
  lines: '\u2028\u2029\u000b\u000c\u0085',
}
const control = /(?![\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u
const start = '\u001b'
const ours = new RegExp(`${start}\\[(1|2|22|3[0-9])m`, 'g')

describe.each(Object.entries(hostile))('%s', (_name, text) => {
  it.each([false, true])('is text in every kind of line, with colours %s', (color) => {
    const { output, stdout, stderr } = outputInMemory({ color })
    const { theme } = output
    output.data(`${theme.done} ${text} ${theme.paint.dim(text)}`)
    output.table([[theme.paint.bold(text), text]], [text, 'b'])
    output.say(`${theme.failed} ${text}`)
    output.warn(text)
    output.trouble(theme.paint.red(text))
    const printed = stdout.all() + stderr.all()
    expect(printed.replace(ours, '')).not.toMatch(control)
    expect(printed.replace(ours, '') !== printed).toBe(color)
  })

  it('is the same text in JSON, and no raw character of it', () => {
    const { output, stdout } = outputInMemory({ json: true })
    output.jsonLine({ text })
    output.json({ text })
    expect(stdout.all()).not.toMatch(control)
    const [event, document] = stdout.all().split(/(?<=\}\n)/)
    expect([JSON.parse(event!).text, JSON.parse(document!).text]).toEqual([text, text])
  })
})

it('that repeats a colour of ours is not painted by it', () => {
  const { output, stdout } = outputInMemory({ color: true })
  const seen: string[] = []
  for (const painted of [output.theme.paint.green('x'), output.theme.paint.green('\u001b[32mx')]) {
    output.data(painted)
    seen.push(stdout.lines().at(-1)!)
  }
  expect(seen).toEqual(['\u001b[32mx\u001b[39m', '\u001b[32m\\x1b[32mx\u001b[39m'])
})
