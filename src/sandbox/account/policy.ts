// IAM's policy language: checks documents as IAM does when they are written, and evaluates them.

import { AwsFault } from './aws-fault.ts'
import { type Condition, type Context, conditionHolds } from './condition.ts'
import { fitsPattern } from './pattern.ts'

type OneOrMany = string | string[]

export interface PolicyStatement {
  Sid?: string
  Effect: 'Allow' | 'Deny'
  Principal?: '*' | Record<string, OneOrMany>
  Action?: OneOrMany
  NotAction?: OneOrMany
  Resource?: OneOrMany
  NotResource?: OneOrMany
  Condition?: Condition
}

export interface PolicyDocument {
  Version?: string
  Id?: string
  Statement: PolicyStatement | PolicyStatement[]
}

export type Verdict = 'allowed' | 'explicitDeny' | 'implicitDeny'

const many = (value: OneOrMany | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value]

export const statementsOf = (document: PolicyDocument): PolicyStatement[] =>
  Array.isArray(document.Statement) ? document.Statement : [document.Statement]

/** Everywhere in IAM; actions are compared without regard to case. */
export function matchesPattern(pattern: string, value: string, ignoreCase = false): boolean {
  return ignoreCase ? fitsPattern(pattern.toLowerCase(), value.toLowerCase()) : fitsPattern(pattern, value)
}

function applies(statement: PolicyStatement, action: string, resource: string, context: Context): boolean {
  const named = (list: OneOrMany | undefined) => many(list).some((p) => matchesPattern(p, action, true))
  const on = (list: OneOrMany | undefined) => many(list).some((p) => matchesPattern(p, resource))
  if (statement.NotAction === undefined ? !named(statement.Action) : named(statement.NotAction)) return false
  if (statement.NotResource === undefined ? !on(statement.Resource) : on(statement.NotResource)) return false
  return !statement.Condition || conditionHolds(statement.Condition, context)
}

/** Evaluates identity policies: a Deny anywhere wins, then an Allow anywhere, else nothing allows it. */
export function evaluate(
  documents: PolicyDocument[],
  action: string,
  resource: string,
  context: Context = {},
): Verdict {
  const matching = documents.flatMap(statementsOf).filter((s) => applies(s, action, resource, context))
  if (matching.some((s) => s.Effect === 'Deny')) return 'explicitDeny'
  return matching.some((s) => s.Effect === 'Allow') ? 'allowed' : 'implicitDeny'
}

/** What identity policies within a boundary say; `by` names what refused. */
export interface Judgement {
  verdict: Verdict
  by: 'identity-based policy' | 'permissions boundary'
}

/** Both must allow it, and neither may deny it; without a boundary nothing more is asked. */
export function judge(
  documents: PolicyDocument[],
  boundary: PolicyDocument | undefined,
  action: string,
  resource: string,
  context: Context = {},
): Judgement {
  const own = evaluate(documents, action, resource, context)
  if (own === 'explicitDeny' || !boundary) return { verdict: own, by: 'identity-based policy' }
  const within = evaluate([boundary], action, resource, context)
  if (within === 'allowed') return { verdict: own, by: 'identity-based policy' }
  if (own === 'implicitDeny' && within === 'implicitDeny')
    return { verdict: own, by: 'identity-based policy' }
  return { verdict: within, by: 'permissions boundary' }
}

/** True when a trust or resource policy lets this service principal do it. */
export function allowsService(
  document: PolicyDocument,
  principal: string,
  action: string,
  context: Context = {},
): boolean {
  const forService = statementsOf(document).filter((s) => {
    const named = s.Principal === '*' || many(s.Principal?.Service).includes(principal)
    const acts = many(s.Action).some((p) => matchesPattern(p, action, true))
    return named && acts && (!s.Condition || conditionHolds(s.Condition, context))
  })
  return forService.some((s) => s.Effect === 'Allow') && !forService.some((s) => s.Effect === 'Deny')
}

const malformed = (message: string) => new AwsFault('MalformedPolicyDocument', message)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown) => typeof value === 'string'
const isOneOrMany = (value: unknown) => isText(value) || (Array.isArray(value) && value.every(isText))
const isScalar = (value: unknown) => ['string', 'boolean', 'number'].includes(typeof value)

/** Parses a policy as IAM does when it is written; throws MalformedPolicyDocument with IAM's words. */
export function parsePolicy(json: string, kind: 'trust' | 'identity'): PolicyDocument {
  let document: PolicyDocument
  try {
    document = JSON.parse(json)
  } catch {
    throw malformed('This policy contains invalid Json')
  }
  if (!isObject(document) || !document.Statement) throw malformed('Syntax errors in policy.')
  if (document.Version !== '2012-10-17' && document.Version !== '2008-10-17') {
    throw malformed('Policy document must be version 2012-10-17 or greater.')
  }
  for (const statement of statementsOf(document)) {
    checkForm(statement)
    checkStatement(statement, kind)
  }
  return document
}

const lists = ['Action', 'NotAction', 'Resource', 'NotResource'] as const

/** That every member is of its type; what they say is looked at afterwards. */
function checkForm(statement: unknown): void {
  const syntax = () => malformed('Syntax errors in policy.')
  if (!isObject(statement)) throw syntax()
  for (const name of lists) {
    if (statement[name] !== undefined && !isOneOrMany(statement[name])) throw syntax()
  }
  const { Principal, Condition } = statement
  if (Principal !== undefined && Principal !== '*') {
    if (!isObject(Principal) || !Object.values(Principal).every(isOneOrMany)) throw syntax()
  }
  if (Condition === undefined) return
  if (!isObject(Condition)) throw syntax()
  for (const keys of Object.values(Condition)) {
    if (!isObject(keys)) throw syntax()
    if (!Object.values(keys).every((v) => isScalar(v) || (Array.isArray(v) && v.every(isScalar))))
      throw syntax()
  }
}

function checkStatement(statement: PolicyStatement, kind: 'trust' | 'identity'): void {
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    throw malformed('Syntax errors in policy.')
  }
  const actions = many(statement.Action ?? statement.NotAction)
  if (actions.length === 0) throw malformed('Policy statement must contain actions.')
  for (const action of actions) {
    if (action !== '*' && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action)) {
      throw malformed(`Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.`)
    }
  }
  if (kind === 'trust') {
    if (!statement.Principal) throw malformed('Missing required field Principal')
    if (statement.Resource !== undefined) throw malformed('Has prohibited field Resource')
    return
  }
  if (statement.Principal !== undefined) throw malformed('Policy document should not specify a principal.')
  const resources = many(statement.Resource ?? statement.NotResource)
  if (resources.length === 0) throw malformed('Policy statement must contain resources.')
  for (const resource of resources) {
    if (resource === '*' || /^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+/.test(resource) || resource === 'arn:*') continue
    throw malformed(`Resource ${resource} must be in ARN format or "*".`)
  }
}
