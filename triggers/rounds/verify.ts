// Verify: judges one answer. It is paid for before it is compared, and a right one lets exactly one caller in.
import type { VerifyAuthChallengeResponseTriggerEvent } from 'aws-lambda'
import { readWish } from '../../src/core/challenge.ts'
import { readAnswer } from '../../src/core/code.ts'
import { sameTag, tagOf } from '../../src/core/keys.ts'
import { type Challenge, dayMs, failuresCap } from '../../src/core/ledger.ts'
import { charge, consume, refund } from '../../src/core/ledger-checks.ts'
import type { Limits } from '../../src/core/limits.ts'
import type { Clients } from '../../src/core/subject.ts'
import { describeSubject, type Subject, subjectOf } from '../../src/core/subject.ts'
import { type Aws, AwsError } from '../outside/aws-call.ts'
import type { Clock, Deadline } from '../outside/clock.ts'
import { type Log, logFailure } from '../outside/log.ts'
import type { SecretsSource } from '../outside/secrets.ts'
import type { Store } from '../outside/store.ts'
import { booksOf } from './books.ts'

export interface VerifyOptions {
  limits: Limits
  clients: Clients
  clock: Clock
  secrets: SecretsSource
  store: Store
  aws: Aws
  newId(): string
}

/** A number unused for so long may have a new owner. */
const dormantMs = 90 * dayMs

/**
 * Whether a user came in by signing up, and nothing says so yet. PreSignUp confirms everybody who signs up; one
 * whom an administrator or an import made has another status until he sets a password.
 */
function isUnmarkedSignUp(attributes: Record<string, string>): boolean {
  return attributes['cognito:user_status'] === 'CONFIRMED' && !attributes['custom:auth_purpose']
}

export function verifyAnswer(options: VerifyOptions) {
  const { limits, store, secrets: source } = options

  /** Whether the answer is the challenge's code. Takes the same way whether there is a code or not. */
  async function isRight(
    pool: string,
    subject: Subject,
    cid: string,
    challenge: Challenge | undefined,
    answer: string,
    deadline: Deadline,
  ): Promise<boolean> {
    const kid = challenge?.kid ?? (await source.get(deadline)).current.kid
    const keys = await source.keysFor(kid, deadline)
    if (!keys) return false
    const tag = tagOf(keys, { pool, client: subject.client, user: subject.user, cid }, answer)
    return sameTag(tag, challenge?.tag ?? tagOf(keys, { pool, client: '', user: '', cid: '' }, ''))
  }

  /** Marks the number that was proven, and no other, as this user's, and one who has signed up as such. */
  async function markVerified(
    event: VerifyAuthChallengeResponseTriggerEvent,
    phone: string,
    deadline: Deadline,
  ) {
    const attributes = {
      phone_number: phone,
      phone_number_verified: 'true',
      'custom:whatsapp_verified': 'true',
      ...(isUnmarkedSignUp(event.request.userAttributes) ? { 'custom:auth_purpose': 'signup' } : {}),
    }
    await options.aws.json(
      'cognito-idp',
      'AdminUpdateUserAttributes',
      {
        UserPoolId: event.userPoolId,
        Username: event.userName,
        UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
      },
      deadline,
    )
  }

  async function judge(
    event: VerifyAuthChallengeResponseTriggerEvent,
    deadline: Deadline,
    log: Log,
  ): Promise<boolean> {
    const { privateChallengeParameters, challengeAnswer, clientMetadata } = event.request
    if (readWish(clientMetadata).resend) return false
    const pool = event.userPoolId
    const secrets = await source.get(deadline.within(1500))
    // Create has judged the country already and says so here; this function does not load the number plans.
    const isReal = privateChallengeParameters.decoy === 'false'
    const subject = subjectOf(event, options.clients, secrets.idKey, () => isReal)
    const cid = privateChallengeParameters.cid ?? ''
    const about = { cid, ...describeSubject(subject) }
    const reject = (reason: string, attemptsLeft?: number) => {
      log('otp_rejected', { ...about, reason, attemptsLeft })
      return false
    }

    const answer = readAnswer(challengeAnswer, limits.codeLength)
    if (answer === undefined) return reject('malformed')
    const { pk, nobodys } = booksOf(subject, secrets.findings)
    const claim = { cid, user: subject.user, client: subject.client }
    const { outcome, ledger } = await store.update(
      pk,
      (before, now) => charge(before, now, limits, claim),
      deadline.within(2000),
      nobodys,
    )
    const challenge = outcome.kind === 'charged' ? outcome.challenge : undefined
    const right = await isRight(pool, subject, cid, challenge, answer, deadline)
    if (outcome.kind === 'refused') return reject(outcome.reason)
    if (!right || !challenge || !subject.phone) {
      if (ledger.failures >= failuresCap) log('otp_locked', about)
      return reject('wrong', limits.attemptsPerCode - (challenge?.attempts ?? 0))
    }
    return admit(event, { ...subject, phone: subject.phone }, cid, deadline, (name, fields) =>
      log(name, { ...about, ...fields }),
    )
  }

  /** The answer is right: proves the number if this is the first time, then uses the code up. */
  async function admit(
    event: VerifyAuthChallengeResponseTriggerEvent,
    subject: Subject & { phone: string },
    cid: string,
    deadline: Deadline,
    log: Log,
  ): Promise<boolean> {
    if (!subject.verified) {
      try {
        await markVerified(event, subject.phone, deadline.within(1800))
        log('number_verified')
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        // Before the code is used up, so that the same code can be tried again.
        log('number_not_marked', { reason: error.code })
        await store.update(subject.pk, (before, now) => refund(before, now, cid), deadline)
        return false
      }
    }
    const by = options.newId()
    const { outcome } = await store.update(
      subject.pk,
      (before, now) => consume(before, now, cid, by),
      deadline,
    )
    if (!outcome.won) {
      log('otp_rejected', { reason: 'replayed' })
      return false
    }
    const { previousSuccess } = outcome
    if (previousSuccess > 0 && options.clock.now() - previousSuccess > dormantMs) log('otp_dormant_signin')
    log('otp_verified')
    return true
  }

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
