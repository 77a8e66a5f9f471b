// docs/events.md is made of the tables of events (`npx vitest run test/docs -u` makes it anew).
import { expect, it } from 'vitest'
import { eventsPage } from './events.ts'

it('docs/events.md has every event with its sentence', async () => {
  await expect(eventsPage()).toMatchFileSnapshot('../../docs/events.md')
})
