// A sign-in that tries a stage out: with a number that nobody has, and what its answer has to be.
import { randomInt } from 'node:crypto'
import type { Aws } from '../aws/clients.ts'
import { isTriggerNotReady } from '../aws/errors.ts'
import { type AppClient, type Round, startSignIn } from '../aws/sign-in.ts'
import { publicNames, statuses } from '../core/challenge.ts'

/** What Cognito answered, and why that is no sign-in of ours; `mayPass` where a new permission can be the reason. */
export interface Probe {
  round?: Round
  why?: string
  mayPass: boolean
  /** The triggers are ours, and say that they cannot work now. */
  isOut?: boolean
}

/** Begins a sign-in, which sends nothing: the number is nobody's. Throws what says nothing about the triggers. */
export async function probe({ cognito }: Aws, client: AppClient, phone: string): Promise<Probe> {
  try {
    const round = await startSignIn(cognito, client, phone)
    const foreign = findForeign(round)
    const outage = foreign ? undefined : findOutage(round)
    const why = foreign ?? outage
    return { round, ...(why ? { why } : {}), mayPass: foreign === undefined, isOut: outage !== undefined }
  } catch (error) {
    if (!isTriggerNotReady(error)) throw error
    return { why: (error as Error).message, mayPass: true }
  }
}

/** What only triggers of ours answer, and nobody who stands in for them. */
function findForeign(round: Round): string | undefined {
  if (round.kind === 'tokens')
    return 'a number that nobody has proven got tokens: no trigger of ours was asked'
  const { status, ...others } = round.parameters
  if (!statuses.some((known) => known === status)) {
    return status === undefined
      ? 'the challenge has no status: CreateAuthChallenge is not ours'
      : `the challenge has a status that is none of ours: ${status.slice(0, 40)}`
  }
  const missing = publicNames.filter((name) => name !== 'status' && others[name] === undefined)
  return missing.length > 0 ? `the challenge does not say ${missing.join(', ')}` : undefined
}

function findOutage(round: Round): string | undefined {
  const isOut = round.kind === 'challenge' && round.parameters.status === 'unavailable'
  return isOut ? outOfReach : undefined
}

/** What the challenge `unavailable` says; the functions' logs say which of the two, and why. */
export const outOfReach = 'createAuthChallenge cannot reach its table or its secrets'

/** +1 555 01…: area code 555 is not given out, so that nobody can ever have this number. */
export function inventedNumber(): string {
  return `+155501${String(randomInt(100_000)).padStart(5, '0')}`
}
