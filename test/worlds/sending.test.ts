// Whichever way permissions spread and messages go out.
import { describe } from 'vitest'
import { passesIn } from './pass.ts'
import { deviationsOf } from './rooms.ts'

describe.each(deviationsOf('sending'))('$name', ({ world }) => passesIn(world))
