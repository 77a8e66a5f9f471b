// Create: one round of a sign-in. Sends a code when the session asks for one, else says how the last one stands.
import type { CreateAuthChallengeTriggerEvent } from 'aws-lambda'
import {
  metadataOf,
  publicParameters,
  readMetadata,
  readWish,
  type SessionRound,
  type Status,
  statusAfterAnswer,
  statusOfRefusal,
} from '../../src/core/challenge.ts'
import { sealCode, tagOf, unsealCode } from '../../src/core/keys.ts'
import type { Challenge, Channel, Ledger } from '../../src/core/ledger.ts'
import {
  type Draft,
  reserveFirst,
  reserveResend,
  type SessionChallenge,
} from '../../src/core/ledger-sends.ts'
import type { Limits } from '../../src/core/limits.ts'
import { accountOf } from '../../src/core/session-account.ts'
import type { Clients } from '../../src/core/subject.ts'
import { decoyReasonOf, describeSubject, type Subject, subjectOf } from '../../src/core/subject.ts'
import type { Clock, Deadline } from '../outside/clock.ts'
import { type Log, logFailure } from '../outside/log.ts'
import type { Secrets, SecretsSource } from '../outside/secrets.ts'
import type { Store } from '../outside/store.ts'
import { type Books, booksOf } from './books.ts'
import type { Sender } from './send.ts'

export interface CreateOptions {
  limits: Limits
  clients: Clients
  /** Whether a number may get codes at all. */
  isAllowed(phone: string): boolean
  smsAllowed: boolean
  clock: Clock
  secrets: SecretsSource
  store: Store
  sender: Sender
  newId(): string
  newCode(length: number): string
}

/** How the round stands. Without a ledger nothing is known but the status. */
interface Standing {
  status: Status
  ledger?: Ledger | undefined
  challenge?: Challenge | undefined
  channel?: Channel
}

interface Round extends Standing {
  session: SessionChallenge
}

interface Known {
  subject: Subject
  books: Books
  secrets: Secrets
}

/** What the session goes on with, and what is shown. */
interface End {
  round: SessionRound
  session: SessionChallenge
  shown: Standing
}

function roundsBefore(event: CreateAuthChallengeTriggerEvent): SessionRound[] {
  const entries = event.request.session ?? []
  return entries.flatMap(({ challengeMetadata }) => readMetadata(challengeMetadata)?.round ?? [])
}

/** An emulator may leave an empty session out. */
function isFirstRound(event: CreateAuthChallengeTriggerEvent): boolean {
  return (event.request.session ?? []).length === 0
}

