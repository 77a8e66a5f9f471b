// The whole life of a stage and the flows of sign-in, in the world that is usually assumed.
import { expect, it } from 'vitest'
import { matters } from '../../src/sandbox/account/unsettled.ts'
import { passesIn } from './pass.ts'
import { rooms } from './rooms.ts'

passesIn({})

it('the other files of this folder pass in every single deviation', () => {
  expect(Object.values(rooms).flat().sort()).toEqual([...matters].sort())
})
