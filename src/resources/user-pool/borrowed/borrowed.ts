// What is known of a borrowed pool: whose stage uses it, and what was seen of it.
import type { FormerTriggers } from '../../../engine/resource.ts'
import type { Place, Trigger } from '../../../names.ts'
import type { Settings } from '../../../settings/schema.ts'
import type { UserPoolHave } from '../search.ts'

export interface BorrowedPoolHave extends UserPoolHave {
  /** Whether any of its users has a number; undefined where that was not asked. */
  hasNumbers?: boolean
}

export interface Borrowed {
  place: Place
  poolId: string
  settings: Partial<Settings>
}

export interface FormerState {
  trigger: Trigger
  arn: string
  isThere: boolean
  /** Whether its own policy lets Cognito in, so that it works at once when it is called directly again. */
  letsCognitoIn: boolean
}

export interface Owner {
  /** As in `the CloudFormation stack billing`. */
  name: string
  /** The pool itself says so; otherwise only what was changed does. */
  isStack: boolean
  /** Made by Amplify, whose template is in its own words. */
  isAmplify: boolean
}

/** What Cognito calls, by trigger; undefined for nobody. */
export type Called = Partial<Record<Trigger, string | undefined>>

export interface TriggersHave {
  poolId: string
  /** By trigger; undefined where Cognito calls nobody. */
  now: Called
  /** What it called before, and is to call again one day. */
  former: FormerTriggers
  /** The tool that looks after the pool; undefined where nothing shows one. */
  owner: Owner | undefined
  /** Those that are left to it. */
  left: readonly Trigger[]
  /** Those that somebody has given another function since the stage took them. */
  changed: readonly { trigger: Trigger; was: string | null }[]
  /** What became of the functions that were called before. */
  states: readonly FormerState[]
}
