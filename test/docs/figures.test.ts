// The pages tell what the rules say (`npx vitest run test/docs -u` writes their figures anew).
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { guessOdds } from '../../src/insight/guess-probability.ts'
import { spendingOf } from '../../src/insight/spending.ts'
import type { Setting } from '../../src/settings/rows.ts'
import { schema } from '../../src/settings/schema.ts'
import { guessLines, spendingLines } from '../../src/views/exposure-view.ts'
import { readmeFigures, securityFigures, withFigures } from './figures.ts'

const pages = [
  ['README.md', readmeFigures],
  ['docs/security.md', securityFigures],
] as const

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

it('README.md has a row for every setting, with its flag and its default', () => {
  const rows = read('../../README.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replace(/`([A-Z_]+)_HOUR`, `_DAY`/, '`$1_HOUR`, `$1_DAY`'))
    .map((line) => line.replace(/`(--[a-z-]+)-hour`, `-day`/, '`$1-hour`, `$1-day`'))
  for (const { env, flag, default: preset } of Object.values(schema) as Setting<unknown>[]) {
    const row = rows.find((line) => line.includes(`\`${env}\``))
    expect(row, env).toBeDefined()
    if (flag) expect(row, env).toContain(`\`${flag.split(' ')[0]}\``)
    const isPlain = typeof preset === 'number' || typeof preset === 'boolean'
    if (isPlain) expect(row, env).toMatch(new RegExp(`[ \`]${preset}[ ,\`]`))
  }
})

it('README.md shows what status says of a stage with the defaults', () => {
  const view = { dataWidth: 120 }
  const lines = [...guessLines(guessOdds({}, false), view), ...spendingLines(spendingOf({}), view)]
  expect(read('../../README.md')).toContain(lines.join('\n'))
})

it.each(pages)('%s has the figures of the defaults', async (page, figures) => {
  const path = `../../${page}`
  await expect(withFigures(read(path), figures())).toMatchFileSnapshot(path)
})
