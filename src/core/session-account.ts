// What a session may be told by its own rounds alone: the rules of a number, played over a ledger that is its own.
import {
  type SessionRound,
  type Shown,
  type Status,
  statusAfterAnswer,
  statusOfRefusal,
} from './challenge.ts'
import type { Refusal } from './ledger/allowance.ts'
import { charge } from './ledger/checks.ts'
import { type Challenge, emptyLedger, findChallenge, type Ledger } from './ledger/ledger.ts'
import type { Limits } from './ledger/limits.ts'
import { type Draft, reserveResend } from './ledger/sends.ts'

/** How a session stands after its last round, as if nobody else had ever asked for this number. */
export interface Account extends Shown {
  status: Status
  /** Why the last round would get no message. */
  refusal: Refusal | undefined
  ledger: Ledger
  challenge: Challenge | undefined
}

/** Nobody's in particular: all that happens here is the session's own. */
const own = { user: '', client: '', codeOf: () => ({ kid: '', tag: '', sealed: '' }) }

/**
 * Plays the rounds of one session, oldest first. The same for a number with an account and for one without:
 * nothing comes in but the rounds, and the digits of a test number's fixed code. An answer counts as a wrong one,
 * whatever it was.
 */
export function accountOf(
  rounds: readonly SessionRound[],
  limits: Limits,
  sid: string,
  testLength?: number,
): Account {
  const none: Account = { status: 'expired', refusal: undefined, ledger: emptyLedger, challenge: undefined }
  const next = (before: Account, round: SessionRound, n: number) => {
    const id = `${sid}:${n}`
    return after(before, round, { ...own, by: id, key: id, cid: id, testLength }, limits, sid)
  }
  return rounds.reduce(next, none)
}

function after(
  before: Account,
  { at, asked }: SessionRound,
  draft: Draft,
  limits: Limits,
  sid: string,
): Account {
  if (asked === 'nothing') return before
  const { ledger, challenge } = before
  const session = { sid, cid: challenge?.cid ?? '', n: challenge?.sends ?? 0 }
  if (asked === 'answer') {
    const claim = {
      user: own.user,
      client: own.client,
      cid: session.cid,
      sid,
      digits: challenge?.length ?? 0,
    }
    const { next = ledger } = charge(ledger, at, limits, claim)
    return {
      status: statusAfterAnswer(next, at, limits, session),
      refusal: undefined,
      ledger: next,
      challenge: findChallenge(next, session.cid) ?? challenge,
    }
  }
  const { outcome, next = ledger } = reserveResend(ledger, at, limits, draft, session, asked, [''])
  return outcome.kind === 'refused'
    ? { ...before, status: statusOfRefusal(outcome.reason), refusal: outcome.reason }
    : { status: 'sent', refusal: undefined, ledger: next, challenge: outcome.challenge }
}
