// A policy as IAM takes it: one that is longer than a managed policy may be is written shorter, and allows no more than
// what has to be allowed together.

export interface PolicyStatement {
  Effect: 'Allow' | 'Deny'
  Action: string[]
  Resource: string[]
  Condition?: Record<string, Record<string, string | string[]>>
}

export interface PolicyDocument {
  Version: '2012-10-17'
  Statement: PolicyStatement[]
}

/** The characters of a managed policy that IAM takes, white space not counted. */
export const policyLimit = 6_144

export const sizeOf = (policy: PolicyDocument): number => JSON.stringify(policy).length

type Rewrite = (statements: readonly PolicyStatement[], stage: string) => PolicyStatement[]

/**
 * Each way costs some of the reader's ease, hence only as many as it takes: names by what nobody else's can match;
 * lines of different services joined; and last what the stage's own functions, logs and parameters allow together,
 * which is no more for whoever may replace the code of each anyhow.
 */
const ways: Rewrite[][] = [
  [shortNames],
  [shortNames, joined],
  [shortNames, together, patterns, joined],
  [shortNames, together, patterns, anyPartition, joined],
]

export function printable(policy: PolicyDocument, stage: string): PolicyDocument {
  if (sizeOf(policy) <= policyLimit) return policy
  const written = ways.map((way) => ({
    ...policy,
    Statement: way.reduce((statements, rewrite) => rewrite(statements, stage), policy.Statement),
  }))
  return written.find((one) => sizeOf(one) <= policyLimit) ?? written.at(-1)!
}

const unique = <T>(list: readonly T[]): T[] => [...new Set(list)]

const ofReports = /:[A-Z][a-z]+(?=Function(UrlConfig|Concurrency)$)/

function shortNames(statements: readonly PolicyStatement[]): PolicyStatement[] {
  return statements.map((one) => ({
    ...one,
    // With the two that delete, as the function's own deletion does.
    Action: unique(one.Action.map((name) => name.replace(ofReports, ':*'))),
    Resource: shortened(one.Resource),
  }))
}

/** Three of the triggers are called alike but for six letters. */
function shortened(resources: readonly string[]): string[] {
  const short = (arn: string) => arn.replace(/(define|create|verify)(?=AuthChallenge\b)/, '??????')
  const isWhole = (arn: string) => resources.filter((other) => short(other) === short(arn)).length === 3
  // Below the stage's own path there is nothing of another stage.
  const below = (arn: string) => arn.replace(/(?<=\/whatsapp-otp(-functions)?\/[^/]+\/).*/, '*')
  const isOneOfMany = (arn: string) => resources.filter((other) => below(other) === below(arn)).length > 1
  const shorter = (arn: string) => (isOneOfMany(arn) ? below(arn) : isWhole(arn) ? short(arn) : arn)
  return unique(resources.map(shorter))
}

/** The one service that a statement is about; undefined where there are several, or conditions. */
function serviceOf(one: PolicyStatement): string | undefined {
  const ofActions = one.Action.map((action) => action.split(':')[0])
  const ofResources = one.Resource.map((arn) => arn.split(':')[2])
  const all = new Set([...ofActions, ...ofResources])
  return one.Effect === 'Allow' && !one.Condition && all.size === 1 ? ofActions[0] : undefined
}

/** An action is good for resources of its own service only: one statement of each service may share a line. */
function joined(statements: readonly PolicyStatement[]): PolicyStatement[] {
  const lines: { services: Set<string>; statement: PolicyStatement }[] = []
  const others: PolicyStatement[] = []
  for (const one of statements) {
    const service = serviceOf(one)
    const line = lines.find(({ services }) => service !== undefined && !services.has(service))
    if (service === undefined) others.push(one)
    else if (line) {
      line.services.add(service)
      line.statement.Action.push(...one.Action)
      line.statement.Resource.push(...one.Resource)
    } else {
      const statement = { ...one, Action: [...one.Action], Resource: [...one.Resource] }
      lines.push({ services: new Set([service]), statement })
    }
  }
  return [...lines.map(({ statement }) => statement), ...others]
}

