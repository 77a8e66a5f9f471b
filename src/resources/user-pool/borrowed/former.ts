// The functions that Cognito called before ours: whether they are still there, and whether Cognito may still call them.

import { GetFunctionConfigurationCommand, GetPolicyCommand } from '@aws-sdk/client-lambda'
import type { Aws } from '../../../aws/clients.ts'
import { ifFound } from '../../../aws/errors.ts'
import type { FormerTriggers, Permission } from '../../../engine/resource.ts'
import type { Place, Trigger } from '../../../names.ts'
import { principalsOf, statementsIn } from '../../function-statements.ts'
import type { FormerState } from './borrowed.ts'

const isOf = ({ region, account }: Place, arn: string) =>
  arn.includes(`:lambda:${region}:${account}:function:`)

/** Those of other accounts are not asked about: nobody there answers. */
export function lookAtFormer(aws: Aws, former: FormerTriggers): Promise<FormerState[]> {
  const all = Object.entries(former).flatMap(([trigger, arn]) =>
    arn && isOf(aws.place, arn) ? [{ trigger: trigger as Trigger, arn }] : [],
  )
  return Promise.all(
    all.map(async ({ trigger, arn }) => {
      const [found, policy] = await Promise.all([
        ifFound(aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: arn }))),
        ifFound(aws.lambda.send(new GetPolicyCommand({ FunctionName: arn }))),
      ])
      const statements = statementsIn(policy?.Policy)
      const letsCognitoIn = statements.some(
        ({ Effect, Principal }) =>
          Effect === 'Allow' && principalsOf(Principal).includes('cognito-idp.amazonaws.com'),
      )
      return { trigger, arn, isThere: found !== undefined, letsCognitoIn }
    }),
  )
}

/** On exactly those; and on the role for the pool's own SMS and the key of its senders, which go back with every update. */
export function formerPermissions(
  former: FormerTriggers,
  { smsRole, senderKey }: { smsRole?: string | undefined; senderKey?: string | undefined },
): Permission[] {
  const on = [...new Set(Object.values(former).filter((arn) => arn !== null && arn !== undefined))]
  const service = 'cognito-idp.amazonaws.com'
  return [
    ...(on.length > 0 ? [{ actions: ['lambda:GetFunctionConfiguration', 'lambda:GetPolicy'], on }] : []),
    ...(smsRole
      ? [
          {
            actions: ['iam:PassRole'],
            on: [smsRole],
            when: { StringEquals: { 'iam:PassedToService': service } },
          },
        ]
      : []),
    ...(senderKey ? [{ actions: ['kms:CreateGrant'], on: [senderKey] }] : []),
  ]
}
