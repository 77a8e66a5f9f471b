// Verify: judges one answer. It is paid for before it is compared, and a right one lets exactly one caller in.
import type { VerifyAuthChallengeResponseTriggerEvent } from 'aws-lambda'
import { isRequest, readWish } from '../../src/core/challenge.ts'
import { readAnswer } from '../../src/core/code.ts'
import type { EventName } from '../../src/core/events.ts'
import { sameTag, tagOf } from '../../src/core/keys.ts'
import { charge, consume, type Proof, refund, retire } from '../../src/core/ledger/checks.ts'
import { type Challenge, dayMs, deviceOf, findChallenge, type Ledger } from '../../src/core/ledger/ledger.ts'
import type { Limits } from '../../src/core/ledger/limits.ts'
import { describeSubject, deviceIdOf, type Subject } from '../../src/core/subject.ts'
import { numberHashOf } from '../../src/core/table-items.ts'
import type { LedgerItem } from '../../src/core/table-ledger.ts'
import { isTestCode, testNumberOf } from '../../src/core/test-numbers.ts'
import { AwsError } from '../outside/aws-call.ts'
import type { Clock, Deadline } from '../outside/clock.ts'
import { type Log, logFailure } from '../outside/log.ts'
import type { Secrets, SecretsSource } from '../outside/secrets.ts'
import type { Store } from '../outside/store.ts'
import { booksOf, openBooks } from './books.ts'
import { openChange, subjectOfChange } from './change.ts'
import type { Account } from './owners.ts'
import type { ProofRules } from './pool-rules.ts'

export interface VerifyOptions {
  limits: Limits
  clock: Clock
  secrets: SecretsSource
  store: Store
  rules: ProofRules
  newId(): string
}

/** A number unused for so long may have a new owner. */
const dormantMs = 90 * dayMs

/** One answer: whose it is, and to what. */
interface Answer {
  event: VerifyAuthChallengeResponseTriggerEvent
  subject: Subject
  secrets: Secrets
  proof: Proof
  /** The number is to become this user's. */
  isChange: boolean
  deadline: Deadline
  log: Log
}