/** Not the address of a function and its brake, which one function alone may have. */
const isOfOne = ({ Action }: PolicyStatement) =>
  Action.some((name) => /Function(UrlConfig|Concurrency)$/.test(name))

/** One statement each for the functions, the logs and the parameters of the stage. */
function together(statements: readonly PolicyStatement[], stage: string): PolicyStatement[] {
  const belongs = (one: PolicyStatement) =>
    ['lambda', 'logs', 'ssm'].includes(serviceOf(one) ?? '') &&
    !isOfOne(one) &&
    one.Resource.every((arn) => new RegExp(`[-/]${stage}[-/]`).test(arn))
  const merged = new Map<string, PolicyStatement>()
  for (const one of statements.filter(belongs)) {
    const { Action, Resource } = merged.get(serviceOf(one)!) ?? { Action: [], Resource: [] }
    merged.set(serviceOf(one)!, {
      Effect: 'Allow',
      Action: unique([...Action, ...one.Action]).sort(),
      Resource: streamed(shortened(unique([...Resource, ...one.Resource]))),
    })
  }
  return [...merged.values(), ...statements.filter((one) => !belongs(one))]
}

/** A log group and what is in it. */
function streamed(resources: readonly string[]): string[] {
  const isGroup = (arn: string) => resources.includes(`${arn}:*`)
  return resources.flatMap((arn) =>
    isGroup(arn) ? [`${arn}*`] : arn.endsWith(':*') && resources.includes(arn.slice(0, -2)) ? [] : [arn],
  )
}

/** Each stands for exactly these, and for others that do no more to the same resource. */
export const patternsOf: Record<string, string[]> = {
  'dynamodb:*Item': ['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'].map((name) => `dynamodb:${name}`),
  'dynamodb:*TimeToLive': ['dynamodb:DescribeTimeToLive', 'dynamodb:UpdateTimeToLive'],
  'sqs:*Queue*': [
    ...['CreateQueue', 'DeleteQueue', 'GetQueueAttributes', 'GetQueueUrl'],
    ...['ListQueueTags', 'SetQueueAttributes', 'TagQueue'],
  ].map((name) => `sqs:${name}`),
  'cloudwatch:*Dashboard*': ['DeleteDashboards', 'GetDashboard', 'PutDashboard'].map(
    (name) => `cloudwatch:${name}`,
  ),
  // Whoever may delete a pool deletes its clients with it.
  'cognito-idp:*UserPoolClient': ['Create', 'Describe', 'Update'].map(
    (verb) => `cognito-idp:${verb}UserPoolClient`,
  ),
  'sns:List*': ['sns:ListSubscriptionsByTopic', 'sns:ListTagsForResource'],
  'iam:GetRole*': ['iam:GetRole', 'iam:GetRolePolicy'],
  'iam:List*RolePolicies': ['iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'],
  'lambda:GetFunction*': ['lambda:GetFunction', 'lambda:GetFunctionConfiguration'],
}

function patterns(statements: readonly PolicyStatement[]): PolicyStatement[] {
  const shorter = (actions: readonly string[]) =>
    Object.entries(patternsOf).reduce(
      (list, [pattern, names]) =>
        names.every((name) => list.includes(name))
          ? [...list.filter((name) => !names.includes(name)), pattern]
          : list,
      [...actions],
    )
  return statements.map((one) => (one.Effect === 'Allow' ? { ...one, Action: shorter(one.Action) } : one))
}

/** An account is of one partition. */
function anyPartition(statements: readonly PolicyStatement[]): PolicyStatement[] {
  return statements.map((one) => ({
    ...one,
    Resource: one.Resource.map((arn) => arn.replace(/^arn:[\w-]+:/, 'arn:*:')),
  }))
}
