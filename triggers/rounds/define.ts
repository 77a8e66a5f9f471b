// Define: what comes next in a sign-in, decided from what Cognito hands over and nothing else.
import type { DefineAuthChallengeTriggerEvent } from 'aws-lambda'
import { readMetadata, readWish } from '../../src/core/challenge.ts'

/** Rounds beyond the tries of one code: the first prompt, some resends, some slips of the finger. */
const spareRounds = 6

/**
 * Fills the event's response: tokens for a right answer to one of our own challenges, an end for a session that
 * went another way or on too long, else one more challenge. The same for users that do not exist, who can only
 * never be right. Whoever has proven the number and wants another one proves that as well before there are tokens, where
 * the pool's rules let numbers be changed so.
 */
export function define(
  event: DefineAuthChallengeTriggerEvent,
  attemptsPerCode: number,
  changesNumbers: boolean,
): DefineAuthChallengeTriggerEvent {
  const { userNotFound, clientMetadata } = event.request
  // An emulator may leave an empty session out.
  const session = event.request.session ?? []
  const last = session.at(-1)
  const entry = readMetadata(last?.challengeMetadata)
  const isForeign = session.some(({ challengeName }) => challengeName !== 'CUSTOM_CHALLENGE')
  const isRight = last?.challengeResult === true
  const isProven = isRight && entry !== undefined && !userNotFound
  const changes = entry?.change !== undefined
  const goesOn = changesNumbers && isProven && !changes && readWish(clientMetadata).action === 'change_number'
  const mostRounds = (attemptsPerCode + spareRounds) * (changes ? 2 : 1)

  event.response.issueTokens = !isForeign && isProven && !goesOn
  event.response.failAuthentication =
    isForeign || (isRight && !isProven) || (!isRight && session.length >= mostRounds)
  if (!event.response.issueTokens && !event.response.failAuthentication) {
    event.response.challengeName = 'CUSTOM_CHALLENGE'
  }
  return event
}
