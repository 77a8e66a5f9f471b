// Create: one round of a sign-in. Sends a code when the session asks for one, else says how the last one stands.
import type { CreateAuthChallengeTriggerEvent } from 'aws-lambda'
import {
  metadataOf,
  publicParameters,
  readMetadata,
  readWish,
  type SessionEntry,
  type SessionRound,
  type Shown,
  statusAfterAnswer,
  statusOfRefusal,
  toldOf,
  type Wish,
} from '../../src/core/challenge.ts'
import { sealCode, tagOf, unsealCode } from '../../src/core/keys.ts'
import { unlock } from '../../src/core/ledger/checks.ts'
import {
  type Challenge,
  type Channel,
  deviceOf,
  type Ledger,
  type Refusal,
} from '../../src/core/ledger/ledger.ts'
import {
  type Draft,
  type Reservation,
  reserveFirst,
  reserveResend,
  type SealedCode,
  type SessionChallenge,
} from '../../src/core/ledger/sends.ts'
import type { Limits, Standing } from '../../src/core/limits.ts'
import { accountOf } from '../../src/core/session-account.ts'
import {
  type Clients,
  decoyReasonOf,
  describeSubject,
  deviceIdOf,
  isOwnerOf,
  type Subject,
  subjectOf,
} from '../../src/core/subject.ts'
import { numberHashOf, numberIdOf } from '../../src/core/table-items.ts'
import { testNumberOf } from '../../src/core/test-numbers.ts'
import type { Clock, Deadline } from '../outside/clock.ts'
import { type Log, logFailure } from '../outside/log.ts'
import type { Secrets, SecretsSource } from '../outside/secrets.ts'
import type { Store } from '../outside/store.ts'
import { type Books, booksOf } from './books.ts'
import { openChange, sealChange, subjectOfChange } from './change.ts'
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

/** One invocation: who asks, for what, and by which rules. */
interface Round {
  event: CreateAuthChallengeTriggerEvent
  subject: Subject
  secrets: Secrets
  books: Books
  limits: Limits
  session: SessionChallenge
  wish: Wish
  asked: SessionRound['asked'] | 'unlock'
  /** The device that asks, by its keyed hash. */
  device: string | undefined
  /** Nothing has come before: in the session, or for the new number of a session. */
  isFirst: boolean
  deadline: Deadline
  log: Log
}

/** What the session goes on with, and what is shown. */
interface End {
  session: SessionChallenge
  shown: Shown
}

/** New numbers that one proof of the old one may ask for. */
const mostChanges = 3

/** An emulator may leave an empty session out. */
const entriesOf = (event: CreateAuthChallengeTriggerEvent) => event.request.session ?? []

function entriesRead(event: CreateAuthChallengeTriggerEvent): SessionEntry[] {
  return entriesOf(event).flatMap(({ challengeMetadata }) => readMetadata(challengeMetadata) ?? [])
}

