// The recording in README.md is of the demo as it is told today (`npm run pictures` takes it anew).
import { expect, it } from 'vitest'
import { read } from './markdown.ts'

/** As in `chapter('Sign up a user', …)`. */
const chapters = [...read('src/demo/story.ts').matchAll(/chapter\('([^']+)'/g)].map(([, title]) => title)

it('shows every chapter, in its order, below a megabyte', () => {
  const film = read('docs/pictures/demo.svg')
  const shown = [...film.matchAll(/>(\d+\. [^<]+)</g)].map(([, heading]) => heading)
  expect(shown).toEqual(chapters.map((title, n) => `${n + 1}. ${title}`))
  expect(film.length).toBeLessThan(1_000_000)
})
