// What somebody with the key of one stage might try: others' stages and pools, and an administrator's rights.
import { arns, functionNames, names, type Place, tagsOf } from '../../src/names.ts'
import { alarmKeys } from '../../src/resources/alarms/rules.ts'
import { type PolicyDocument, patternsOf } from '../../src/stage/policy/printable.ts'
import type { Question } from './policy-engines.ts'

export interface Attempt extends Question {
  what: string
}

const prefixed = (prefix: string, tags: Record<string, string>) =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]))
const onPool = (tags: Record<string, string>) => prefixed('aws:ResourceTag', tags)
const asking = (tags: Record<string, string>) => ({
  ...prefixed('aws:RequestTag', tags),
  'aws:TagKeys': Object.keys(tags),
})

/** What a shortened policy names by a pattern. */
const shortened: Record<string, string[]> = {
  ...patternsOf,
  'lambda:*FunctionUrlConfig': ['Create', 'Get', 'Update', 'Delete'].map(
    (verb) => `lambda:${verb}FunctionUrlConfig`,
  ),
  'lambda:*FunctionConcurrency': ['Put', 'Get', 'Delete'].map((verb) => `lambda:${verb}FunctionConcurrency`),
}

export const actionsOf = ({ Statement }: PolicyDocument): string[] => [
  ...new Set(
    Statement.filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action)
      .flatMap((action) => shortened[action] ?? action),
  ),
]

/**
 * What everybody with a key of some stage may see: names of pools and log groups, settings of pools, what the account
 * may run at once, which queues feed which functions, and alarms.
 */
const ofNoStage = new Set([
  'cognito-idp:ListUserPools',
  'cognito-idp:CreateUserPool',
  'cognito-idp:DescribeUserPool',
  'logs:DescribeLogGroups',
  'lambda:GetAccountSettings',
  'lambda:ListEventSourceMappings',
  'cloudwatch:DescribeAlarms',
])

/** Everything of a stage, by the service whose actions it takes; without the pool, which tags tell apart. */
function resourcesOf(place: Place): Record<string, string[]> {
  const { stage } = place
  const groups = functionNames.map((trigger) => arns.logGroup(place, trigger))
  return {
    iam: functionNames.map((trigger) => arns.role(place, trigger)),
    lambda: functionNames.map((trigger) => arns.function(place, trigger)),
    sqs: [arns.fallbackQueue(place)],
    sns: [arns.alarmTopic(place)],
    cloudwatch: [...alarmKeys.map((key) => arns.alarm(place, key)), arns.dashboard(place)],
    dynamodb: [arns.table(place)],
    logs: [...groups, ...groups.map((group) => `${group}:*`)],
    ssm: [
      names.masterKey,
      names.providerKey,
      names.webhookSecret,
      names.findings,
      names.brake,
      names.record,
      names.secrets,
    ]
      .map((name) => name(stage))
      .concat('/whatsapp-otp-functions', `/whatsapp-otp/${stage}`)
      .map((name) => arns.parameter(place, name)),
  }
}

/** Names that begin, end or go on as that of this stage does, and its own in another region. */
const othersThan = (place: Place): Place[] => [
  ...[
    'prod',
    `${place.stage.slice(0, 10)}-2`,
    place.stage.slice(0, -1),
    `${place.stage.slice(0, 2)}-us-east-1`,
  ]
    .filter((stage) => stage !== place.stage)
    .map((stage) => ({ ...place, stage })),
  { ...place, region: 'eu-central-1' },
]

/** Every action of the policy on everything of other stages, as if all that conditions ask for were so. */
export function reachingOthers(place: Place, policy: PolicyDocument, boundary?: string): Attempt[] {
  const generous = {
    ...asking(tagsOf(place.stage)),
    'iam:PassedToService': 'lambda.amazonaws.com',
    'lambda:Principal': 'cognito-idp.amazonaws.com',
    ...(boundary ? { 'iam:PermissionsBoundary': boundary } : {}),
  }
  const actions = actionsOf(policy).filter((action) => !ofNoStage.has(action))
  const pool = arns.pool(place, `${place.region}_Other1234`)
  const [stageTag = '', ownerTag = ''] = Object.keys(tagsOf(place.stage))
  const owners = {
    nobody: {},
    'another stage': tagsOf('prod'),
    'half of us': { [stageTag]: place.stage },
    'some stage of ours': { [ownerTag]: 'whatsapp-otp' },
  }
  return [
    ...othersThan(place).flatMap((other) =>
      actions.flatMap((action) =>
        (resourcesOf(other)[action.split(':')[0] ?? ''] ?? []).map((resource) => ({
          what: `${action} on ${resource}`,
          action,
          resource,
          context: generous,
        })),
      ),
    ),
    ...actions
      .filter((action) => action.startsWith('cognito-idp:'))
      .flatMap((action) =>
        Object.entries(owners).map(([owner, tags]) => ({
          what: `${action} on a pool of ${owner}`,
          action,
          resource: pool,
          context: { ...generous, ...onPool(tags) },
        })),
      ),
  ]
}

