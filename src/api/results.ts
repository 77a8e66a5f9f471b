// What the programmatic API gives back and tells on the way. Plain types, as in `options.ts`.

import type { AppError } from '../errors.ts'
import type { Trigger } from '../names.ts'
import type { StageAlarms } from './alarm-results.ts'
import type { LastDay } from './last-day.ts'

/** A field that differs. Never a secret, never a whole document. */
export interface FieldChange {
  /** As in `environment.OTP_EXPIRY_MINUTES`. */
  field: string
  from?: string | undefined
  to?: string | undefined
}

/** What somebody else has put beside a resource or has switched off: no deploy changes it. */
export interface Danger {
  what: string
  why: string
  /** The command that ends it. */
  next: string
  /** Users cannot sign in while it is there, or somebody can who should not. */
  isGrave?: true
}

/** What a plan does with one resource. */
export interface PlannedStep {
  /** Unique in the stage, as in `function:preSignUp`. */
  id: string
  /** As in `function`, `user-pool-client`. */
  kind: string
  /** The name in AWS. */
  name: string
  action: 'create' | 'update' | 'delete' | 'keep' | 'replace-refused'
  changes: FieldChange[]
  /** Why it is refused, or kept. */
  why?: string
  dangers?: Danger[]
}

export interface StagePlan {
  stage: string
  region: string
  account: string
  steps: PlannedStep[]
  /** False when every step is `keep`. */
  hasChanges: boolean
}

/** A step that was played. */
export interface PlayedStep extends PlannedStep {
  status: 'done' | 'failed' | 'skipped'
  ms: number
}

/** What an app needs to know of a stage; ids, nothing secret. */
export interface StageOutputs {
  stage: string
  region: string
  account: string
  userPoolId: string
  /** The client that creates users; they can sign in with it too. */
  signupClientId: string
  /** The client that only signs in. */
  loginClientId: string
  /** The `iss` of the tokens; absent while there is no pool. */
  issuer?: string
  /** The public keys that verify the tokens; absent while there is no pool. */
  jwksUri?: string
  /** Only where an emulator stands in for AWS. */
  endpoint?: string
}

/** What a deploy or a removal did. */
export interface Played {
  stage: string
  region: string
  account: string
  steps: PlayedStep[]
  /** False when there was nothing to do. */
  changed: boolean
  /** Calls to AWS, retries counted. */
  apiCalls: number
  /** Without the time that `confirm` took. */
  ms: number
}

export interface Deployment extends Played {
  outputs: StageOutputs
}

/** Chances of a guesser; `oneIn` says the probability as one chance in so many. */
export interface Odds {
  guesses: number
  probability: number
  oneIn: number
}

export interface GuessSpans {
  /** One number in any 24 hours. */
  perDay: Odds
  /** One number in any 365 days, whatever its owner does meanwhile. */
  perYear: Odds
}

/** How likely it is, at most, that somebody patient hits a code of one number. */
export interface Guessing {
  /** Nothing about a number may show to strangers in this account: their codes do not grow, but are longer. */
  quiet: boolean
  /** 0 where codes grow longer instead. */
  lockAfterFailures: number
  /** Somebody who knows the number. */
  stranger: GuessSpans
  /** Somebody who besides holds all devices that are known for it. */
  deviceHolder: GuessSpans
  /** A number with a fixed code, for as long as it may have one. */
  testNumber: Odds
  /** In a day, if a code's own tries were the only limit. */
  withoutLimits: Odds
}

/** Billed pieces, and their list price in US dollars: least and most, where it depends on the country. */
export interface Spent {
  count: number
  leastUsd: number
  mostUsd: number
}

/** What an attacker can make the owner of the stage spend in a day, at most. */
export interface Spending {
  /** By WhatsApp. `unproven` of them go to numbers that nobody has proven, `proven` to those and proven ones. */
  messages: Spent & { unproven: number; proven: number }
  sms: Spent
  /** Users that exist from then on. */
  activeUsers: Spent
  /** Limited by Cognito's default quotas alone. */
  requests: { count: number; functionsUsd: number; tableUsd: number; logsUsd: number }
}

/** A number with a fixed code that is never sent. Neither number nor code can be read from it. */
export interface TestNumber {
  /** Masked. */
  phone: string
  /** The first digits of the number's keyed hash, as in the logs. */
  number: string
  codeLength: number
  /** ISO 8601. From then on it is a number like any other. */
  until: string
  /** Begun ones count; 0 once it has expired. */
  daysLeft: number
  expired: boolean
}

/** All messages and sign-ups of a stage are stopped. */
export interface Pause {
  /** ISO 8601. */
  since: string
  by: string
  reason?: string
}

/** Why users cannot sign in, or something to look at. */
export interface Problem {
  /** Stable: `wiring`, `sends`, `secrets.provider-key`, `function.preSignUp`, … */
  id: string
  /** Users cannot sign in, or many of them. */
  grave: boolean
  cause: string
  /** What ends it, the most likely first: commands, or what to do elsewhere. */
  next: string[]
}

export interface ProviderFinding {
  /** Stable: `sendzen.key`, `template.en_US`. */
  id: string
  title: string
  verdict: 'pass' | 'warn' | 'fail' | 'skip'
  detail?: string
  remedy?: string
}

export interface StageStatus {
  stage: string
  region: string
  account: string
  /** Of whatsapp-otp, that deployed it. */
  version: string
  /** ISO 8601. */
  createdAt: string
  /** True when nothing is missing, every check holds and messages go out; drift alone is no illness. */
  healthy: boolean
  /** What keeps users from signing in, in a few words each. */
  problems: string[]
  /** The same with what ends each, the causes first, and after them what is to be looked at. */
  judgement: Problem[]
  /** What a deploy with the stage's own settings would do: anything but `keep` is drift. */
  resources: PlannedStep[]
  /** ARNs: what the pool should call and what it calls. */
  triggers: { trigger: Trigger; wanted: string; actual: string | undefined }[]
  /** `isOpen` where one cannot be made from here: it neither holds nor fails. */
  checks: { check: string; ok: boolean; isOpen?: true; why?: string }[]
  /** Absent where the stage is not paused. A paused stage is healthy, though nobody gets a code. */
  paused?: Pause
  /** Expired ones among them, until the next is added or removed. */
  testNumbers: TestNumber[]
  /** What the provider says of the stage's own key, sender and template. */
  sending: ProviderFinding[]
  /** Cognito's own estimate; undefined without a pool. */
  users: number | undefined
  guessing: Guessing
  spending: Spending
  /** `unknown` says why, where the logs may not be read. */
  lastDay: LastDay | { unknown: string | undefined }
  /** Absent where ALARMS is off. */
  alarms?: StageAlarms
  outputs: StageOutputs
}

/** Progress, in the order in which it happens. Titles and texts are for people and may change. */
export type StageEvent =
  | { type: 'task'; state: 'started'; title: string }
  | { type: 'task'; state: 'done' | 'failed'; title: string; ms: number }
  /** Before anything is asked or played. */
  | { type: 'plan'; plan: StagePlan }
  | { type: 'step'; state: 'started'; step: PlannedStep }
  | { type: 'step'; state: 'done'; step: PlannedStep; ms: number }
  | { type: 'step'; state: 'failed'; step: PlannedStep; ms: number; error: AppError }
  /** Something to look at that stops nothing. */
  | { type: 'warning'; text: string }
