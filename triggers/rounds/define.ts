// Define: what comes next in a sign-in, decided from what Cognito hands over and nothing else.
import type { DefineAuthChallengeTriggerEvent } from 'aws-lambda'
import { readMetadata } from '../../src/core/challenge.ts'

/** Rounds beyond the tries of one code: the first prompt, some resends, some slips of the finger. */
const spareRounds = 6

/**
 * Fills the event's response: tokens for a right answer to one of our own challenges, an end for a session that
 * went another way or on too long, else one more challenge. The same for users that do not exist, who can only
 * never be right.
 */
export function define(
  event: DefineAuthChallengeTriggerEvent,
  attemptsPerCode: number,
): DefineAuthChallengeTriggerEvent {
  const { userNotFound } = event.request
  // An emulator may leave an empty session out.
  const session = event.request.session ?? []
  const last = session.at(-1)
  const isForeign = session.some((entry) => entry.challengeName !== 'CUSTOM_CHALLENGE')
  const isRight = last?.challengeResult === true
  const isProven = isRight && readMetadata(last.challengeMetadata) !== undefined && !userNotFound

  event.response.issueTokens = !isForeign && isProven
  event.response.failAuthentication =
    isForeign || (isRight && !isProven) || (!isRight && session.length >= attemptsPerCode + spareRounds)
  if (!event.response.issueTokens && !event.response.failAuthentication) {
    event.response.challengeName = 'CUSTOM_CHALLENGE'
  }
  return event
}
