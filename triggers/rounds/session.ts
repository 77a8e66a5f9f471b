// What a sign-in carries from round to round, as Cognito hands it back.
import type { CreateAuthChallengeTriggerEvent } from 'aws-lambda'
import { readMetadata, type SessionEntry } from '../../src/core/challenge.ts'

/** An emulator may leave an empty session out. */
export const entriesOf = (event: CreateAuthChallengeTriggerEvent) => event.request.session ?? []

/** What our own challenges have noted, oldest first. */
export function entriesRead(event: CreateAuthChallengeTriggerEvent): SessionEntry[] {
  return entriesOf(event).flatMap(({ challengeMetadata }) => readMetadata(challengeMetadata) ?? [])
}
