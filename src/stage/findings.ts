// What a deploy finds out for the functions: whether a stranger keeps a stand-in name, which two sign-ins of nobody tell,
// and how long WhatsApp tries to deliver the stage's template.
import { isDeepStrictEqual } from 'node:util'
import type { Connection } from '../aws/account.ts'
import { type AppClient, type Round, startSignIn } from '../aws/sign-in.ts'
import { toAppError } from '../aws/words.ts'
import { type Findings, findingsOf } from '../core/parameters/findings.ts'
import type { Observed } from '../engine/have.ts'
import { haveOf } from '../engine/stage-view.ts'
import { exitCodes } from '../errors.ts'
import { findings, noteFindings } from '../resources/findings.ts'
import { userPoolClient } from '../resources/user-pool-client.ts'
import { whileHolding } from './lock/lock.ts'
import { inventedNumber } from './probe.ts'

export interface FindOut {
  /** Asks also where something is noted already, as after a change. */
  again: boolean
  /** Two sign-ins at once by a number that nobody has, where they were made already. */
  twins?: readonly Round[] | undefined
  /** See `takeLock`; `held` where this run holds the stage already. */
  onWait: 'held' | ((who: string) => (ms: number) => void)
  /** Asks the provider for the life of the template, in seconds. Absent where no function goes by it. */
  templateLife?: (() => Promise<number | undefined>) | undefined
}

/**
 * Signs in twice with a number that nobody has and compares what Cognito calls it. Sends no message, and writes only
 * what differs from what is noted. Nothing that goes wrong here is wrong with the stage: then nothing is noted, and
 * the next deploy asks again. Throws only CANCELLED and what tells of the caller's credentials.
 */
export async function findOut(
  aws: Connection,
  observed: Observed,
  { again, twins, onWait, templateLife }: FindOut,
): Promise<void> {
  const { document } = haveOf(observed, findings(aws.place)) ?? {}
  const noted = findingsOf(document)
  const login = haveOf(observed, userPoolClient(aws.place, 'login'))?.client
  if (!document || !login?.ClientId) return
  const client = { clientId: login.ClientId, clientSecret: login.ClientSecret }
  try {
    const [rounds, life] = await Promise.all([
      again || !noted.standIn ? (twins ?? signInTwice(aws, client)) : undefined,
      again || noted.templateLifeSeconds === undefined ? templateLife?.() : undefined,
    ])
    const found: Findings = {
      ...noted,
      ...(rounds ? standInOf(rounds) : {}),
      ...(life === undefined ? {} : { templateLifeSeconds: life }),
    }
    if (isDeepStrictEqual(found, noted)) return
    const note = () => noteFindings(aws, found)
    await (onWait === 'held' ? note() : whileHolding(aws, onWait, note))
  } catch (error) {
    const known = toAppError(error, 'find out what Cognito calls a stranger')
    if (known.code === 'CANCELLED' || known.exitCode === exitCodes.credentials) throw known
  }
}

function signInTwice({ cognito }: Connection, client: AppClient): Promise<Round[]> {
  const number = inventedNumber()
  return Promise.all([1, 2].map(() => startSignIn(cognito, client, number)))
}

/** Nothing where Cognito, or what stands in for it, does not say the name. */
function standInOf(rounds: readonly Round[]): Findings {
  const [first, second] = rounds.map((round) => round.kind === 'challenge' && round.parameters.USERNAME)
  if (!first || !second) return {}
  return { standIn: first === second ? 'stable' : 'changing' }
}
