// A function's resource policy: the statements that let other AWS services invoke it.

import { randomUUID } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import { allowsService, type PolicyStatement } from '../account/policy.ts'
import { spreadOf, type World } from '../account/world.ts'
import { flag, type Input, optionalText, text } from '../protocol/fields.ts'
import { at, type RestOperation } from '../protocol/rest.ts'
import type { ResourcePolicy } from './function/record.ts'
import { invalidParameter } from './function/settings.ts'
import type { FunctionStore } from './functions.ts'
import { urlCondition } from './urls.ts'
import { functionPath } from './wire.ts'

const path = `${functionPath}/policy`
const notFound = (message: string) => new AwsFault('ResourceNotFoundException', message, 404)
const conflict = (message: string) => new AwsFault('ResourceConflictException', message, 409)

/** The statement that AddPermission stores, with the condition keys spelled as Lambda spells them. */
function readStatement(input: Input, functionArn: string): PolicyStatement {
  const sid = text(input, 'StatementId')
  const action = text(input, 'Action')
  const principal = text(input, 'Principal')
  if (!/^[a-zA-Z0-9-_]{1,100}$/.test(sid)) {
    throw new AwsFault(
      'ValidationException',
      `1 validation error detected: Value '${sid}' at 'statementId' failed to satisfy constraint: Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)`,
    )
  }
  if (!/^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/.test(action)) {
    throw new AwsFault(
      'ValidationException',
      `1 validation error detected: Value '${action}' at 'action' failed to satisfy constraint: Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])`,
    )
  }
  const sourceArn = optionalText(input, 'SourceArn')
  const sourceAccount = optionalText(input, 'SourceAccount')
  const ofUrl = urlCondition(action, {
    authType: optionalText(input, 'FunctionUrlAuthType'),
    viaUrl: flag(input, 'InvokedViaFunctionUrl'),
  })
  const condition = {
    ...ofUrl,
    ...(sourceAccount && { StringEquals: { 'AWS:SourceAccount': sourceAccount } }),
    ...(sourceArn && { ArnLike: { 'AWS:SourceArn': sourceArn } }),
  }
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: readPrincipal(principal),
    Action: action,
    Resource: functionArn,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  }
}

function readPrincipal(principal: string): PolicyStatement['Principal'] & {} {
  if (principal === '*') return '*'
  if (/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(principal)) return { Service: principal }
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` }
  if (/^arn:[^:]+:iam::\d{12}:/.test(principal)) return { AWS: principal }
  throw invalidParameter('The provided principal was invalid. Please check the principal and try again.')
}

function addStatement(statements: PolicyStatement[], statement: PolicyStatement): PolicyStatement[] {
  if (statements.some((s) => s.Sid === statement.Sid)) {
    throw conflict(
      `The statement id (${statement.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    )
  }
  const next = [...statements, statement]
  const size = Buffer.byteLength(policyText(next))
  if (size > 20_480) {
    throw new AwsFault(
      'PolicyLengthExceededException',
      `The final policy size (${size}) is bigger than the limit (20480).`,
    )
  }
  return next
}

function policyText(statements: PolicyStatement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements })
}

/** Whether a service may invoke what has this policy, on behalf of one of its own resources. */
export function mayInvoke(
  policy: ResourcePolicy,
  now: number,
  by: { principal: string; sourceArn: string; sourceAccount: string },
): boolean {
  const context = { 'aws:SourceArn': by.sourceArn, 'aws:SourceAccount': by.sourceAccount }
  const inEffect = policy.statements.filter(({ Sid }) => (policy.countsFrom.get(Sid ?? '') ?? 0) <= now)
  return allowsService({ Statement: inEffect }, by.principal, 'lambda:InvokeFunction', context)
}

/** The operations on a function's resource policy. */
export function policyOperations(world: World, store: FunctionStore): Record<string, RestOperation> {
  return {
    AddPermission: at({ method: 'POST', path, status: 201 }, (input, call) => {
      const authType = optionalText(input, 'FunctionUrlAuthType')
      const context = {
        'lambda:Principal': text(input, 'Principal'),
        ...(authType && { 'lambda:FunctionUrlAuthType': authType }),
      }
      if (optionalText(input, 'Qualifier') === '$LATEST') {
        throw invalidParameter('We currently do not support adding policies for $LATEST.')
      }
      const { fn, arn, policy } = store.targetFor(input, call, { context })
      const statement = readStatement(input, arn)
      store.checkRevision(input, fn)
      policy.statements = addStatement(policy.statements, statement)
      policy.countsFrom.set(text(input, 'StatementId'), world.now() + spreadOf(world))
      fn.revision = randomUUID()
      return { Statement: JSON.stringify(statement) }
    }),

    RemovePermission: at({ method: 'DELETE', path: `${path}/{StatementId}`, status: 204 }, (input, call) => {
      const { fn, policy } = store.targetFor(input, call)
      const id = text(input, 'StatementId')
      if (!policy.statements.some((s) => s.Sid === id)) {
        throw notFound(`Statement ${id} is not found in resource policy.`)
      }
      store.checkRevision(input, fn)
      policy.statements = policy.statements.filter((s) => s.Sid !== id)
      policy.countsFrom.delete(id)
      fn.revision = randomUUID()
      return {}
    }),

    GetPolicy: at({ method: 'GET', path }, (input, call) => {
      const { fn, policy } = store.targetFor(input, call)
      if (policy.statements.length === 0) throw notFound('The resource you requested does not exist.')
      return { Policy: policyText(policy.statements), RevisionId: fn.revision }
    }),
  }
}
