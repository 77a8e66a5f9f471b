// PreSignUp: who may become a user. Being one proves nothing yet; only a code does.
import type { PreSignUpTriggerEvent } from 'aws-lambda'
import { refusedSignUp } from '../../src/core/events.ts'
import type { Brake } from '../outside/brake.ts'
import type { Clock, Deadline } from '../outside/clock.ts'
import { type Log, logFailure } from '../outside/log.ts'
import type { SignUps } from '../outside/sign-ups.ts'

/**
 * The text reaches the app, with a full stop of Cognito's behind it. It names no rule, so that nobody can learn the
 * rules from it.
 */
class SignUpRefused extends Error {
  override name = refusedSignUp
  constructor() {
    super('This sign-up was not accepted')
  }
}

/** For the log. */
type Reason = 'source' | 'client' | 'attributes' | 'no_number' | 'country' | 'paused' | 'number' | 'cap'

/** `known`: Cognito will refuse it by itself. */
type Verdict = 'new' | 'known' | Reason

export interface SignUpOptions {
  signupClient: string
  /** What a sign-up may give besides number and locale. */
  attributes: ReadonlySet<string>
  /** Whether a sign-up has to show its number. */
  needsNumber: boolean
  isAllowed(phone: string): boolean
  clock: Clock
  brake: Pick<Brake, 'isPaused'>
  signUps: SignUps
}

const isByAdmin = ({ triggerSource }: PreSignUpTriggerEvent) => triggerSource === 'PreSignUp_AdminCreateUser'

/** Not every sign-up shows its number. */
function numberOf({ userName, request }: PreSignUpTriggerEvent): string | undefined {
  return request.userAttributes?.phone_number ?? (userName.startsWith('+') ? userName : undefined)
}

/** What Cognito itself may show beside what was given: no client can write it. */
function isCognitos(name: string, value: string): boolean {
  if (/^(phone_number|email)_verified$/.test(name)) return value === 'false'
  return name === 'sub' || name.startsWith('cognito:')
}

export function admitSignUps(options: SignUpOptions) {
  const { signupClient, attributes, isAllowed, clock, brake, signUps } = options

  /** Whoever signs up with somebody else's number first writes what its owner finds there. */
  function mayGive([name, value]: [string, string]): boolean {
    return ['phone_number', 'locale'].includes(name) || attributes.has(name) || isCognitos(name, value)
  }

  /** Why a sign-up is refused whoever else has signed up. */
  function judge(event: PreSignUpTriggerEvent): Reason | undefined {
    const given = event.request.userAttributes ?? {}
    if (!isByAdmin(event)) {
      if (event.triggerSource !== 'PreSignUp_SignUp') return 'source'
      if (event.callerContext.clientId !== signupClient) return 'client'
      if (!Object.entries(given).every(mayGive)) return 'attributes'
    }
    const phone = numberOf(event)
    // What is let through unseen is judged before anything is sent.
    if (phone === undefined) return options.needsNumber ? 'no_number' : undefined
    return isAllowed(phone) ? undefined : 'country'
  }

  /**
   * Counts a sign-up before there is a user, who costs money from then on. Cognito may ask about a number that has a
   * user and refuse it only afterwards; apps sign up first and go on to sign in, and must hear that from Cognito,
   * whatever the caps say. Of a user who has proven it, that is: any other could let go of it in between.
   */
  async function enter(event: PreSignUpTriggerEvent, deadline: Deadline): Promise<Verdict> {
    // Before anybody is looked up: while a stage is paused, nobody learns who has a user.
    if (await brake.isPaused(deadline.within(800))) return 'paused'
    const { userPoolId: pool, userName } = event
    const phone = numberOf(event)
    const found = await signUps.lookUp({ pool, userName, phone, deadline: deadline.within(800) })
    if (found) return found
    const now = clock.now()
    if (!(await signUps.count(pool, now, deadline.within(1500)))) return 'cap'
    try {
      // A number is no name of Cognito's, and none is kept in the open.
      if (!userName.startsWith('+')) await signUps.note(userName, now, deadline.within(1200))
      return 'new'
    } catch (error) {
      await signUps.uncount(pool, now, deadline)
      throw error
    }
  }

  /**
   * Fills the event's response or throws what the app is shown, which is the same whatever the reason. Users are
   * confirmed at once, because sign-in must not depend on how Cognito treats unconfirmed ones; their number stays
   * unverified until the first right code.
   */
  return async function admit(
    event: PreSignUpTriggerEvent,
    deadline: Deadline,
    log: Log,
  ): Promise<PreSignUpTriggerEvent> {
    let verdict: Verdict
    try {
      verdict = judge(event) ?? (isByAdmin(event) ? 'new' : await enter(event, deadline))
    } catch (error) {
      logFailure(log, error)
      throw new SignUpRefused()
    }
    if (verdict === 'new') log('signup_accepted')
    else if (verdict !== 'known') {
      log('signup_refused', { reason: verdict })
      throw new SignUpRefused()
    }
    event.response.autoConfirmUser = true
    event.response.autoVerifyPhone = false
    event.response.autoVerifyEmail = false
    return event
  }
}
