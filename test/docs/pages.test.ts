// The pages that are made of the program's own tables (`npm run docs` makes them anew), and what all pages name.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { commandTable } from '../../src/cli/command-table.ts'
import { commandsPage } from './commands.ts'
import { errorsPage } from './errors.ts'
import { eventsPage } from './events.ts'
import { blocksOf, brokenLink, commandsOf, linksOf, pages, read, root } from './markdown.ts'
import { settingsPage } from './settings.ts'

it.each([
  ['settings', settingsPage],
  ['commands', commandsPage],
  ['errors', errorsPage],
  ['events', eventsPage],
])('docs/%s.md says what the program knows', async (name, page) => {
  await expect(await page()).toMatchFileSnapshot(`../../docs/${name}.md`)
})

it('README.md has at most 120 lines, and leads to every page', () => {
  const lines = read('README.md').trimEnd().split('\n')
  expect(lines.length).toBeLessThanOrEqual(120)
  const missing = pages
    .filter((page) => /^docs\/([\w-]+|decisions\/README)\.md$/.test(page))
    .filter((page) => !linksOf('README.md').includes(page))
  expect(missing).toEqual([])
})

it.each(pages)('the links of %s lead somewhere', (page) => {
  expect(linksOf(page).flatMap((link) => brokenLink(page, link) ?? [])).toEqual([])
})

describe('what the pages have people type', () => {
  let flags: Map<string, Set<string>>
  let words: Map<string, readonly string[]>
  beforeAll(async () => {
    const table = await commandTable()
    flags = new Map(
      table.commands.map(({ name, flags: own }) => [
        name,
        new Set([...table.globals, ...own].flatMap(({ names }) => names)),
      ]),
    )
    words = new Map(table.commands.map((one) => [one.name, one.words]))
  })

  /** What is wrong with a line that runs the program; nothing where it is none. */
  function complaintsAbout(line: string): string[] {
    const [, rest] =
      /^(?:- run: |- )?(?:[A-Z_]+=\S+ )*(?:npx )?whatsapp-otp(?:@[\w.]+)? (.+)$/.exec(line) ?? []
    if (rest === undefined) return []
    const [name = '', ...others] = rest.split(/\s+/)
    if (/^[<–-]/.test(name)) return []
    const known = flags.get(name)
    if (!known) return [`${line}: there is no command ${name}`]
    const wrong = others
      .map((word) => word.replace(/[=".,].*$/, ''))
      .filter((word) => word.startsWith('-') && word !== '-')
      .filter((word) => !known.has(word))
    return wrong.map((word) => `${line}: ${name} has no flag ${word}`)
  }

  it.each(pages)('exists as %s has it', (page) => {
    expect(commandsOf(page).flatMap(complaintsAbout)).toEqual([])
  })

  it.each(pages)('is a script of the project, where %s has npm run', (page) => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const own = commandsOf(page)
      .map((line) => /^npm run (?:--silent )?([\w:]+)/.exec(line)?.[1] ?? '')
      .filter((name) => name !== '' && !page.startsWith('examples/'))
    expect(own.filter((name) => !(name in scripts) && name !== 'dev')).toEqual([])
  })

  it.each(pages)('is JSON where %s says so', (page) => {
    for (const block of blocksOf(page, ['json'])) expect(() => JSON.parse(block)).not.toThrow()
  })

  it('is this version, where a page pins one', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const pinned = pages.flatMap((page) =>
      [...read(page).matchAll(/whatsapp-otp@(\d[\w.-]*)/g)].map(([, one]) => one),
    )
    expect(new Set(pinned)).toEqual(new Set([version]))
  })

  it('knows the actions of users and test-numbers', () => {
    const actions = (name: string) =>
      pages.flatMap((page) =>
        commandsOf(page).flatMap(
          (line) => new RegExp(`whatsapp-otp ${name} ([a-z-]+)`).exec(line)?.[1] ?? [],
        ),
      )
    expect(words.get('users')).toEqual(expect.arrayContaining(actions('users')))
    expect(words.get('test-numbers')).toEqual(expect.arrayContaining(actions('test-numbers')))
  })
})
