// Keeps the list of cases and the tests together: each case has a test that names it, or a reason.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const folder = import.meta.dirname
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

const rows = [...read('cases.md').matchAll(/^\| (\d+) \| (.+) \| (.+) \|$/gm)].map(
  ([, number, what, where]) => ({
    number: Number(number),
    what: what!,
    where: where!,
  }),
)

/** The cases that the titles of one file's tests name, as `… (12, 13)`. */
function namedIn(file: string): number[] {
  const titles = read(`${file}.test.ts`).matchAll(/\((\d+(?:, \d+)*)\)['`]/g)
  return [...titles].flatMap((match) => match[1]!.split(', ').map(Number))
}

it('lists every case once, in order', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 93 }, (_, n) => n + 1))
})

it('has a test for each case, or says why not', () => {
  const missing = rows.filter(({ number, where }) => {
    if (where.startsWith('left out: ') || where.startsWith('every file')) return false
    const unit = /^unit: `([^`]+)`/.exec(where)?.[1]
    return unit ? !existsSync(join(folder, '../..', unit)) : !namedIn(where).includes(number)
  })
  expect(missing).toEqual([])
})

it('searches what each file leaves behind for secrets', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.test.ts') && name !== 'cases.test.ts')
  expect(files.length).toBeGreaterThan(10)
  expect(files.filter((name) => !read(name).trimEnd().endsWith('keepsItsSecrets(() => stage)'))).toEqual([])
})
