// One finding of doctor as lines: nothing is wider than the terminal, the time that it took included.
import { expect, it } from 'vitest'
import { widthOf } from '../../src/terminal/layout.ts'
import { createTheme } from '../../src/terminal/theme.ts'
import { findingLines } from '../../src/views/finding-view.ts'

const theme = createTheme(false)
const finding = {
  id: 'verdict',
  title: 'sign-in',
  verdict: 'pass',
  detail: 'works: 11 checks hold, the provider accepts key, sender and template, nothing was sent',
  ms: 1_400,
} as const

it.each([50, 80, 120])(
  'keeps to %i columns and says how long it took at the end of its first line',
  (width) => {
    const lines = findingLines(finding, { theme, dataWidth: width })
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width)
    expect(lines[0]).toMatch(/ {2}1\.4 s$/)
  },
)
