// Every name, ARN and tag of a stage, and nothing else: one place to look, one place to change.

/** The Lambda functions that Cognito calls, named after what they do; the value is the key of its LambdaConfig. */
export const triggers = {
  preSignUp: 'PreSignUp',
  defineAuthChallenge: 'DefineAuthChallenge',
  createAuthChallenge: 'CreateAuthChallenge',
  verifyAuthChallenge: 'VerifyAuthChallengeResponse',
  postConfirmation: 'PostConfirmation',
} as const

export type Trigger = keyof typeof triggers
export const triggerNames = Object.keys(triggers) as Trigger[]

/** The function that takes the provider's delivery reports; a stage has it only while DELIVERY_WEBHOOK is on. */
export const reportFunction = 'deliveryStatus'
/** The one that sends an SMS in place of a message that did not arrive; only where both are on. */
export const smsFunction = 'smsFallback'
/** Every function that a stage may have. */
export type FunctionName = Trigger | typeof reportFunction | typeof smsFunction
export const functionNames: readonly FunctionName[] = [...triggerNames, reportFunction, smsFunction]

/** The names that fit into a column; `logs` takes them as arguments too. */
export const shortNames: Record<FunctionName, string> = {
  preSignUp: 'preSignUp',
  defineAuthChallenge: 'define',
  createAuthChallenge: 'create',
  verifyAuthChallenge: 'verify',
  postConfirmation: 'confirm',
  deliveryStatus: 'reports',
  smsFallback: 'sms',
}

/** The two app clients: only `signup` may create users, both may sign in. */
export const clientKinds = ['signup', 'login'] as const
export type ClientKind = (typeof clientKinds)[number]

/** Role names must fit in 64 characters with the longest region and trigger, hence at most 16. */
export const stagePattern = /^[a-z][a-z0-9-]{0,15}$/

/** The stage that `dev` makes. */
export const localStage = 'local'

/** Where a stage lives. `partition` is `aws`, `aws-cn`, `aws-us-gov`, `aws-eusc`, … */
export interface Place {
  stage: string
  account: string
  region: string
  partition: string
}

export const ownerTag = 'whatsapp-otp:managed-by'
export const stageTag = 'whatsapp-otp:stage'

/** The tags that prove a resource is this stage's own. */
export function tagsOf(stage: string): Record<string, string> {
  return { [stageTag]: stage, [ownerTag]: 'whatsapp-otp' }
}

/** True when the tags say that this tool made the resource for this stage. */
export function isOurs(stage: string, tags: Record<string, string | undefined> | undefined): boolean {
  return tags?.[stageTag] === stage && tags[ownerTag] === 'whatsapp-otp'
}

