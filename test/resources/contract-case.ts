// What the contract needs to know of a kind: what can change, what others may set, and how a stranger looks.

import type { Refs } from '../../src/engine/resource.ts'
import { names } from '../../src/names.ts'
import type { StageFixture } from './stage-fixture.ts'

export type Act = (stage: StageFixture, refs: Refs) => unknown

export interface ContractCase {
  /** By the field that the diff names: what makes it differ, in the settings or in AWS. */
  changes: Record<string, Act>
  /** Fields that AWS takes only together with another one. */
  together?: Record<string, string[]>
  byHand: { set: Act; get: Act }
  foreign: (stage: StageFixture) => unknown
}

/** The one of the five that the most is done for. */
export const trigger = 'createAuthChallenge'
export const functionName = names.function('dev', trigger)

export const trust = (service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  })
