// IAM's policy language: checks documents as IAM does when they are written, and evaluates them.

import { AwsFault } from './aws-fault.ts'

type OneOrMany = string | string[]

export interface PolicyStatement {
  Sid?: string
  Effect: 'Allow' | 'Deny'
  Principal?: '*' | Record<string, OneOrMany>
  Action?: OneOrMany
  NotAction?: OneOrMany
  Resource?: OneOrMany
  NotResource?: OneOrMany
  Condition?: Record<string, Record<string, OneOrMany | boolean>>
}

export interface PolicyDocument {
  Version?: string
  Id?: string
  Statement: PolicyStatement | PolicyStatement[]
}

/** Condition keys of a call; one of several values, as `aws:TagKeys`, has a list. */
export type Context = Record<string, string | readonly string[]>

export type Verdict = 'allowed' | 'explicitDeny' | 'implicitDeny'

const many = (value: OneOrMany | boolean | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [String(value)]

export const statementsOf = (document: PolicyDocument): PolicyStatement[] =>
  Array.isArray(document.Statement) ? document.Statement : [document.Statement]

/** `*` stands for any characters and `?` for one, everywhere in IAM. */
export function matchesPattern(pattern: string, value: string, ignoreCase = false): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, ignoreCase ? 'is' : 's').test(value)
}

const operators: Record<string, (expected: string, actual: string) => boolean> = {
  StringEquals: (expected, actual) => expected === actual,
  StringEqualsIgnoreCase: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  StringLike: (expected, actual) => matchesPattern(expected, actual),
  ArnEquals: (expected, actual) => matchesPattern(expected, actual),
  ArnLike: (expected, actual) => matchesPattern(expected, actual),
  Bool: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
}

/**
 * Condition keys are compared without regard to case; a key that is absent fails unless `IfExists`. Of
 * several values one must do; with `ForAllValues:` each, which holds for none at all, too.
 */
function conditionHolds(condition: NonNullable<PolicyStatement['Condition']>, context: Context): boolean {
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), [value].flat()]))
  return Object.entries(condition).every(([written, keys]) => {
    const ifExists = written.endsWith('IfExists')
    const quantifier = /^For(?:AllValues|AnyValue):/.exec(written)?.[0]
    const name = written.replace(/IfExists$/, '').slice(quantifier?.length ?? 0)
    const negated = /^(String|Arn)Not/.test(name)
    const operator = operators[name.replace('Not', '')]
    return Object.entries(keys).every(([key, expected]) => {
      const actual = known.get(key.toLowerCase())
      if (name === 'Null') return many(expected).includes(String(actual === undefined))
      if (!operator) return false
      const fits = (value: string) => many(expected).some((one) => operator(one, value)) !== negated
      if (quantifier === 'ForAllValues:') return (actual ?? []).every(fits)
      if (!actual?.length) return ifExists || (negated && !quantifier)
      return actual.some(fits)
    })
  })
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

/** Parses a policy as IAM does when it is written; throws MalformedPolicyDocument with IAM's words. */
export function parsePolicy(json: string, kind: 'trust' | 'identity'): PolicyDocument {
  let document: PolicyDocument
  try {
    document = JSON.parse(json)
  } catch {
    throw malformed('This policy contains invalid Json')
  }
  if (!document || typeof document !== 'object' || !document.Statement) {
    throw malformed('Syntax errors in policy.')
  }
  if (document.Version !== '2012-10-17' && document.Version !== '2008-10-17') {
    throw malformed('Policy document must be version 2012-10-17 or greater.')
  }
  for (const statement of statementsOf(document)) checkStatement(statement, kind)
  return document
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
