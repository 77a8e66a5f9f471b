// What a user sees of each way in which AWS and SendZen may be: nothing, but for what stands here.
import type { Unsettled } from '../../src/sandbox/account/unsettled.ts'

export interface Expected {
  /** The words with which a deploy with the usual settings is refused, and the settings that answer them. */
  refusal?: { says: RegExp; answer: Record<string, string> }
  /** Whether the first tokens say that the number is proven, or only those of the first refresh. */
  firstTokens: 'proven' | 'silent'
  /** How the third wrong answer to a code ends: with a word in the session, or the session itself. */
  thirdWrong: 'exhausted' | 'NotAuthorizedException'
  /** Whether a sign-in goes on when the first invocation of its trigger has not answered in time. */
  slowTrigger: 'repeated' | 'given up'
  /** Whether such a sign-in is told that its code was on its way already, or hears of its own session alone. */
  repeatedStart: 'cooldown' | 'sent'
}

const usual: Expected = {
  firstTokens: 'proven',
  thirdWrong: 'exhausted',
  slowTrigger: 'repeated',
  repeatedStart: 'cooldown',
}

export function expectedIn(world: Partial<Unsettled>): Expected {
  return {
    ...usual,
    ...(world.liteTriggers === 'refused' && {
      refusal: { says: /USER_POOL_TIER/, answer: { USER_POOL_TIER: 'ESSENTIALS' } },
    }),
    ...(world.freshProof === 'missing' && { firstTokens: 'silent' }),
    ...(world.rounds === 'three' && { thirdWrong: 'NotAuthorizedException' }),
    ...(world.standInName === 'changing' && { repeatedStart: 'sent' }),
    ...(world.triggerAttempts === 'one' && { slowTrigger: 'given up' }),
  }
}
