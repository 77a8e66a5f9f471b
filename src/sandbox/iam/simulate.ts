// IAM's policy simulator: what a principal's policies say about actions that are not performed.

import { evaluate, type PolicyDocument } from '../account/policy.ts'

interface Question {
  actions: string[]
  /** `*` when none is given, as in IAM. */
  resources: string[]
  context: { ContextKeyName?: string; ContextKeyValues?: string[] }[]
}

/** `policies` undefined stands for an administrator. */
export function simulate(policies: PolicyDocument | PolicyDocument[] | undefined, question: Question) {
  const context = Object.fromEntries(
    question.context.map((entry) => [entry.ContextKeyName ?? '', entry.ContextKeyValues?.[0] ?? '']),
  )
  const documents = policies === undefined ? undefined : Array.isArray(policies) ? policies : [policies]
  const resources = question.resources.length > 0 ? question.resources : ['*']
  return question.actions.flatMap((action) =>
    resources.map((resource) => ({
      EvalActionName: action,
      EvalResourceName: resource,
      EvalDecision: documents ? evaluate(documents, action, resource, context) : 'allowed',
      MatchedStatements: [],
      MissingContextValues: [],
    })),
  )
}