export const names = {
  pool: (stage: string) => `WhatsApp-otp-auth-pool-${stage}`,
  client: (stage: string, kind: ClientKind) => `WhatsApp-otp-${kind}-${stage}`,
  /** In a pool of others, where one of the name above may be theirs. */
  clientOfBorrowed: (stage: string, kind: ClientKind) => `whatsapp-otp-${stage}-${kind}`,
  function: (stage: string, trigger: FunctionName) => `whatsapp-otp-${stage}-${trigger}`,
  role: (stage: string, region: string, trigger: FunctionName) =>
    `whatsapp-otp-${stage}-${region}-${trigger}`,
  /** The one inline policy of each role. */
  rolePolicy: 'whatsapp-otp',
  /** The one statement that lets Cognito invoke a function; fixed, so that a second deploy finds it. */
  permission: 'whatsapp-otp-cognito',
  /** The two that open the address of the delivery reports. */
  urlPermissions: { url: 'whatsapp-otp-url', invoke: 'whatsapp-otp-url-invoke' },
  logGroup: (stage: string, trigger: FunctionName) => `/aws/lambda/${names.function(stage, trigger)}`,
  table: (stage: string) => `whatsapp-otp-${stage}`,
  /** Of the messages that may have to be followed by an SMS. */
  fallbackQueue: (stage: string) => `whatsapp-otp-${stage}-fallback`,
  /** The slash can be in no stage: what begins so is this stage's alone. */
  alarm: (stage: string, key: string) => `whatsapp-otp/${stage}/${key}`,
  /** With its region, since a dashboard is the whole account's. */
  dashboard: (stage: string, region: string) => `whatsapp-otp-${stage}-${region}`,
  alarmTopic: (stage: string) => `whatsapp-otp-${stage}-alarms`,
  /** What the functions read. Not below the path of the records: who may list those may read every level of it. */
  masterKey: (stage: string) => `/whatsapp-otp-functions/${stage}/master-key`,
  providerKey: (stage: string) => `/whatsapp-otp-functions/${stage}/provider-key`,
  /** Only the function that takes delivery reports reads it. */
  webhookSecret: (stage: string) => `/whatsapp-otp-functions/${stage}/webhook-secret`,
  findings: (stage: string) => `/whatsapp-otp-functions/${stage}/findings`,
  brake: (stage: string) => `/whatsapp-otp-functions/${stage}/brake`,
  /** Where older versions kept both keys; a deploy moves them. */
  secrets: (stage: string) => `/whatsapp-otp/${stage}/secrets`,
  record: (stage: string) => `/whatsapp-otp/${stage}/stage`,
  /** The records of all stages lie below this path. AWS goes by the path as it is sent, a slash at its end included. */
  recordPath: '/whatsapp-otp',
}

export const arns = {
  pool: (p: Place, poolId: string) =>
    `arn:${p.partition}:cognito-idp:${p.region}:${p.account}:userpool/${poolId}`,
  function: (p: Place, trigger: FunctionName) =>
    `arn:${p.partition}:lambda:${p.region}:${p.account}:function:${names.function(p.stage, trigger)}`,
  /**
   * Those that Cognito calls: for what is forbidden only, since the name of another stage may begin as this one's does.
   * Neither meets a function that Cognito does not call, whether or not somebody compares capital letters.
   */
  triggers: (p: Place) =>
    ['p*', '*AuthChallenge'].map(
      (some) => `arn:${p.partition}:lambda:${p.region}:${p.account}:function:whatsapp-otp-${p.stage}-${some}`,
    ),
  /** As `triggers`. */
  roles: (p: Place) => `arn:${p.partition}:iam::${p.account}:role/whatsapp-otp-${p.stage}-${p.region}-*`,
  role: (p: Place, trigger: FunctionName) =>
    `arn:${p.partition}:iam::${p.account}:role/${names.role(p.stage, p.region, trigger)}`,
  /** Without the trailing `:*`; policies on log streams add it. */
  logGroup: (p: Place, trigger: FunctionName) =>
    `arn:${p.partition}:logs:${p.region}:${p.account}:log-group:${names.logGroup(p.stage, trigger)}`,
  alarm: (p: Place, key: string) =>
    `arn:${p.partition}:cloudwatch:${p.region}:${p.account}:alarm:${names.alarm(p.stage, key)}`,
  dashboard: (p: Place) =>
    `arn:${p.partition}:cloudwatch::${p.account}:dashboard/${names.dashboard(p.stage, p.region)}`,
  alarmTopic: (p: Place) => `arn:${p.partition}:sns:${p.region}:${p.account}:${names.alarmTopic(p.stage)}`,
  table: (p: Place) => `arn:${p.partition}:dynamodb:${p.region}:${p.account}:table/${names.table(p.stage)}`,
  fallbackQueue: (p: Place) =>
    `arn:${p.partition}:sqs:${p.region}:${p.account}:${names.fallbackQueue(p.stage)}`,
  parameter: (p: Place, name: string) => `arn:${p.partition}:ssm:${p.region}:${p.account}:parameter${name}`,
}
