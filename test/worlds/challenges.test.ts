// Whichever way Cognito plays a sign-in.
import { describe } from 'vitest'
import { passesIn } from './pass.ts'
import { deviationsOf } from './rooms.ts'

describe.each(deviationsOf('challenges'))('$name', ({ world }) => passesIn(world))
