// What one function may do, as the inline policy of its role: only what it calls, on exact ARNs.
import { DeleteRolePolicyCommand, GetRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { ifFound } from '../aws/errors.ts'
import type { FormerTriggers, Refs, Resource } from '../engine/resource.ts'
import {
  arns,
  type FunctionName,
  names,
  type Place,
  reportFunction,
  smsFunction,
  type Trigger,
} from '../names.ts'
import { borrowedPoolOf } from '../settings/borrowed-pool.ts'
import { functionsOf, onlyWithFallback, wantedFor } from '../settings/parts.ts'
import type { Settings } from '../settings/schema.ts'
import { parseDocument, sameDocument } from './role.ts'
import { actsOnUsers, userActionsIn } from './role-user-actions.ts'

export interface Statement {
  Sid: string
  Effect: 'Allow' | 'Deny'
  Action: string[]
  Resource: string | string[]
}

interface Document {
  Version: '2012-10-17'
  Statement: Statement[]
}

interface Want {
  /** Undefined while the pool's id is not known. */
  document: Document | undefined
}

interface Have {
  document: unknown
}

/** Those that keep codes, and need the keys for it. */
const guarded: readonly FunctionName[] = ['createAuthChallenge', 'verifyAuthChallenge']
/**
 * What each does to the table: a ledger and what an account has proven are read and written whole, counters are
 * added to, and a sign-up is noted without a look at anything.
 */
const tableActions: Partial<Record<FunctionName, string[]>> = {
  preSignUp: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
  createAuthChallenge: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
  verifyAuthChallenge: ['dynamodb:GetItem', 'dynamodb:PutItem'],
  // Notes what became of a message that is remembered, and makes no item.
  deliveryStatus: ['dynamodb:UpdateItem'],
  smsFallback: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
}
/** What each does to the queue of messages that an SMS may have to follow. */
const onQueue: Partial<Record<FunctionName, string[]>> = {
  createAuthChallenge: ['sqs:SendMessage'],
  deliveryStatus: ['sqs:SendMessage'],
  // Lambda does so in the function's name, and asks for all three.
  smsFallback: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
}
/** A changed policy is in force everywhere after a few seconds. */
const spreadMs = 10_000
export function rolePolicy(place: Place, trigger: FunctionName): Resource<Want, Have> {
  const target = { RoleName: names.role(place.stage, place.region, trigger), PolicyName: names.rolePolicy }

  return {
    ...wantedFor(trigger),
    kind: 'role-policy',
    id: `role-policy:${trigger}`,
    name: `${target.RoleName}/${target.PolicyName}`,
    needs: [`role:${trigger}`, ...(actsOnUsers(trigger) ? ['user-pool'] : [])],
    // Taken away first, a function still running could neither log nor answer.
    removeAfter: [`function:${trigger}`],
    partOf: `role:${trigger}`,
    goesWith: `role:${trigger}`,
    // A new policy needs seconds to spread; those that name no pool need not wait for one.
    ...(actsOnUsers(trigger) ? {} : { isMadeOnce: true as const }),
    permissions: [
      {
        actions: ['iam:GetRolePolicy', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
        on: [arns.role(place, trigger)],
      },
    ],

    want: ({ settings }, refs) => ({ document: documentOf(place, trigger, settings, refs) }),

    async read({ iam }) {
      const found = await ifFound(iam.send(new GetRolePolicyCommand(target)))
      return found && { document: parseDocument(found.PolicyDocument) }
    },

    isOurs: () => true,

    diff: ({ document }, have) => {
      if (document && sameDocument(document, have.document)) return []
      return [
        {
          field: 'statements',
          from: actionsOf(have.document),
          to: document ? actionsOf(document) : '(known after apply)',
        },
      ]
    },

    create: ({ iam }, want) =>
      put(want, (document) => iam.send(new PutRolePolicyCommand({ ...target, ...document }))),
    async update({ iam, clock, signal }, want, have) {
      const made = await put(want, (document) =>
        iam.send(new PutRolePolicyCommand({ ...target, ...document })),
      )
      // Until then the living code goes on, and after it the new one finds what it needs.
      const before = grantsOf(have.document)
      if (grantsOf(made.document).some((grant) => !before.includes(grant))) {
        await clock.sleep(spreadMs, signal)
      }
      return made
    },

    async remove({ iam }) {
      await ifFound(iam.send(new DeleteRolePolicyCommand(target)))
    },
  }
}

/** PutRolePolicy makes or replaces the policy of that name: repeating it changes nothing. */
async function put(
  { document }: Want,
  send: (input: { PolicyDocument: string }) => Promise<unknown>,
): Promise<Have> {
  if (!document) throw new Error('A role policy is played after the pool that it names')
  await send({ PolicyDocument: JSON.stringify(document) })
  return { document }
}

function documentOf(
  place: Place,
  trigger: FunctionName,
  settings: Partial<Settings>,
  { userPoolId, formerSecrets, formerTriggers = {} }: Refs,
): Document | undefined {
  const onUsers = userActionsIn(trigger, settings)
  if (onUsers && !userPoolId) return undefined
  const allow = (Sid: string, Action: string[], Resource: string | string[]): Statement => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource,
  })
  // Without logs:CreateLogGroup: a late line must not bring a removed group back to life.
  const statements = [
    allow('Log', ['logs:CreateLogStream', 'logs:PutLogEvents'], `${arns.logGroup(place, trigger)}:*`),
  ]
  const onTable = tableActions[trigger]
  if (onTable) statements.push(allow('Limit', onTable, arns.table(place)))
  const parameters = parametersOf(trigger)
  if (parameters.length > 0) {
    statements.push(
      allow(
        'ReadSecrets',
        ['ssm:GetParameters'],
        parameters.map((name) => arns.parameter(place, name(place.stage))),
      ),
    )
    // For the code of an older version, until it is certainly gone.
    if (formerSecrets && guarded.includes(trigger)) {
      statements.push(allow('ReadFormerSecrets', ['ssm:GetParameter'], arns.parameter(place, formerSecrets)))
    }
  }
  if (trigger === 'preSignUp') {
    statements.push(
      allow('ReadBrake', ['ssm:GetParameters'], arns.parameter(place, names.brake(place.stage))),
    )
  }
  if (onUsers) statements.push(allow('Users', onUsers, arns.pool(place, userPoolId!)))
  const former = formerTriggers[trigger as Trigger]
  // The calls of other app clients, passed on to the function that Cognito called before.
  if (former) statements.push(allow('PassOn', ['lambda:InvokeFunction'], former))
  const queueActions = onlyWithFallback.isWanted(settings) ? onQueue[trigger] : undefined
  if (queueActions) statements.push(allow('Follow', queueActions, arns.fallbackQueue(place)))
  if (trigger === smsFunction || (trigger === 'createAuthChallenge' && settings.smsFallback)) {
    // A message to a phone number has no ARN, hence '*'; every topic has one and stays out of reach. Where a text
    // message takes the second permission besides, it is asked for the sender that AWS chooses, which nobody knows.
    statements.push(allow('SendSms', ['sns:Publish', 'sms-voice:SendTextMessage'], '*'), {
      Sid: 'NoTopics',
      Effect: 'Deny',
      Action: ['sns:Publish'],
      Resource: `arn:${place.partition}:sns:*:*:*`,
    })
  }
  return { Version: '2012-10-17', Statement: statements }
}

