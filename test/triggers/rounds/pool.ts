// A user pool in memory that drives the real Define, Create and Verify the way Cognito does.
import { randomBytes, randomUUID } from 'node:crypto'
import type {
  CreateAuthChallengeTriggerEvent,
  DefineAuthChallengeTriggerEvent,
  VerifyAuthChallengeResponseTriggerEvent,
} from 'aws-lambda'
import { generateCode } from '../../../src/core/code.ts'
import { deriveIdKey } from '../../../src/core/keys.ts'
import type { Limits } from '../../../src/core/ledger/limits.ts'
import type { StageCaps } from '../../../src/core/limits.ts'
import { chooseLanguage } from '../../../src/core/messaging/language.ts'
import type { SendResult } from '../../../src/core/messaging/provider.ts'
import { type SmsSender, smsLanguageOf } from '../../../src/core/messaging/sms.ts'
import type { Findings } from '../../../src/core/parameters/findings.ts'
import { allowedIn, countryOf } from '../../../src/core/phone/number.ts'
import { numberPkOf } from '../../../src/core/subject.ts'
import { numberHashOf } from '../../../src/core/table-items.ts'
import { testTagOf } from '../../../src/core/test-numbers.ts'
import { deadlineIn } from '../../../triggers/outside/clock.ts'
import type { BorrowedPool } from '../../../triggers/outside/config.ts'
import { createCounters } from '../../../triggers/outside/counters.ts'
import { createLog } from '../../../triggers/outside/log.ts'
import { createMessages } from '../../../triggers/outside/messages.ts'
import type { CodeMessage } from '../../../triggers/outside/provider.ts'
import { createQueue } from '../../../triggers/outside/queue.ts'
import { createSecretsSource } from '../../../triggers/outside/secrets.ts'
import { sendSms } from '../../../triggers/outside/sms.ts'
import { createStore } from '../../../triggers/outside/store.ts'
import { createChallenge } from '../../../triggers/rounds/create.ts'
import { define } from '../../../triggers/rounds/define.ts'
import { createFollow } from '../../../triggers/rounds/follow.ts'
import { proofByMarks, rulesByMarks } from '../../../triggers/rounds/marks.ts'
import { proofByMemory, rulesByMemory } from '../../../triggers/rounds/memory.ts'
import { createOwners } from '../../../triggers/rounds/owners.ts'
import { createProof } from '../../../triggers/rounds/proof.ts'
import { createProvenNumbers } from '../../../triggers/rounds/proven-numbers.ts'
import { rememberDeliveries } from '../../../triggers/rounds/recent-deliveries.ts'
import { createSender } from '../../../triggers/rounds/send.ts'
import { verifyAnswer } from '../../../triggers/rounds/verify.ts'
import { caps as defaultCaps, limits } from '../../limits.ts'
import { createTestAws } from '../outside/aws.ts'
import { createTestClock } from '../outside/clock.ts'

export const poolId = 'us-east-1_Test'
export const phone = '+12025550123'
export const apiKey = 'sz_live_not-a-real-key'
const places = { masterKey: 'master-key', findings: 'findings' }
export const masterKey = Buffer.alloc(32, 7).toString('base64url')

/** Where a sign-in stands; `Session` is what Cognito would hand to the app. */
export interface Step {
  outcome: 'challenge' | 'tokens' | 'refused'
  parameters: Record<string, string>
  privateParameters: Record<string, string>
  entries: DefineAuthChallengeTriggerEvent['request']['session']
  metadata: string
  userName: string
  client: string
}

export interface PoolOptions {
  limits?: Partial<Limits>
  caps?: Partial<StageCaps>
  smsAllowed?: boolean
  smsSender?: SmsSender
  /** Whether delivery reports are taken. */
  reported?: boolean
  /** Whether an SMS follows messages that do not arrive. */
  followed?: boolean
  /** Further attributes that an app may set at sign-up. */
  signUpAttributes?: string[]
  testNumbers?: { phone: string; code: string; until?: number }[]
  countries?: string[]
  languages?: string[]
  /** What Cognito calls users who do not exist; a changing name is another one at each call. */
  strangers?: 'stable' | 'changing' | 'typed'
  /** What is known of that; the truth unless something else is said. */
  findings?: Findings
  /** The pool is somebody else's. */
  borrowed?: BorrowedPool
}

