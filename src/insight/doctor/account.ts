// The account: whether IAM would let this caller deploy, remove and look after the stage.
import {
  type ContextEntry,
  type EvaluationResult,
  GetRoleCommand,
  paginateSimulatePrincipalPolicy,
} from '@aws-sdk/client-iam'
import type { Connection } from '../../aws/account.ts'
import { isAccessDenied } from '../../aws/errors.ts'
import { toAppError } from '../../aws/words.ts'
import { boundaryOf } from '../../settings/boundary.ts'
import type { Settings } from '../../settings/schema.ts'
import { deployPolicy, unbounded } from '../../stage/policy/policies.ts'
import type { PolicyStatement } from '../../stage/policy/printable.ts'
import { type Examination, fail, type Outcome, pass, warn } from '../examination.ts'

/**
 * Asks IAM's policy simulator about every action on its own resources. It is advice: boundaries of an
 * organisation may forbid more than it knows, and who may not ask it may still be allowed everything.
 */
export async function examinePermissions(
  exam: Examination,
  aws: Connection,
  settings: Partial<Settings>,
): Promise<void> {
  const boundary = boundaryOf(settings)
  await exam.check('permissions', 'permissions', async () => {
    if (aws.who === 'root') return warn('root may do everything', 'use a user or a role of its own for this')
    try {
      const source = await principalOf(aws)
      const { Statement: statements } = deployPolicy(aws.place, boundary, settings)
      const allowed = statements.filter(({ Effect }) => Effect === 'Allow')
      const context = contextOf(statements)
      const denied = await Promise.all(allowed.map((statement) => deniedBy(aws, source, statement, context)))
      const isBounded = boundary !== undefined || (await isAdministrator(aws, source))
      return verdictOn([...new Set(denied.flat())].sort(), aws, isBounded)
    } catch (error) {
      if (!isAccessDenied(error)) throw toAppError(error, 'ask for the permissions')
      const { why } = toAppError(error, 'ask')
      return {
        verdict: 'skip',
        detail: `${why ?? 'these credentials may not ask'}; the deploy itself may be allowed all the same${boundary ? '' : `. Without PERMISSIONS_BOUNDARY ${unbounded}`}`,
      }
    }
  })
}

/** `isBounded`: nobody gets further by this stage than he is already. */
function verdictOn(denied: string[], { who, place }: Connection, isBounded: boolean): Outcome {
  if (denied.length === 0) {
    const may = `${who} may deploy and remove this stage`
    if (isBounded) return pass(may)
    return warn(
      `${may}. Without PERMISSIONS_BOUNDARY ${unbounded}`,
      `whatsapp-otp policy --stage ${place.stage} --boundary   prints a boundary for its roles`,
    )
  }
  const shown = denied.slice(0, 6).join(', ')
  const more = denied.length > 6 ? ` and ${denied.length - 6} more` : ''
  return fail(
    `${who} may not call ${shown}${more}`,
    `whatsapp-otp policy --stage ${place.stage}   prints the policy to attach`,
  )
}

/** The ARN that policies hang on: a session's role instead of the session. */
async function principalOf({ iam, place, who }: Connection): Promise<string> {
  const [, role] = /^assumed-role\/([^/]+)\//.exec(who) ?? []
  // Only IAM knows the path of a role; the session's ARN leaves it out.
  if (role) return (await iam.send(new GetRoleCommand({ RoleName: role }))).Role?.Arn ?? ''
  return `arn:${place.partition}:iam::${place.account}:${who}`
}

/** What the tool's own calls say of themselves, which is what the conditions ask for. */
function contextOf(statements: readonly PolicyStatement[]): ContextEntry[] {
  const conditions = statements.flatMap(({ Condition = {} }) => Object.values(Condition))
  const values = new Map(conditions.flatMap((keys) => Object.entries(keys)))
  return [...values].map(([ContextKeyName, value]) => ({
    ContextKeyName,
    ContextKeyType: Array.isArray(value) ? 'stringList' : 'string',
    ContextKeyValues: [value].flat(),
  }))
}

/** Who may give anybody anything has nothing to gain by a role of this stage. */
async function isAdministrator(aws: Connection, source: string): Promise<boolean> {
  const everything = { Effect: 'Allow' as const, Action: ['iam:AttachUserPolicy'], Resource: ['*'] }
  return (await deniedBy(aws, source, everything, [])).length === 0
}

async function deniedBy(
  { iam }: Connection,
  source: string,
  { Action, Resource }: PolicyStatement,
  context: ContextEntry[],
): Promise<string[]> {
  const pages = paginateSimulatePrincipalPolicy(
    { client: iam },
    {
      PolicySourceArn: source,
      ActionNames: Action,
      ResourceArns: Resource,
      ContextEntries: context,
    },
  )
  const results: EvaluationResult[] = []
  for await (const page of pages) results.push(...(page.EvaluationResults ?? []))
  return results
    .filter(({ EvalDecision }) => EvalDecision !== 'allowed')
    .map(({ EvalActionName }) => EvalActionName ?? '')
}
