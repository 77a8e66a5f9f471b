// What passing on takes: a file of its own in the zips, loaded only where something is passed on.
import { systemClock as clock } from '../outside/clock.ts'
import { request as http } from '../outside/http.ts'
import { createFormer, type FormerOptions } from './former.ts'

export const formerFunction = (arn: string, called: Pick<FormerOptions, 'env' | 'trigger'>) =>
  createFormer(arn, { http, clock, ...called })