/** What conditions and what is left out of the policy stand against, with or without a boundary. */
export function misusing(place: Place): Attempt[] {
  const role = arns.role(place, 'preSignUp')
  const fn = arns.function(place, 'preSignUp')
  const pool = arns.pool(place, `${place.region}_Ours12345`)
  const ours = onPool(tagsOf(place.stage))
  const admin = `arn:aws:iam::${place.account}:role/admin`
  const limit = `arn:aws:iam::${place.account}:policy/limit`
  const team = { team: 'admins' }
  const all: Record<string, Question> = {
    'make a pool for another stage': {
      action: 'cognito-idp:CreateUserPool',
      resource: '*',
      context: asking(tagsOf('prod')),
    },
    'make a pool without tags': { action: 'cognito-idp:CreateUserPool', resource: '*' },
    'give our pool to another stage': {
      action: 'cognito-idp:UpdateUserPool',
      resource: pool,
      context: { ...ours, ...asking(tagsOf('prod')) },
    },
    'tag our pool as another stage’s': {
      action: 'cognito-idp:TagResource',
      resource: pool,
      context: { ...ours, ...asking(tagsOf('prod')) },
    },
    'sign in as a user of ours': {
      action: 'cognito-idp:AdminInitiateAuth',
      resource: pool,
      context: ours,
    },
    'let everybody invoke our function': {
      action: 'lambda:AddPermission',
      resource: fn,
      context: { 'lambda:Principal': '*' },
    },
    'let another account invoke our function': {
      action: 'lambda:AddPermission',
      resource: fn,
      context: { 'lambda:Principal': '111122223333' },
    },
    'open a function to the internet': { action: 'lambda:CreateFunctionUrlConfig', resource: fn },
    'invoke our function': { action: 'lambda:InvokeFunction', resource: fn },
    'give our role to a machine': {
      action: 'iam:PassRole',
      resource: role,
      context: { 'iam:PassedToService': 'ec2.amazonaws.com' },
    },
    'give a foreign role to our function': {
      action: 'iam:PassRole',
      resource: admin,
      context: { 'iam:PassedToService': 'lambda.amazonaws.com' },
    },
    'take a foreign role': { action: 'sts:AssumeRole', resource: admin },
    'attach a policy of AWS’s': {
      action: 'iam:AttachRolePolicy',
      resource: role,
      context: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' },
    },
    'let others take our role': {
      action: 'iam:UpdateAssumeRolePolicy',
      resource: role,
      context: { 'iam:PermissionsBoundary': limit },
    },
    'tag our role for other doors': {
      action: 'iam:TagRole',
      resource: role,
      context: asking(team),
    },
    'make a role with a tag for other doors': {
      action: 'iam:CreateRole',
      resource: role,
      context: { ...asking(team), 'iam:PermissionsBoundary': limit },
    },
    'make a role of another name': {
      action: 'iam:CreateRole',
      resource: admin,
      context: { 'iam:PermissionsBoundary': limit },
    },
    'take the boundary off': {
      action: 'iam:DeleteRolePermissionsBoundary',
      resource: role,
      context: { 'iam:PermissionsBoundary': limit },
    },
    'rewrite the boundary': { action: 'iam:CreatePolicyVersion', resource: limit },
    'make a user': { action: 'iam:CreateUser', resource: `arn:aws:iam::${place.account}:user/new` },
    'read every parameter of the functions': {
      action: 'ssm:GetParametersByPath',
      resource: arns.parameter(place, '/whatsapp-otp-functions/prod'),
    },
  }
  return Object.entries(all).map(([what, question]) => ({ what, ...question }))
}

/** The ways to an administrator's rights that only a boundary closes. */
export function escalating(place: Place): Attempt[] {
  const resource = arns.role(place, 'preSignUp')
  const admin = 'arn:aws:iam::aws:policy/AdministratorAccess'
  const ways: Record<string, Record<string, string>> = {
    'without a boundary': {},
    'with another one': { 'iam:PermissionsBoundary': admin },
  }
  const actions = ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:PutRolePermissionsBoundary']
  return Object.entries(ways).flatMap(([how, context]) =>
    actions.map((action) => ({ what: `${action} ${how}`, action, resource, context })),
  )
}
