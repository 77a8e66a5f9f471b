// IAM's policy simulator: what a principal's policies say about actions that are not performed.

import { type Context, keysOf } from '../account/condition.ts'
import { evaluate, judge, type PolicyDocument, statementsOf } from '../account/policy.ts'
import { type Input, list, optionalText } from '../protocol/fields.ts'

interface Principal {
  /** Undefined stands for an administrator. */
  policies: PolicyDocument[] | undefined
  boundary: PolicyDocument | undefined
}

interface Question {
  actions: string[]
  /** `*` when none is given, as in IAM. */
  resources: string[]
  /** Each with a key and its values. */
  context: Input[]
}

const administrator: PolicyDocument = { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }

/** One result an action. Of several resources each has its own within, and the strictest is that of the action. */
export function simulate({ policies = [administrator], boundary }: Principal, question: Question) {
  const context: Context = Object.fromEntries(
    question.context.map((entry) => [
      optionalText(entry, 'ContextKeyName') ?? '',
      list(entry, 'ContextKeyValues'),
    ]),
  )
  const missing = missingKeys([...policies, ...(boundary ? [boundary] : [])], context)
  const resources = question.resources.length > 0 ? question.resources : ['*']
  const strictest = ['explicitDeny', 'implicitDeny', 'allowed']

  const resultOn = (action: string, resource: string) => ({
    EvalResourceName: resource,
    EvalResourceDecision: judge(policies, boundary, action, resource, context).verdict,
    MatchedStatements: [],
    MissingContextValues: missing,
    ...(boundary && {
      PermissionsBoundaryDecisionDetail: {
        AllowedByPermissionsBoundary: evaluate([boundary], action, resource, context) === 'allowed',
      },
    }),
  })

  return question.actions.map((action) => {
    const each = resources.map((resource) => resultOn(action, resource))
    const [first] = each.toSorted(
      (a, b) => strictest.indexOf(a.EvalResourceDecision) - strictest.indexOf(b.EvalResourceDecision),
    )
    const { EvalResourceDecision: decision, ...rest } = first as (typeof each)[number]
    return {
      EvalActionName: action,
      EvalDecision: decision,
      ...rest,
      ...(question.resources.length > 0 && { ResourceSpecificResults: each }),
    }
  })
}

/** What the policies ask for and the question does not say. */
function missingKeys(documents: PolicyDocument[], context: Context): string[] {
  const known = new Set(Object.keys(context).map((key) => key.toLowerCase()))
  const asked = documents
    .flatMap(statementsOf)
    .flatMap(({ Condition }) => (Condition ? keysOf(Condition) : []))
    .filter((key) => !known.has(key.toLowerCase()))
  return [...new Set(asked)]
}
