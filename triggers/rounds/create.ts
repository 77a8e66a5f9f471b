// Create: one round of a sign-in. Finds out whose it is and what it asks for, and says how it went.
import type { CreateAuthChallengeTriggerEvent } from 'aws-lambda'
import {
  metadataOf,
  publicParameters,
  readMetadata,
  readWish,
  type SessionRound,
  type Wish,
} from '../../src/core/challenge.ts'
import type { Limits } from '../../src/core/ledger/limits.ts'
import { type Clients, decoyReasonOf, describeSubject, deviceIdOf } from '../../src/core/subject.ts'
import { numberIdOf } from '../../src/core/table-items.ts'
import type { Deadline } from '../outside/clock.ts'
import { type Log, logFailure } from '../outside/log.ts'
import type { SecretsSource } from '../outside/secrets.ts'
import { booksOf, openBooks } from './books.ts'
import { changeOf, subjectOfChange } from './change.ts'
import { type End, isSend, type PlayOptions, playRound, type Round } from './play.ts'
import type { PoolRules } from './pool-rules.ts'
import { entriesOf, entriesRead } from './session.ts'

export interface CreateOptions extends PlayOptions {
  limits: Limits
  clients: Clients
  rules: PoolRules
  /** Whether a number may get codes at all. */
  isAllowed(phone: string): boolean
  smsAllowed: boolean
  secrets: Pick<SecretsSource, 'get' | 'isPaused'>
}

/** In place of a number, where the keys that name it could not be had. */
const notRead = '0'.repeat(12)

export function createChallenge(options: CreateOptions) {
  const { clock, secrets: source } = options
  const play = playRound(options)

  function askedBy(wish: Wish, isFirst: boolean): Round['asked'] {
    if (isFirst) return 'whatsapp'
    if (wish.action === 'unlock') return 'unlock'
    if (wish.action !== 'resend') return 'answer'
    return wish.sms && options.smsAllowed ? 'sms' : 'whatsapp'
  }

  /** Fills the event's response. Never throws for a store, a provider or secrets that fail. */
  return async function create(
    event: CreateAuthChallengeTriggerEvent,
    deadline: Deadline,
    log: Log,
  ): Promise<CreateAuthChallengeTriggerEvent> {
    const before = readMetadata(entriesOf(event).at(-1)?.challengeMetadata)
    // An id that exists nowhere else stands for a code that there never was.
    const session = before ?? { sid: options.newId(), cid: options.newId(), n: 0 }
    const at = clock.now()
    const decoy = decoyReasonOf(event, options.clients, options.isAllowed)
    const wish = readWish(event.request.clientMetadata)
    let end: End = { session, shown: { status: 'unavailable' } }
    let round: SessionRound = { at, asked: 'nothing' }
    let limits = options.limits
    let number = before?.number ?? notRead
    let change = before?.change
    try {
      const secrets = await source.get(deadline.within(1500))
      const pool = event.userPoolId
      // Judged above: the number plans are looked through once a round.
      const isAllowed = () => decoy !== 'country'
      const known = await options.rules.subjectOf(event, secrets, isAllowed, deadline.within(1500))
      const asking = { sid: session.sid, isAllowed: options.isAllowed }
      const changing = options.rules.changesNumbers
        ? changeOf(event, wish, secrets, known, asking)
        : undefined
      change = changing?.sealed
      const subject = changing?.phone ? subjectOfChange(known, secrets, pool, changing.phone) : known
      const books = changing ? openBooks(subject) : booksOf(subject, secrets.findings)
      limits = { ...limits, quiet: books.quiet }
      // The account has got another number meanwhile: no code of this session is for that.
      const isOther = decoy === undefined && number !== notRead && number !== numberIdOf(known.pk)
      if (!isOther) number = numberIdOf(known.pk)
      if (isOther || (changing && !changing.phone)) {
        end = { session, shown: { status: isOther ? 'expired' : 'delivery_failed' } }
      } else {
        const isFirst = changing ? changing.isNew : entriesOf(event).length === 0
        const asked = askedBy(wish, isFirst)
        const about = describeSubject(subject)
        const logAbout: Log = (name, fields) => log(name, { ...about, ...fields })
        if (isSend(asked) && source.isPaused()) {
          // Before any call, for everybody alike: nothing is counted, and nobody is told anything about a number.
          logAbout('otp_suppressed', { reason: 'paused', status: 'unavailable' })
        } else {
          round = { at, asked: asked === 'unlock' ? 'nothing' : asked }
          const rounds = [...entriesRead(event).map((entry) => entry.round), round]
          end = await play({
            ...{ pool, subject, secrets, books, limits, session, wish, asked, rounds, isFirst, deadline },
            device: wish.device && deviceIdOf(secrets.idKey, pool, subject, wish.device),
            log: logAbout,
          })
        }
      }
    } catch (error) {
      // Fails closed and keeps the session: an error would tell the app less and make Cognito call again.
      round = { at, asked: 'nothing' }
      logFailure(log, error)
    }
    const { sid } = session
    event.response.publicChallengeParameters = publicParameters(end.shown, limits, clock.now(), sid)
    event.response.privateChallengeParameters = {
      cid: end.session.cid,
      sid,
      decoy: String(decoy !== undefined),
      ...(change ? { change } : {}),
    }
    event.response.challengeMetadata = metadataOf({ ...end.session, sid, round, number, change })
    return event
  }
}