export function createChallenge(options: CreateOptions) {
  const { clock, store, sender, secrets: source } = options

  /** The session's challenge, or one that never had a code, under an id that exists nowhere else. */
  function sessionOf(event: CreateAuthChallengeTriggerEvent): SessionChallenge {
    const last = readMetadata(entriesOf(event).at(-1)?.challengeMetadata)
    return last ?? { sid: options.newId(), cid: options.newId(), n: 0 }
  }

  /** What this round asks for. */
  function askedBy(wish: Wish, isFirst: boolean): Round['asked'] {
    if (isFirst) return 'whatsapp'
    if (wish.action === 'unlock') return 'unlock'
    if (wish.action !== 'resend') return 'answer'
    return wish.sms && options.smsAllowed ? 'sms' : 'whatsapp'
  }

  function draftFor({ event, subject, secrets, session, device }: Round) {
    const { client, user } = subject
    const pool = event.userPoolId
    const cid = options.newId()
    const codes = new Map<number, { code: string; sealed: SealedCode }>()
    const made = (length: number) => {
      const { current } = secrets
      const binding = { pool, client, user, cid }
      const code = options.newCode(length)
      const sealed = {
        kid: current.kid,
        tag: tagOf(current, binding, code),
        sealed: sealCode(current, binding, code),
      }
      const one = codes.get(length) ?? { code, sealed }
      codes.set(length, one)
      return one
    }
    const test = subject.phone && testNumberOf(secrets.testNumbers, numberHashOf(subject.pk), clock.now())
    const draft: Draft = {
      by: options.newId(),
      key: `${session.sid}:${entriesOf(event).length}`,
      cid,
      user,
      client,
      codeOf: (length) => made(length).sealed,
      device,
      testLength: test ? test.length : undefined,
      isMarked: subject.mark === 'proven',
    }
    const codeOf = (challenge: Challenge) => {
      if (challenge.test) return ''
      if (challenge.cid === cid) return made(challenge.length).code
      const keys = secrets.known.find(({ kid }) => kid === challenge.kid) ?? secrets.current
      return unsealCode(keys, { ...challenge, pool }, challenge.sealed)
    }
    return { draft, codeOf }
  }

  function standingOf({ subject, device }: Round, ledger: Ledger): Standing {
    if (deviceOf(ledger, device)) return 'device'
    return isOwnerOf(subject, ledger) ? 'proven' : 'unproven'
  }

  /** `refused` holds for strangers only: what their session has used up by its own rounds. */
  async function sendRound(round: Round, wanted: Channel, refused: Refusal | undefined): Promise<End> {
    const { event, subject, secrets, books, limits, session, device, deadline, log } = round
    const pool = event.userPoolId
    const asking = { pool, subject, secrets }
    const { draft, codeOf } = draftFor(round)
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
      const challenge = ledger.challenges.find(({ cid }) => cid === session.cid)
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
    return { session, shown: { status, ledger, challenge, device: known } }
  }

  /** Plays the round by the limits of the number, and shows how it stands by them or, quietly, by the session alone. */
  async function play(round: Round, at: number): Promise<End> {
    const { event, books, limits, asked, session, wish, log } = round
    const isSend = asked === 'whatsapp' || asked === 'sms'
    const own: SessionRound = { at, asked: asked === 'unlock' ? 'nothing' : asked }
    const before = entriesRead(event).map((entry) => entry.round)
    const rounds = [...before, own]
    const account = books.quiet ? accountOf(rounds, limits, session.sid) : undefined
    if (account?.refusal) log('otp_suppressed', { reason: account.refusal, status: account.status })
    // With a device the calls are those of a send, whether the device is known or not.
    const end =
      isSend && (!account?.refusal || wish.device)
        ? await sendRound(round, asked, account?.refusal)
        : await askAgain(round)
    if (!account || end.shown.device) return end
    const { test, length } = end.shown.challenge ?? {}
    return { ...end, shown: test ? accountOf(rounds, limits, session.sid, length) : account }
  }

  /** The new number that this session is about to prove, sealed, and whether this round has named it. */
  function changeOf(
    event: CreateAuthChallengeTriggerEvent,
    wish: Wish,
    secrets: Secrets,
    subject: Subject,
    sid: string,
  ): { sealed: string; phone: string | undefined; isNew: boolean } | undefined {
    const pool = event.userPoolId
    const entries = entriesRead(event)
    const pending = entries.at(-1)?.change
    const asks = wish.action === 'change_number'
    const isProven = entriesOf(event).at(-1)?.challengeResult === true
    if (!pending && !(isProven && asks)) return undefined
    const before = pending ? openChange(secrets, pool, subject, sid, pending) : undefined
    const isNew = asks && (!pending || wish.phoneNumber !== before)
    if (pending && !isNew) return { sealed: pending, phone: before, isNew }
    const named = wish.phoneNumber && options.isAllowed(wish.phoneNumber) ? wish.phoneNumber : undefined
    const isTooMany = new Set(entries.map(({ change }) => change).filter(Boolean)).size >= mostChanges
    const phone = isTooMany ? undefined : named
    return { sealed: sealChange(secrets, pool, subject, sid, phone), phone, isNew }
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
    const wish = readWish(event.request.clientMetadata)
    let end: End = { session, shown: { status: 'unavailable' } }
    let asked: Round['asked'] = 'nothing'
    let limits = options.limits
    let number = '0'.repeat(12)
    let change = entriesRead(event).at(-1)?.change
    try {
      const secrets = await source.get(deadline.within(1500))
      const pool = event.userPoolId
      // Judged above: the number plans are looked through once a round.
      const known = subjectOf(event, options.clients, secrets.idKey, () => decoy !== 'country')
      const changes = changeOf(event, wish, secrets, known, session.sid)
      change = changes?.sealed
      const isFirst = changes ? changes.isNew : entriesOf(event).length === 0
      const subject = changes?.phone ? subjectOfChange(known, secrets, pool, changes.phone) : known
      const books = changes
        ? { pk: subject.pk, nobodys: undefined, quiet: false }
        : booksOf(subject, secrets.findings)
      limits = { ...limits, quiet: books.quiet }
      number = numberIdOf(known.pk)
      const before = entriesRead(event).at(-1)
      const isOther = before !== undefined && before.number !== number && decoy === undefined
      const about = describeSubject(subject)
      const bound: Log = (name, fields) => log(name, { ...about, ...fields })
      if (isOther) {
        // The account has got another number meanwhile: no code of this session is for that.
        end = { session, shown: { status: 'expired' } }
        number = before.number
      } else if (changes && !changes.phone) {
        end = { session, shown: { status: 'delivery_failed' } }
      } else {
        asked = askedBy(wish, isFirst)
        const device = wish.device && deviceIdOf(secrets.idKey, pool, subject, wish.device)
        const round = { event, subject, secrets, books, limits, session, wish, asked, device, isFirst }
        end = await play({ ...round, deadline, log: bound }, at)
      }
    } catch (error) {
      // Fails closed and keeps the session: an error would tell the app less and make Cognito call again.
      asked = 'nothing'
      logFailure(log, error)
    }
    event.response.publicChallengeParameters = publicParameters(end.shown, limits, clock.now(), session.sid)
    event.response.privateChallengeParameters = {
      cid: end.session.cid,
      sid: session.sid,
      decoy: String(decoy !== undefined),
      ...(change ? { change } : {}),
    }
    const round: SessionRound = { at, asked: asked === 'unlock' ? 'nothing' : asked }
    event.response.challengeMetadata = metadataOf({ ...end.session, sid: session.sid, round, number, change })
    return event
  }
}