export function createChallenge(options: CreateOptions) {
  const { limits, clock, store, secrets: source } = options

  /** The session's challenge, or one that never had a code, under an id that exists nowhere else. */
  function sessionOf(event: CreateAuthChallengeTriggerEvent): SessionChallenge {
    const last = event.request.session?.at(-1)
    return readMetadata(last?.challengeMetadata) ?? { cid: options.newId(), n: 0 }
  }

  function draftFor(pool: string, subject: Subject, secrets: Secrets): { draft: Draft; code: string } {
    const { client, user } = subject
    const cid = options.newId()
    const code = options.newCode(limits.codeLength)
    const binding = { pool, client, user, cid }
    const { current } = secrets
    const tag = tagOf(current, binding, code)
    const sealed = sealCode(current, binding, code)
    return { draft: { by: options.newId(), cid, user, client, kid: current.kid, tag, sealed }, code }
  }

  /** What this round asks for. */
  function askedBy(event: CreateAuthChallengeTriggerEvent): Channel | 'answer' {
    const wish = readWish(event.request.clientMetadata)
    if (!isFirstRound(event) && !wish.resend) return 'answer'
    return wish.sms && options.smsAllowed && !isFirstRound(event) ? 'sms' : 'whatsapp'
  }

  async function sendRound(
    event: CreateAuthChallengeTriggerEvent,
    { subject, books, secrets }: Known,
    wanted: Channel,
    deadline: Deadline,
    log: Log,
  ): Promise<Round> {
    const pool = event.userPoolId
    const { quiet } = books
    const session = sessionOf(event)
    const isFirst = isFirstRound(event)
    const { locale = subject.locale } = readWish(event.request.clientMetadata)
    const started = clock.ticks()
    const { draft, code: newCode } = draftFor(pool, subject, secrets)
    const knownKids = secrets.known.map((keys) => keys.kid)

    const { outcome, ledger } = await store.update(
      books.pk,
      (before, now) =>
        isFirst
          ? reserveFirst(before, now, limits, draft)
          : reserveResend(before, now, limits, draft, session, wanted, knownKids),
      deadline.within(1800),
      books.nobodys,
    )
    const asking = { pool, started, quiet }
    if (quiet && outcome.kind !== 'granted') await options.sender.holdBack(asking, deadline, log)
    if (outcome.kind === 'refused') {
      const status = statusOfRefusal(outcome.reason)
      log(outcome.reason === 'locked' ? 'otp_locked' : 'otp_suppressed', { reason: outcome.reason, status })
      const challenge = ledger.challenges.find((other) => other.cid === session.cid)
      return { status, session, ledger, ...(challenge ? { challenge } : {}) }
    }
    const { challenge } = outcome
    const now = { cid: challenge.cid, n: challenge.sends }
    if (outcome.kind === 'adopted') {
      log('otp_adopted', { ...now, ...(challenge.failed ? { status: challenge.failed } : {}) })
      return { status: challenge.failed ?? 'sent', session: now, ledger, challenge }
    }
    const code = challenge.cid === draft.cid ? newCode : reopen(pool, challenge, secrets)
    const permit = { ...asking, subject, challenge, code, secrets, locale }
    const { failed, channel, ledger: noted = ledger } = await options.sender.send(permit, deadline, log)
    return { session: now, challenge, channel, status: failed ?? 'sent', ledger: noted }
  }

  function reopen(pool: string, challenge: Challenge, secrets: Secrets): string {
    const keys = secrets.known.find((other) => other.kid === challenge.kid) ?? secrets.current
    return unsealCode(keys, { ...challenge, pool }, challenge.sealed)
  }

  async function askAgain(
    event: CreateAuthChallengeTriggerEvent,
    { subject, books }: Known,
    deadline: Deadline,
  ): Promise<Round> {
    const session = sessionOf(event)
    const ledger = await store.read(books.pk, deadline.within(1800))
    const challenge = ledger.challenges.find(
      (other) => other.cid === session.cid && other.user === subject.user && other.client === subject.client,
    )
    const status = statusAfterAnswer(ledger, clock.now(), limits, session)
    return { status, session, ledger, ...(challenge ? { challenge } : {}) }
  }

  /** Plays the round by the limits of the number, and shows how it stands by them or, quietly, by the session alone. */
  async function play(
    event: CreateAuthChallengeTriggerEvent,
    known: Known,
    at: number,
    deadline: Deadline,
    log: Log,
  ): Promise<End> {
    const asked = askedBy(event)
    const round = { at, asked }
    const { quiet } = known.books
    const account = quiet ? accountOf([...roundsBefore(event), round], limits) : undefined
    if (account?.refusal) log('otp_suppressed', { reason: account.refusal, status: account.status })
    const standing =
      asked === 'answer' || account?.refusal
        ? await askAgain(event, known, deadline)
        : await sendRound(event, known, asked, deadline, log)
    return { round, session: standing.session, shown: account ?? standing }
  }

  /** Fills the event's response. Never throws for a store, a provider or secrets that fail. */
  return async function create(
    event: CreateAuthChallengeTriggerEvent,
    deadline: Deadline,
    log: Log,
  ): Promise<CreateAuthChallengeTriggerEvent> {
    const session = sessionOf(event)
    const at = clock.now()
    const decoy = decoyReasonOf(event, options.clients, options.isAllowed)
    let end: End = { round: { at, asked: 'nothing' }, shown: { status: 'unavailable' }, session }
    try {
      const secrets = await source.get(deadline.within(1500))
      // Judged above: the number plans are looked through once a round.
      const subject = subjectOf(event, options.clients, secrets.idKey, () => decoy !== 'country')
      const about = describeSubject(subject)
      const bound: Log = (name, fields) => log(name, { ...about, ...fields })
      const known = { subject, secrets, books: booksOf(subject, secrets.findings) }
      end = await play(event, known, at, deadline, bound)
    } catch (error) {
      // Fails closed and keeps the session: an error would tell the app less and make Cognito call again.
      logFailure(log, error)
    }
    const { status, ledger, challenge, channel } = end.shown
    event.response.publicChallengeParameters = publicParameters(
      status,
      limits,
      clock.now(),
      ledger,
      challenge,
      channel,
    )
    event.response.privateChallengeParameters = {
      cid: end.session.cid,
      decoy: String(decoy !== undefined),
    }
    event.response.challengeMetadata = metadataOf(end.session, end.round)
    return event
  }
}
