// One round of a sign-in, played by the limits of its number: sends a code, or says how the last one stands.
import {
  type SessionRound,
  type Shown,
  statusAfterAnswer,
  statusOfRefusal,
  toldOf,
  type Wish,
} from '../../src/core/challenge.ts'
import type { Refusal } from '../../src/core/ledger/allowance.ts'
import { unlock } from '../../src/core/ledger/checks.ts'
import { type Channel, deviceOf, findChallenge, type Ledger } from '../../src/core/ledger/ledger.ts'
import type { Limits } from '../../src/core/ledger/limits.ts'
import {
  type Reservation,
  reserveFirst,
  reserveResend,
  type SessionChallenge,
} from '../../src/core/ledger/sends.ts'
import type { Standing } from '../../src/core/limits.ts'
import { accountOf } from '../../src/core/session-account.ts'
import { isOwnerOf, type Subject } from '../../src/core/subject.ts'
import type { Deadline } from '../outside/clock.ts'
import type { Log } from '../outside/log.ts'
import type { Secrets } from '../outside/secrets.ts'
import type { Store } from '../outside/store.ts'
import type { Books } from './books.ts'
import { type DraftOptions, draftFor } from './draft.ts'
import type { Sender } from './send.ts'

export interface PlayOptions extends DraftOptions {
  store: Store
  sender: Sender
}

/** One invocation: who asks, for what, and by which rules. */
export interface Round {
  pool: string
  subject: Subject
  secrets: Secrets
  books: Books
  limits: Limits
  session: SessionChallenge
  wish: Wish
  asked: SessionRound['asked'] | 'unlock'
  /** The session's rounds until now, oldest first, and this one. */
  rounds: SessionRound[]
  /** The device that asks, by its keyed hash. */
  device: string | undefined
  /** Nothing has come before: in the session, or for the new number of a session. */
  isFirst: boolean
  deadline: Deadline
  log: Log
}

/** Whether a message is asked for. */
export const isSend = (asked: Round['asked']): asked is Channel => asked === 'whatsapp' || asked === 'sms'

/** What the session goes on with, and what is shown. */
export interface End {
  session: SessionChallenge
  shown: Shown
}

export function playRound(options: PlayOptions) {
  const { clock, store, sender } = options

  function standingOf({ subject, device }: Round, ledger: Ledger): Standing {
    if (deviceOf(ledger, device)) return 'device'
    return isOwnerOf(subject, ledger) ? 'proven' : 'unproven'
  }

  /** `refused` holds for strangers only: what their session has used up by its own rounds. */
  async function sendRound(round: Round, wanted: Channel, refused: Refusal | undefined): Promise<End> {
    const { pool, subject, secrets, books, limits, session, device, deadline, log } = round
    const asking = { pool, subject, secrets }
    const key = `${session.sid}:${round.rounds.length}`
    const { draft, codeOf } = draftFor({ ...asking, key, device }, options)
    const knownKids = secrets.known.map(({ kid }) => kid)
    let standing: Standing = 'unproven'
    const rule = (before: Ledger, now: number) => {
      standing = standingOf(round, before)
      if (refused && standing !== 'device')
        return { outcome: { kind: 'refused', reason: refused } as Reservation }
      return round.isFirst
        ? reserveFirst(before, now, limits, draft)
        : reserveResend(before, now, limits, draft, session, wanted, knownKids)
    }
    const { outcome, ledger, done } = await store.update(books.pk, rule, deadline.within(1800), {
      nobodys: books.nobodys,
      beside: (result: Reservation) => {
        if (result.kind === 'granted')
          return sender.count(asking, standing, result.challenge.channel, deadline.within(1500))
        return books.quiet ? sender.look(pool, deadline.within(1500)) : undefined
      },
    })
    const decidedAt = clock.ticks()
    const known = deviceOf(ledger, device)
    if (books.quiet && outcome.kind !== 'granted') await sender.holdBack(decidedAt, deadline)
    if (outcome.kind === 'refused') {
      const status = statusOfRefusal(outcome.reason)
      log(outcome.reason === 'locked' ? 'otp_locked' : 'otp_suppressed', { reason: outcome.reason, status })
      const challenge = findChallenge(ledger, session.cid)
      return { session, shown: { status, ledger, challenge, device: known } }
    }
    const { challenge } = outcome
    const next = { sid: session.sid, cid: challenge.cid, n: challenge.sends }
    const told = toldOf(challenge.failed, known !== undefined)
    if (outcome.kind !== 'granted') {
      const status = told ?? (outcome.kind === 'shared' ? 'cooldown' : 'sent')
      log('otp_adopted', { cid: next.cid, n: next.n, status })
      return { session: next, shown: { status, ledger, challenge, device: known } }
    }
    const { locale = subject.locale } = round.wish
    const permit = {
      ...asking,
      challenge,
      code: codeOf(challenge),
      locale,
      device,
      counted: done,
      permittedAt: decidedAt,
    }
    const sent = await sender.send(permit, deadline, log)
    const channel = known ? sent.channel : challenge.channel
    const status = toldOf(sent.failed, known !== undefined) ?? 'sent'
    return {
      session: next,
      shown: { status, ledger: sent.ledger ?? ledger, challenge, channel, device: known },
    }
  }

  async function askAgain(round: Round): Promise<End> {
    const { subject, books, limits, session, device, deadline, log } = round
    const within = deadline.within(1800)
    const lift = async () => {
      const { outcome, ledger } = await store.update(
        books.pk,
        (before, now) => unlock(before, now, limits, device),
        within,
        { nobodys: books.nobodys },
      )
      if (outcome) log('otp_unlocked')
      return ledger
    }
    const ledger = round.asked === 'unlock' ? await lift() : await store.read(books.pk, within)
    const known = deviceOf(ledger, device)
    const challenge = ledger.challenges.find(
      ({ cid, user, client }) => cid === session.cid && user === subject.user && client === subject.client,
    )
    const status = statusAfterAnswer(ledger, clock.now(), limits, session, known)
    // A stranger is shown what this session has asked for: that WhatsApp failed tells that there is somebody.
    const channel = known ? challenge?.channel : round.rounds.map(({ asked }) => asked).findLast(isSend)
    return { session, shown: { status, ledger, challenge, channel, device: known } }
  }

  /** Shows how the number stands or, quietly, how the session does by itself. Throws StoreError. */
  return async function play(round: Round): Promise<End> {
    const { books, limits, asked, rounds, session, wish, log } = round
    const account = books.quiet ? accountOf(rounds, limits, session.sid) : undefined
    if (account?.refusal) log('otp_suppressed', { reason: account.refusal, status: account.status })
    // With a device the calls are those of a send, whether the device is known or not.
    const end =
      isSend(asked) && (!account?.refusal || wish.device)
        ? await sendRound(round, asked, account?.refusal)
        : await askAgain(round)
    if (!account || end.shown.device) return end
    const { test, length } = end.shown.challenge ?? {}
    return { ...end, shown: test ? accountOf(rounds, limits, session.sid, length) : account }
  }
}