export function verifyAnswer(options: VerifyOptions) {
  const { store, rules, secrets: source } = options

  /**
   * Whether the answer is the challenge's code; undefined where its key cannot be had. Takes the same way whether
   * there is a code or not.
   */
  async function isRight(
    { event, subject, secrets, proof, deadline }: Answer,
    challenge: Challenge | undefined,
    answer: string,
  ): Promise<boolean | undefined> {
    const pool = event.userPoolId
    if (challenge?.test) {
      const test = testNumberOf(secrets.testNumbers, numberHashOf(subject.pk), options.clock.now())
      return test !== undefined && isTestCode(secrets.idKey, pool, test, answer)
    }
    const keys = await source.keysFor(challenge?.kid ?? secrets.current.kid, deadline)
    if (!keys) return undefined
    const tag = tagOf(keys, { pool, client: subject.client, user: subject.user, cid: proof.cid }, answer)
    return sameTag(tag, challenge?.tag ?? tagOf(keys, { pool, client: '', user: '', cid: '' }, ''))
  }

  async function judge(
    event: VerifyAuthChallengeResponseTriggerEvent,
    deadline: Deadline,
    log: Log,
  ): Promise<boolean> {
    const { privateChallengeParameters, challengeAnswer, clientMetadata } = event.request
    const wish = readWish(clientMetadata)
    if (isRequest(wish)) return false
    const pool = event.userPoolId
    const secrets = await source.get(deadline.within(1500))
    const { cid = '', sid = '', decoy, change: sealed } = privateChallengeParameters
    const change = rules.changesNumbers ? sealed : undefined
    // Create has judged the country already and says so here; this function does not load the number plans.
    const isAllowed = () => decoy === 'false'
    const known = await rules.subjectOf(event, secrets, isAllowed, deadline.within(1500))
    const phone = change ? openChange(secrets, pool, known, sid, change) : undefined
    // Another number than the one that is asked for, or the first one: that is for Create.
    if (change && (!phone || (wish.action === 'change_number' && wish.phoneNumber !== phone))) return false
    const subject = phone ? subjectOfChange(known, secrets, pool, phone) : known
    const about = { cid, ...describeSubject(subject) }
    const reject = (reason: string, attemptsLeft?: number) => {
      log('otp_rejected', { ...about, reason, attemptsLeft })
      return false
    }

    const { nobodys, quiet, pk } = phone ? openBooks(subject) : booksOf(subject, secrets.findings)
    const limits = { ...options.limits, quiet }
    // The shortest code there may be, whatever was known when it was made.
    const answer = readAnswer(challengeAnswer, 6)
    if (answer === undefined) return reject('malformed')
    const device = wish.device && deviceIdOf(secrets.idKey, pool, subject, wish.device)
    const { user, client } = subject
    const claim = { cid, sid, user, client, digits: answer.length, ...(device ? { device } : {}) }
    const { outcome, item } = await store.update(
      pk,
      (before, now) => charge(before, now, limits, claim),
      deadline.within(2000),
      { nobodys },
    )
    const challenge = outcome.kind === 'charged' ? outcome.challenge : undefined
    const given: Answer = {
      event,
      subject,
      secrets,
      proof: { ...claim, by: options.newId(), forgets: wish.action === 'forget_devices' },
      isChange: phone !== undefined,
      deadline,
      log: (name, fields) => log(name, { ...about, ...(challenge?.test ? { test: true } : {}), ...fields }),
    }
    const right = await isRight(given, challenge, answer)
    if (outcome.kind === 'refused') {
      if (outcome.reason === 'locked') log('otp_locked', about)
      return reject(outcome.reason)
    }
    if (challenge && right === undefined) return giveBack(given, 'otp_secrets_error', 'unknown_key')
    if (!right || !challenge || !subject.phone) {
      return reject('wrong', limits.attemptsPerCode - (challenge?.tries[sid] ?? 0))
    }
    return admit(given, { ...subject, phone: subject.phone }, item)
  }

  /** The answer could not be acted upon: the same code can be tried again. */
  async function giveBack(
    { subject, proof, deadline, log }: Answer,
    event: EventName,
    reason: string,
  ): Promise<false> {
    log(event, { reason })
    await store.update(subject.pk, (before, now) => refund(before, now, proof), deadline)
    return false
  }

  /** The answer is right: settles whose the number is, then uses the code up. */
  async function admit(
    given: Answer,
    subject: Subject & { phone: string },
    item: LedgerItem,
  ): Promise<boolean> {
    const { deadline, log, proof } = given
    const { ledger } = item
    const isTest = findChallenge(ledger, proof.cid)?.test === true
    const attributes = given.event.request.userAttributes
    const right = { account: accountOf(given), subject, attributes, ledger, isChange: given.isChange, isTest }
    let isTheirs: boolean
    try {
      isTheirs = await rules.settle(right)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      // Before the code is used up, so that the same code can be tried again.
      return giveBack(given, 'number_not_marked', error.code)
    }
    if (!isTheirs) {
      const rule = (before: Ledger, now: number) => retire(before, now, proof, given.isChange)
      await store.update(subject.pk, rule, deadline, { from: item })
      log(given.isChange ? 'number_taken' : 'otp_rejected', given.isChange ? {} : { reason: 'not_theirs' })
      return false
    }
    const [{ outcome }] = await Promise.all([
      store.update(subject.pk, (before, now) => consume(before, now, proof), deadline, { from: item }),
      rules.remember(right),
    ])
    if (!outcome.won) {
      log('otp_rejected', { reason: 'replayed' })
      return false
    }
    const { previousSuccess } = outcome
    if (previousSuccess > 0 && options.clock.now() - previousSuccess > dormantMs) log('otp_dormant_signin')
    const isKnown = deviceOf(ledger, proof.device) !== undefined
    log('otp_verified', proof.device ? { device: isKnown ? 'known' : 'new' } : {})
    return true
  }

  const accountOf = ({ event, secrets, deadline, log }: Answer): Account => ({
    pool: event.userPoolId,
    userName: event.userName,
    secrets,
    deadline: deadline.within(2200),
    log,
  })

  /** Fills the event's response. An answer that cannot be judged is not right; nothing is thrown. */
  return async function verify(
    event: VerifyAuthChallengeResponseTriggerEvent,
    deadline: Deadline,
    log: Log,
  ): Promise<VerifyAuthChallengeResponseTriggerEvent> {
    event.response.answerCorrect = false
    try {
      event.response.answerCorrect = await judge(event, deadline, log)
    } catch (error) {
      logFailure(log, error)
    }
    return event
  }
}
