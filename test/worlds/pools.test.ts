// Whichever way pools and clients are made, read and changed.
import { describe } from 'vitest'
import { passesIn } from './pass.ts'
import { deviationsOf } from './rooms.ts'

describe.each(deviationsOf('pools'))('$name', ({ world }) => passesIn(world))
