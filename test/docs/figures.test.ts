// The pages tell what the rules say (`npm run docs` writes their figures anew).
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { figures, withFigures } from './figures.ts'

const pages = ['alarms', 'at-scale', 'security'] as const

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

it.each(pages)('docs/%s.md has the figures of the defaults', async (name) => {
  const path = `../../docs/${name}.md`
  await expect(withFigures(read(path), figures[name]())).toMatchFileSnapshot(path)
})
