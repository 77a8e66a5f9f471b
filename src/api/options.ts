// What the programmatic API is given: where a stage lives, who asks, what is wanted. Plain types: a program that
// uses them needs no other package's.
import type { FunctionName } from '../names.ts'
import type { StageEvent, StagePlan } from './results.ts'

/** Keys of an AWS account. */
export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  expiration?: Date
}

/** What every AbortSignal is. Waiting ends, calls under way finish, and nothing new is begun. */
export interface StopSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/**
 * Where the stage is and who asks. Nothing else is looked at: neither this process's variables nor its folder,
 * unless they are handed over as `env` and `folder`.
 */
export interface StageOptions {
  /** A lower-case letter, then up to 15 lower-case letters, digits or hyphens. */
  stage: string
  /** As in `eu-central-1`. Otherwise AWS_REGION of `env`, else that of the profile. */
  region?: string
  /** A profile of the AWS configuration files. Otherwise AWS_PROFILE of `env`. */
  profile?: string
  /**
   * Keys, or a function that gives them, as those of `@aws-sdk/credential-providers` do. Otherwise the keys in
   * `env`, else those of the profile, else, where there is an `env`, whatever the AWS SDK finds in this process
   * and on this machine.
   */
  credentials?: Credentials | (() => Promise<Credentials>)
  /** Refuses every other account. */
  account?: string
  /** Variables as the command line knows them (`process.env`, a sandbox's `env()`); settings among them count. */
  env?: Record<string, string | undefined>
  /** A folder whose `.env` and `whatsapp-otp.json` count. */
  folder?: string
  /** Addresses in these files that may get signed requests, the key and codes; those of this computer may anyway. */
  trust?: readonly string[]
  /** Asked for the code of an MFA device where the profile needs one. */
  mfaCode?: (serial: string) => Promise<string>
  /** Hears of progress while it happens. What it throws does not stop the call; it is an uncaught error. */
  onEvent?: (event: StageEvent) => void
  /** Aborted: what is done stays, CANCELLED is thrown, and the same call again finishes the job. */
  signal?: StopSignal
}

/**
 * The settings of a stage, by the keys of `whatsapp-otp.json`; docs/settings.md says what each means. They go before
 * `env` and `folder`; what nobody says is as it was deployed last, else the default.
 */
export interface StageSettings {
  sendzenApiUrl?: string
  /** Secret: kept in SSM, in no variable of a function, and never a part of a result. */
  sendzenApiKey?: string
  /** International, with or without a plus. */
  whatsappFrom?: string
  whatsappTemplateName?: string
  /** As in `en_US`; the first is the default. */
  whatsappLanguages?: string[]
  /** ISO codes, as in `DE`. */
  allowedCountries?: string[]
  otpLength?: number
  otpExpiryMinutes?: number
  maxLoginAttempts?: number
  resendCooldownSeconds?: number
  maxSendsPerHour?: number
  maxSendsPerDay?: number
  maxChecksPerHour?: number
  maxChecksPerDay?: number
  poolSendsPerHour?: number
  poolSendsPerDay?: number
  blockSendsPerHour?: number
  blockSendsPerDay?: number
  poolSignupsPerHour?: number
  poolSignupsPerDay?: number
  /** As in `email`; each survives the proof of the number, whoever has written it. */
  signupAttributes?: string[]
  maxSmsPerDay?: number
  poolSmsPerHour?: number
  poolSmsPerDay?: number
  /** 0: never, codes grow longer instead. */
  lockAfterFailures?: number
  /** With `deliveryWebhook` also in place of messages that do not arrive. */
  smsFallback?: boolean
  /** 3 to 11 letters and digits, or `none`. */
  smsSenderId?: string
  /** E.164 or a short code, or `none`. */
  smsOriginationNumber?: string
  /** As registered with India's DLT, or `none`. */
  smsIndiaEntityId?: string
  smsIndiaTemplateId?: string
  /** With `{code}` where the code stands. */
  smsIndiaText?: string
  deliveryWebhook?: boolean
  /** A pool of your own to add sign-in to, or `none`; fixed for a stage. */
  userPoolId?: string
  /** With `userPoolId`: whether new users may sign up. */
  signUp?: boolean
  /** With `userPoolId`: whether codes go to numbers that Cognito does not call verified. */
  trustUnverifiedNumbers?: boolean
  clientSecret?: boolean
  userPoolTier?: 'LITE' | 'ESSENTIALS' | 'PLUS'
  logLevel?: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'
  logRetentionDays?: number
  /** CloudWatch alarms and a dashboard, which AWS charges for each month. */
  alarms?: boolean
  /** Whom the alarms write to; `none` tells nobody. */
  alarmEmail?: string
  /** An SNS topic of yours in the stage's region, instead of an address; `none` for no topic. */
  alarmTopicArn?: string
  deletionProtection?: boolean
  /** The ARN of a managed policy, or `none`. */
  permissionsBoundary?: string
}

export interface PlanOptions extends StageOptions {
  settings?: StageSettings
  /** Takes over resources of the stage's names that this tool did not make, instead of refusing them. */
  adopt?: boolean
  /** Writes the triggers of a borrowed pool that a stack or another tool looks after too, instead of leaving them to it. */
  takeTriggers?: boolean
  /** Only the code of this one function. */
  function?: FunctionName
}

export interface DeployOptions extends PlanOptions {
  /** Called with a plan that changes something; false ends with DECLINED and nothing changed. */
  confirm?: (plan: StagePlan) => boolean | Promise<boolean>
  /** False: not to try a sign-in afterwards, which sends no message. */
  verify?: boolean
}

export interface DestroyOptions extends StageOptions {
  /** Keeps the user pool and its clients; a later deploy finds them again. */
  keepUsers?: boolean
  /** Switches the pool's deletion protection off instead of refusing. */
  liftProtection?: boolean
  /** Gives a borrowed pool its triggers back although a stack looks after them. */
  takeTriggers?: boolean
  /** Called with what goes and how many users with it (Cognito's own estimate); false ends with DECLINED. */
  confirm?: (plan: StagePlan, users: number) => boolean | Promise<boolean>
}
