// What one function may do, as the inline policy of its role: only what it calls, on exact ARNs.
import { DeleteRolePolicyCommand, GetRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { ifFound } from '../aws/errors.ts'
import type { Refs, Resource } from '../engine/resource.ts'
import { arns, names, type Place, type Trigger, triggerNames } from '../names.ts'
import type { Settings } from '../settings/schema.ts'
import { parseDocument, sameDocument } from './role.ts'

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
  /** Code that needs it will take the place of living code that does not. */
  isMove?: true
}

interface Have {
  document: unknown
}

/** Those that keep counters and codes, and need the keys for it. */
const guarded: readonly Trigger[] = ['createAuthChallenge', 'verifyAuthChallenge']
/** A changed policy is in force everywhere after a few seconds. */
const spreadMs = 10_000
/** The one that writes a user's attributes, which names the pool. */
const marker: Trigger = 'verifyAuthChallenge'

export function rolePolicy(place: Place, trigger: Trigger): Resource<Want, Have> {
  const target = { RoleName: names.role(place.stage, place.region, trigger), PolicyName: names.rolePolicy }

  return {
    kind: 'role-policy',
    id: `role-policy:${trigger}`,
    name: `${target.RoleName}/${target.PolicyName}`,
    needs: [`role:${trigger}`, ...(trigger === marker ? ['user-pool'] : [])],
    // Taken away first, a function still running could neither log nor answer.
    removeAfter: [`function:${trigger}`],
    partOf: `role:${trigger}`,
    goesWith: `role:${trigger}`,
    // A new policy needs seconds to spread; those that name no pool need not wait for one.
    ...(trigger === marker ? {} : { isMadeOnce: true as const }),
    permissions: [
      {
        actions: ['iam:GetRolePolicy', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
        on: [arns.role(place, trigger)],
      },
    ],

    want: ({ settings }, refs) => ({
      document: documentOf(place, trigger, settings, refs),
      ...(refs.formerSecrets && guarded.includes(trigger) ? { isMove: true } : {}),
    }),

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
    async update({ iam, clock, signal }, want) {
      const made = await put(want, (document) =>
        iam.send(new PutRolePolicyCommand({ ...target, ...document })),
      )
      // Until then the living code goes on, and after it the new one finds what it needs.
      if (want.isMove) await clock.sleep(spreadMs, signal)
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
  trigger: Trigger,
  settings: Pick<Settings, 'smsFallback'>,
  { userPoolId, formerSecrets }: Refs,
): Document | undefined {
  const marks = trigger === marker
  if (marks && !userPoolId) return undefined
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
  if (guarded.includes(trigger)) {
    // The counters of the pool are updated only where messages are sent.
    const counts = trigger === 'createAuthChallenge' ? ['dynamodb:UpdateItem'] : []
    statements.push(
      allow('Limit', ['dynamodb:GetItem', 'dynamodb:PutItem', ...counts], arns.table(place)),
      allow(
        'ReadSecrets',
        ['ssm:GetParameters'],
        parametersOf(trigger).map((name) => arns.parameter(place, name(place.stage))),
      ),
    )
    // For the code of an older version, until it is certainly gone.
    if (formerSecrets) {
      statements.push(allow('ReadFormerSecrets', ['ssm:GetParameter'], arns.parameter(place, formerSecrets)))
    }
  }
  if (marks) {
    statements.push(
      allow('MarkUser', ['cognito-idp:AdminUpdateUserAttributes'], arns.pool(place, userPoolId!)),
    )
  }
  if (trigger === 'createAuthChallenge' && settings.smsFallback) {
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
  settings: Pick<Settings, 'smsFallback'>,
): { statements: Statement[]; pools: string } {
  const refs = { userPoolId: '*', formerSecrets: names.secrets(place.stage) }
  const documents = triggerNames.map((trigger) => documentOf(place, trigger, settings, refs))
  return {
    statements: documents.flatMap((document) => document?.Statement ?? []),
    pools: arns.pool(place, '*'),
  }
}

/** What it reads with one call. Only the function that sends has to know the provider's key. */
const parametersOf = (trigger: Trigger) =>
  trigger === 'createAuthChallenge'
    ? [names.masterKey, names.findings, names.providerKey]
    : [names.masterKey, names.findings]

/** For showing: the actions, not the document. */
function actionsOf(document: unknown): string {
  const statements = [(document as Partial<Document> | undefined)?.Statement ?? []].flat()
  return statements.flatMap((statement) => statement?.Action ?? []).join(',') || 'unreadable'
}