/**
 * Every statement that a function of this stage may ever have, older versions' included, and the pools that one
 * may change users of: the stage's own, whose id is not known beforehand.
 */
export function allStatements(
  place: Place,
  settings: Pick<Settings, 'smsFallback'> & Partial<Settings>,
  former: FormerTriggers = {},
): { statements: Statement[]; pools: string } {
  const userPoolId = borrowedPoolOf(settings) ?? '*'
  const refs = { userPoolId, formerSecrets: names.secrets(place.stage), formerTriggers: former }
  const documents = functionsOf(settings).map((trigger) => documentOf(place, trigger, settings, refs))
  return {
    statements: documents.flatMap((document) => document?.Statement ?? []),
    pools: arns.pool(place, '*'),
  }
}

/** What it reads with one call. Only the function that sends has to know the provider's key. */
function parametersOf(trigger: FunctionName) {
  if (trigger === reportFunction) return [names.webhookSecret]
  if (trigger === smsFunction) return [names.masterKey, names.findings, names.brake]
  if (!guarded.includes(trigger)) return []
  const ofCodes = [names.masterKey, names.findings]
  return trigger === 'createAuthChallenge' ? [...ofCodes, names.providerKey, names.brake] : ofCodes
}

/** Whatever stands there, ours or somebody else's. */
const statementsOf = (document: unknown) =>
  [(document as Partial<Document> | undefined)?.Statement ?? []].flat()

/** For showing: the actions, not the document. */
function actionsOf(document: unknown): string {
  return (
    statementsOf(document)
      .flatMap((statement) => statement?.Action ?? [])
      .join(',') || 'unreadable'
  )
}

/** Each action with each resource that it is allowed on. */
function grantsOf(document: unknown): string[] {
  return statementsOf(document).flatMap((statement) =>
    statement?.Effect !== 'Allow'
      ? []
      : [statement.Action ?? []]
          .flat()
          .flatMap((action) => [statement.Resource ?? []].flat().map((resource) => `${action} ${resource}`)),
  )
}
