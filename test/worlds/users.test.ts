// Whichever way users come into being.
import { describe } from 'vitest'
import { passesIn } from './pass.ts'
import { deviationsOf } from './rooms.ts'

describe.each(deviationsOf('users'))('$name', ({ world }) => passesIn(world))