export function createPool(options: PoolOptions = {}) {
  const clock = createTestClock()
  const idKey = deriveIdKey(Buffer.from(masterKey, 'base64url'))
  const testNumbers = (options.testNumbers ?? []).map(({ phone: one, code, until = Date.now() * 2 }) => {
    const number = numberHashOf(numberPkOf(idKey, poolId, one))
    return { number, tag: testTagOf(idKey, poolId, number, code), length: code.length, until }
  })
  const aws = createTestAws(
    JSON.stringify({ sendzenApiKey: apiKey, otpMasterKey: masterKey, kid: 'k1', testNumbers }),
  )
  const { strangers = 'stable' } = options
  const found: Findings = { standIn: strangers === 'changing' ? 'changing' : 'stable' }
  aws.findings = JSON.stringify({ stage: 'test', ...(options.findings ?? found) })
  const messages: CodeMessage[] = []
  const lines: string[] = []
  const state = {
    /** What the provider answers. */
    provider: async (_message: CodeMessage): Promise<SendResult> => ({ outcome: 'sent', messageId: 'msg_1' }),
    messages,
    lines,
  }
  const all: Limits = { ...limits, ...options.limits }
  const clients = { signup: 'client-signup', login: 'client-login' }
  const countries = new Set(options.countries ?? ['US'])
  const isAllowed = allowedIn(countries)
  const { borrowed } = options
  const numbers = createProvenNumbers(aws, 'table')
  const memory = {
    ...{ clients, aws, table: 'table', numbers },
    pool: borrowed ?? { trustsUnverified: false, takesSignUps: false },
  }
  const newId = () => randomBytes(16).toString('base64url')
  const deadline = () => deadlineIn(clock, 3900)
  const log = createLog({
    stage: 'test',
    logLevel: 'debug',
    now: clock.now,
    write: (line) => void lines.push(line),
  })

  /** A container of its own for Create: nothing is shared but AWS and the provider. */
  function newContainer() {
    const store = createStore({ aws, clock, table: 'table', newId })
    const caps = { ...defaultCaps, ...options.caps }
    return createChallenge({
      rules: borrowed ? rulesByMemory(memory) : rulesByMarks(clients),
      limits: all,
      clients,
      isAllowed,
      smsAllowed: options.smsAllowed ?? false,
      clock,
      secrets: createSecretsSource(
        aws,
        clock,
        { ...places, providerKey: 'provider-key', brake: { brake: 'brake', stage: 'test' } },
        ['sendzenApiKey'],
      ),
      store,
      sender: createSender({
        random: () => 0.5,
        clock,
        limits: all,
        store,
        counters: createCounters({ aws, clock, table: 'table', caps }),
        recent: rememberDeliveries(),
        smsAllowed: options.smsAllowed ?? false,
        isReadyAt: Promise.resolve(0),
        follow: createFollow({
          clock,
          messages: options.reported ? createMessages(aws, 'table') : undefined,
          queue: options.followed ? createQueue(aws, 'queue') : undefined,
        }),
        countryOf,
        chooseLanguage: (locale) => chooseLanguage(options.languages ?? ['en_US'], locale),
        whatsapp: async (message) => {
          messages.push(message)
          return state.provider(message)
        },
        apiKeyOf: ({ given }) => given.sendzenApiKey ?? '',
        chooseSmsLanguage: (locale) => smsLanguageOf(locale, (options.languages ?? ['en_US'])[0]),
        sms: (message, within) => sendSms(aws, options.smsSender ?? {}, message, within),
      }),
      newId,
      newCode: generateCode,
    })
  }

  let create = newContainer()
  const store = createStore({ aws, clock, table: 'table', newId })
  const owners = createOwners({ aws, store, numbers })
  const signUpAttributes = new Set(options.signUpAttributes)
  const prove = createProof({ aws, owners, table: 'table', signUpAttributes })
  const verify = verifyAnswer({
    limits: all,
    clock,
    secrets: createSecretsSource(aws, clock, places),
    store,
    rules: borrowed ? proofByMemory(memory) : proofByMarks({ clients, owners, numbers, prove }),
    newId,
  })

  function envelope(userName: string, client: string) {
    const attributes = aws.users.get(userName)?.attributes
    return {
      version: '1',
      region: 'us-east-1',
      userPoolId: poolId,
      userName: !attributes && strangers === 'changing' ? randomUUID() : userName,
      callerContext: { awsSdkVersion: 'test', clientId: client },
      known: attributes
        ? { userAttributes: { sub: userName, 'cognito:user_status': 'CONFIRMED', ...attributes } }
        : { userAttributes: {}, userNotFound: true },
    }
  }

  function createEvent(step: Step, metadata?: Record<string, string>): CreateAuthChallengeTriggerEvent {
    const { known, ...rest } = envelope(step.userName, step.client)
    return {
      ...rest,
      triggerSource: 'CreateAuthChallenge_Authentication',
      request: {
        ...known,
        challengeName: 'CUSTOM_CHALLENGE',
        session: step.entries,
        ...(metadata ? { clientMetadata: metadata } : {}),
      },
      response: { publicChallengeParameters: {}, privateChallengeParameters: {}, challengeMetadata: '' },
    }
  }

  async function next(step: Step, metadata?: Record<string, string>): Promise<Step> {
    const { known, ...rest } = envelope(step.userName, step.client)
    const { response } = define(
      {
        ...rest,
        triggerSource: 'DefineAuthChallenge_Authentication',
        request: {
          ...known,
          session: step.entries,
          ...(metadata ? { clientMetadata: metadata } : {}),
        },
        response: { issueTokens: false, failAuthentication: false },
      },
      all.attemptsPerCode,
      !borrowed,
    )
    if (response.issueTokens) return { ...step, outcome: 'tokens' }
    if (response.failAuthentication) return { ...step, outcome: 'refused' }
    const event = await create(createEvent(step, metadata), deadline(), log)
    return {
      ...step,
      outcome: 'challenge',
      parameters: event.response.publicChallengeParameters,
      privateParameters: event.response.privateChallengeParameters,
      metadata: event.response.challengeMetadata,
    }
  }

  /** Judges one answer without going on to the next round. */
  async function judge(step: Step, answer: string, metadata?: Record<string, string>): Promise<boolean> {
    const { known, ...rest } = envelope(step.userName, step.client)
    const event: VerifyAuthChallengeResponseTriggerEvent = {
      ...rest,
      triggerSource: 'VerifyAuthChallengeResponse_Authentication',
      request: {
        ...known,
        privateChallengeParameters: step.privateParameters,
        challengeAnswer: answer,
        ...(metadata ? { clientMetadata: metadata } : {}),
      },
      response: { answerCorrect: false },
    }
    return (await verify(event, deadline(), log)).response.answerCorrect
  }

  return Object.assign(state, {
    clock,
    aws,
    clients,
    /** Adds a user as SignUp leaves him; `attributes` change that. Answers his user name. */
    addUser(number = phone, attributes: Record<string, string> = {}): string {
      const userName = `user-${aws.users.size + 1}`
      const all = { phone_number: number, phone_number_verified: 'false', ...attributes }
      aws.users.set(userName, { attributes: all, isDisabled: false, signOuts: 0 })
      return userName
    },
    addVerifiedUser(number = phone): string {
      return this.addUser(number, { phone_number_verified: 'true', 'custom:whatsapp_verified': 'true' })
    },
    /** InitiateAuth. */
    start(userName: string, client = clients.signup): Promise<Step> {
      const none = { parameters: {}, privateParameters: {}, entries: [], metadata: '' }
      return next({ outcome: 'challenge', ...none, userName, client })
    },
    /** RespondToAuthChallenge. */
    async respond(step: Step, answer: string, metadata?: Record<string, string>): Promise<Step> {
      const challengeResult = await judge(step, answer, metadata)
      const entry = {
        challengeName: 'CUSTOM_CHALLENGE' as const,
        challengeResult,
        challengeMetadata: step.metadata,
      }
      return next({ ...step, entries: [...step.entries, entry] }, metadata)
    },
    resend(step: Step, metadata: Record<string, string> = {}): Promise<Step> {
      return this.respond(step, 'resend', { action: 'resend', ...metadata })
    },
    judge,
    /** Judges the right answer while the same one, given at once, overtakes it. */
    async judgeOvertaken(step: Step): Promise<{ verdict: boolean; overtaking: boolean | undefined }> {
      const { json } = aws
      const code = this.lastCode()
      let other: Promise<boolean> | undefined
      aws.json = async (...call) => {
        // The first has been paid for and compared by now.
        if (call[1] === 'AdminUpdateUserAttributes' && !other) {
          other = judge(step, code)
          await other
        }
        return json(...call)
      }
      const verdict = await judge(step, code)
      return { verdict, overtaking: await other }
    },
    /** Cognito invoking Create again with the very event that led to this step's entries. */
    async repeatCreate(step: Step, metadata?: Record<string, string>) {
      const event = await create(createEvent(step, metadata), deadline(), log)
      return {
        ...step,
        parameters: event.response.publicChallengeParameters,
        privateParameters: event.response.privateChallengeParameters,
        metadata: event.response.challengeMetadata,
      }
    },
    /** A cold container: keeps nothing it learned. */
    restart() {
      create = newContainer()
    },
    lastCode: () => messages.at(-1)?.code ?? '',
    /** What Cognito has of a user. */
    attributesOf: (userName: string) => aws.users.get(userName)?.attributes ?? {},
    /** A client writes attributes with a token, as UpdateUserAttributes does: a new number is not verified. */
    write(userName: string, attributes: Record<string, string>) {
      const verified = attributes.phone_number ? { phone_number_verified: 'false' } : {}
      Object.assign(aws.users.get(userName)?.attributes ?? {}, attributes, verified)
    },
    /** The events logged so far, by name. */
    logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  })
}

export type Pool = ReturnType<typeof createPool>

/** A code that is certainly not the one given, as long as that. */
export function wrongFor(code: string): string {
  return (/^0*$/.test(code) ? '1' : '0').repeat(code.length || 6)
}
