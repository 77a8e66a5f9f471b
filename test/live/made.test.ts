// The list of what a run has made: what goes, in which order, and what is told as left at any moment.
import { expect, it } from 'vitest'
import type { Aws } from '../../src/aws/clients.ts'
import { Made, type Thing } from '../../src/live/scene/made.ts'

let now = 0
const clock = {
  now: () => now,
  steady: () => now,
  sleep: async (ms: number) => {
    now += ms
  },
}
const aws = { clock } as unknown as Aws

/** `reads`: how it is found, one after the other; the last for good. */
function thing(
  id: string,
  reads: Awaited<ReturnType<Thing['read']>>[],
  remove: () => void = () => {},
): Thing {
  return {
    what: 'thing',
    id: () => id,
    read: async () => (reads.length > 1 ? reads.shift()! : reads[0]!),
    remove: async () => remove(),
    command: () => `remove ${id}`,
  }
}

it('removes the last first, and counts each as left until it is gone for readers', async () => {
  const made = new Made()
  const seen: string[] = []
  const look = (id: string) => () => void seen.push(`${id} of ${made.left.map(({ id }) => id)}`)
  made.expect(thing('first', ['ours', 'gone'], look('first')))
  made.expect(thing('second', ['ours', 'ours', 'gone'], look('second')))
  expect(await made.removeAll(aws)).toEqual([])
  expect(seen).toEqual(['second of first,second', 'first of first'])
  expect(made.left).toEqual([])
})

it('touches nothing that is somebody else’s or gone', async () => {
  const made = new Made()
  const never = () => expect.unreachable()
  made.expect(thing('theirs', ['foreign'], never))
  made.expect(thing('gone', ['gone'], never))
  expect(await made.removeAll(aws)).toEqual([])
})

it('goes on with the rest where one cannot be removed or does not go, and tells both', async () => {
  const made = new Made()
  made.expect(thing('last', ['ours', 'gone']))
  made.expect(thing('stays', ['ours']))
  const refuse = () => {
    throw Object.assign(new Error('not now'), { name: 'AccessDeniedException' })
  }
  made.expect(thing('refused', ['ours'], refuse))
  const left = await made.removeAll(aws)
  expect(left.map(({ id, command, why }) => [id, command, why])).toEqual([
    ['refused', 'remove refused', 'AccessDeniedException: not now'],
    ['stays', 'remove stays', expect.stringContaining('Waited 60 s for thing to go')],
  ])
  expect(made.left.map(({ id }) => id)).toEqual(['stays', 'refused'])
})
