// Create: one round of a sign-in. Sends a code when the session asks for one, else says how the last one stands.
import type { CreateAuthChallengeTriggerEvent } from 'aws-lambda'
import {
  metadataOf,
  publicParameters,
  readMetadata,
  readWish,
  type Status,
  statusAfterAnswer,
} from '../../src/core/challenge.ts'
import { sealCode, tagOf, unsealCode } from '../../src/core/keys.ts'
import type { Challenge, Channel, Ledger, SendFailure } from '../../src/core/ledger.ts'
import {
  type Draft,
  recordFailure,
  reserveFirst,
  reserveResend,
  type SessionChallenge,
} from '../../src/core/ledger-sends.ts'
import type { Limits } from '../../src/core/limits.ts'
import type { Clients } from '../../src/core/subject.ts'
import { describeSubject, type Subject, subjectOf } from '../../src/core/subject.ts'
import type { Clock, Deadline } from '../outside/clock.ts'
import { type Log, logFailure } from '../outside/log.ts'
import type { Secrets, SecretsSource } from '../outside/secrets.ts'
import { type Store, StoreError } from '../outside/store.ts'
import type { Send } from './send.ts'

export interface CreateOptions {
  limits: Limits
  clients: Clients
  /** Whether a number may get codes at all. */
  isAllowed(phone: string): boolean
  smsAllowed: boolean
  clock: Clock
  secrets: SecretsSource
  store: Store
  send: Send
  newId(): string
  newCode(length: number): string
}

/** What the round ends with. Without a ledger nothing is known but the status. */
interface Round {
  status: Status
  session: SessionChallenge
  ledger?: Ledger
  challenge?: Challenge
  channel?: Channel
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

  async function sendRound(
    event: CreateAuthChallengeTriggerEvent,
    subject: Subject,
    secrets: Secrets,
    deadline: Deadline,
    log: Log,
  ): Promise<Round> {
    const pool = event.userPoolId
    const session = sessionOf(event)
    const isFirst = isFirstRound(event)
    const wish = readWish(event.request.clientMetadata)
    const wanted: Channel = wish.sms && options.smsAllowed ? 'sms' : 'whatsapp'
    const { draft, code: newCode } = draftFor(pool, subject, secrets)
    const knownKids = secrets.known.map((keys) => keys.kid)

    const { outcome, ledger } = await store.update(
      subject.pk,
      (before, now) =>
        isFirst
          ? reserveFirst(before, now, limits, draft)
          : reserveResend(before, now, limits, draft, session, wanted, knownKids),
      deadline.within(1800),
    )
    if (outcome.kind === 'refused') {
      const status = outcome.reason === 'cooldown' ? 'cooldown' : 'rate_limited'
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
    const { failed, channel } = await options.send(
      { pool, subject, challenge, code, secrets, locale: wish.locale ?? subject.locale },
      deadline,
      log,
    )
    const round = { session: now, challenge, channel }
    if (!failed) return { ...round, status: 'sent', ledger }
    const noted = await noteFailure(subject.pk, challenge, failed, deadline, log)
    return { ...round, status: failed, ledger: noted ?? ledger }
  }

  function reopen(pool: string, challenge: Challenge, secrets: Secrets): string {
    const keys = secrets.known.find((other) => other.kid === challenge.kid) ?? secrets.current
    return unsealCode(keys, { ...challenge, pool }, challenge.sealed)
  }

  /** Best effort: when it cannot be written, the cooldown stays whole and nothing else is lost. */
  async function noteFailure(
    pk: string,
    challenge: Challenge,
    failed: SendFailure,
    deadline: Deadline,
    log: Log,
  ): Promise<Ledger | undefined> {
    try {
      const note = (before: Ledger, now: number) => recordFailure(before, now, challenge, failed)
      return (await store.update(pk, note, deadline)).ledger
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      log('otp_store_error', { reason: error.code })
      return undefined
    }
  }

  async function askAgain(
    event: CreateAuthChallengeTriggerEvent,
    subject: Subject,
    deadline: Deadline,
  ): Promise<Round> {
    const session = sessionOf(event)
    const ledger = await store.read(subject.pk, deadline.within(1800))
    const challenge = ledger.challenges.find(
      (other) => other.cid === session.cid && other.user === subject.user && other.client === subject.client,
    )
    const status = statusAfterAnswer(ledger, clock.now(), limits, session)
    return { status, session, ledger, ...(challenge ? { challenge } : {}) }
  }

  /** Fills the event's response. Never throws for a store, a provider or secrets that fail. */
  return async function create(
    event: CreateAuthChallengeTriggerEvent,
    deadline: Deadline,
    log: Log,
  ): Promise<CreateAuthChallengeTriggerEvent> {
    let round: Round = { status: 'unavailable', session: sessionOf(event) }
    let subject: Subject | undefined
    try {
      const secrets = await source.get(deadline.within(1500))
      subject = subjectOf(event, options.clients, secrets.idKey, options.isAllowed)
      const about = describeSubject(subject)
      const bound: Log = (name, fields) => log(name, { ...about, ...fields })
      const wantsCode = isFirstRound(event) || readWish(event.request.clientMetadata).resend
      round = wantsCode
        ? await sendRound(event, subject, secrets, deadline, bound)
        : await askAgain(event, subject, deadline)
    } catch (error) {
      // Fails closed and keeps the session: an error would tell the app less and make Cognito call again.
      logFailure(log, error)
    }
    const { status, session, ledger, challenge, channel } = round
    event.response.publicChallengeParameters = publicParameters(
      status,
      limits,
      clock.now(),
      ledger,
      challenge,
      channel,
    )
    event.response.privateChallengeParameters = {
      cid: session.cid,
      decoy: String(subject?.decoy !== undefined),
    }
    event.response.challengeMetadata = metadataOf(session)
    return event
  }
}
