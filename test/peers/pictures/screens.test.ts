// The pictures of the terminal show what the program shows: each scene is played again, and told apart by its words.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../program.ts'
import { textOf } from './screen.ts'
import { scenes, shoot } from './screens.ts'

const plain = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

/** The words alone: durations, numbers, ids and where a line breaks differ from run to run. */
const wordsOf = (text: string) =>
  text
    .replace(/\d+(\.\d+)? s\b/g, '')
    .replace(/us-east-1_\w+|[\w-]*\d[\w.,:-]*/g, '#')
    .replace(/\s+/g, '')

it.each(Object.keys(scenes))(
  '%s is as its picture has it (`npm run pictures` takes it anew)',
  async (name) => {
    const { typed, rows } = await shoot(name)
    for (const scheme of ['dark', 'light']) {
      const svg = await readFile(join(root, `docs/pictures/${name}-${scheme}.svg`), 'utf8')
      const lines = [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, line = '']) =>
        [...line.matchAll(/<tspan[^>]*>([^<]*)<\/tspan>/g)].map(([, text = '']) => text).join(' '),
      )
      expect(wordsOf(plain(lines.join('\n')))).toBe(wordsOf(`$ ${typed}\n${textOf(rows)}`))
    }
  },
)
