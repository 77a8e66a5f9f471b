import { describe, expect, it } from 'vitest'
import { duration, tableLines, widthOf, wrap } from '../../src/terminal/layout.ts'
import { createTheme } from '../../src/terminal/theme.ts'

describe('wrapping', () => {
  it('breaks at spaces and indents what follows', () => {
    expect(wrap('one two three four', 10, '  ')).toEqual(['one two', '  three', '  four'])
  })

  it('breaks a word that is longer than a line', () => {
    expect(wrap('abcdefghijklmnop', 10)).toEqual(['abcdefghij', 'klmnop'])
  })

  it('lets no line stand empty before a long word that is indented', () => {
    expect(wrap('  abcdefghijklmnop', 14, '    ')).toEqual(['  abcdefghijkl', '    mnop'])
  })

  it('keeps every letter and every line within the width', () => {
    const text =
      'arn:aws:iam::123456789012:role/whatsapp-otp-dev-eu-central-1-preSignUp is not what was wanted'
    const lines = wrap(text, 40, '      ')
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(40)
    expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
  })
})

describe('a table', () => {
  const rows = [
    ['dev', 'eu-central-1'],
    ['production', 'us-east-1'],
  ]

  it('aligns its columns', () => {
    expect(tableLines(rows, { header: ['stage', 'region'] })).toEqual([
      'stage       region',
      'dev         eu-central-1',
      'production  us-east-1',
    ])
  })

  it('becomes blocks where it does not fit, without cutting anything', () => {
    expect(tableLines(rows, { header: ['stage', 'region'], width: 20 })).toEqual([
      'stage   dev',
      'region  eu-central-1',
      '',
      'stage   production',
      'region  us-east-1',
    ])
  })

  it('is folded below its second column where it has no header', () => {
    expect(
      tableLines(
        [
          ['Number', 'not proven yet, and another account has proven it'],
          ['Code', '6 digits'],
        ],
        { width: 30 },
      ),
    ).toEqual([
      'Number  not proven yet, and',
      '        another account has',
      '        proven it',
      'Code    6 digits',
    ])
  })

  it('does not count colours as width', () => {
    const { paint } = createTheme(true)
    expect(
      tableLines([
        [paint.green('ok'), 'x'],
        ['long', 'y'],
      ]),
    ).toEqual([`${paint.green('ok')}    x`, 'long  y'])
  })
})

it('writes durations with their unit', () => {
  expect([400, 12_345, 125_000].map(duration)).toEqual(['0.4 s', '12.3 s', '2 min 5 s'])
})
