// What a session may be told by its own rounds alone: the rules of a number, played over a ledger that is its own.
import { type SessionRound, type Status, statusAfterAnswer, statusOfRefusal } from './challenge.ts'
import { type Challenge, emptyLedger, findChallenge, type Ledger, type Refusal } from './ledger.ts'
import { charge } from './ledger-checks.ts'
import { reserveResend } from './ledger-sends.ts'
import type { Limits } from './limits.ts'

/** How a session stands after its last round, as if nobody else had ever asked for this number. */
export interface Account {
  status: Status
  /** Why the last round would get no message. */
  refusal: Refusal | undefined
  ledger: Ledger
  challenge: Challenge | undefined
}

/** Nobody's in particular: all that happens here is the session's own. */
const own = { user: '', client: '', kid: '', tag: '', sealed: '' }

/**
 * Plays the rounds of one session, oldest first. The same for a number with an account and for one without:
 * nothing comes in but the rounds. An answer counts as a wrong one, whatever it was.
 */
export function accountOf(rounds: readonly SessionRound[], limits: Limits): Account {
  const none: Account = { status: 'expired', refusal: undefined, ledger: emptyLedger, challenge: undefined }
  return rounds.reduce((before, round, n) => after(before, round, String(n), limits), none)
}

function after(before: Account, { at, asked }: SessionRound, id: string, limits: Limits): Account {
  if (asked === 'nothing') return before
  const { ledger, challenge } = before
  const session = { cid: challenge?.cid ?? '', n: challenge?.sends ?? 0 }
  if (asked === 'answer') {
    const { next = ledger } = charge(ledger, at, limits, { ...own, cid: session.cid })
    const status = statusAfterAnswer(next, at, limits, session)
    return {
      status,
      refusal: undefined,
      ledger: next,
      challenge: findChallenge(next, session.cid) ?? challenge,
    }
  }
  const draft = { ...own, by: id, cid: id }
  const { outcome, next = ledger } = reserveResend(ledger, at, limits, draft, session, asked, [own.kid])
  return outcome.kind === 'refused'
    ? { ...before, status: statusOfRefusal(outcome.reason), refusal: outcome.reason }
    : { status: 'sent', refusal: undefined, ledger: next, challenge: outcome.challenge }
}
