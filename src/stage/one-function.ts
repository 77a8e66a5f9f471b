// A deploy of one function alone (`--function`): what is read for it, and where the whole has to go first.
import type { Observed } from '../engine/have.ts'
import type { Step } from '../engine/plan.ts'
import type { AnyResource } from '../engine/resource.ts'
import { AppError } from '../errors.ts'
import { borrowedPoolOf } from '../settings/borrowed-pool.ts'
import { neededFor } from './resources.ts'
import type { OpenStage } from './stage.ts'

/**
 * True where these ids can be deployed without reading all of the stage: its record tells the rest, and its pool is its
 * own.
 */
export function isNarrow(
  { record, resolved: { settings } }: OpenStage,
  only: ReadonlySet<string> | undefined,
): only is ReadonlySet<string> {
  return only !== undefined && record !== undefined && borrowedPoolOf(settings) === undefined
}

/** They, what they go by, and what is read in one call with that. */
export function narrowed(
  { resolved: { settings } }: OpenStage,
  resources: readonly AnyResource[],
  only: ReadonlySet<string>,
): AnyResource[] {
  const retired = resources.filter(({ isRetired }) => isRetired).map(({ id }) => id)
  const signIn = settings.clientSecret ? ['user-pool-client:login'] : []
  return neededFor(resources, [...only, ...retired, ...signIn, 'record', 'provider-key', 'brake', 'findings'])
}

/** What was not read is as the record has it. */
export function withRecorded({ record }: OpenStage, { have, refs }: Observed): Observed {
  const { userPoolId, signupClientId, loginClientId } = record ?? {}
  return { have, refs: { userPoolId, signupClientId, loginClientId, ...refs } }
}

/** One function alone must not get code that looks for what has not been moved yet. */
export function wholeFirst(stage: string, { name }: Step): AppError {
  return new AppError('STAGE_NOT_MOVED', `Stage «${stage}» has to be deployed as a whole first`, {
    why: `an older version of whatsapp-otp has left ${name}, which only a whole deploy moves`,
    next: [`whatsapp-otp deploy --stage ${stage}`],
  })
}
