// Cognito's right to invoke one function: a single statement with a fixed id in the function's policy.
import { isDeepStrictEqual } from 'node:util'
import {
  AddPermissionCommand,
  GetPolicyCommand,
  type LambdaClient,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda'
import type { Aws } from '../aws/clients.ts'
import { ifFound, isAlreadyThere, isFunctionBusy } from '../aws/errors.ts'
import { retryWhile } from '../aws/wait.ts'
import { type Change, change, pickFields, type Resource } from '../engine/resource.ts'
import { arns, names, type Place, type Trigger } from '../names.ts'
import { wantedFor } from '../settings/parts.ts'
import { dangerOf, type Other, otherOf, principalsOf, statementsIn } from './function-statements.ts'

interface Want {
  /** Undefined while the pool's id is not known. */
  poolArn: string | undefined
  account: string
}

/** Our statement. */
interface Ours {
  effect: string | undefined
  action: string | undefined
  principal: string | undefined
  poolArn: string | undefined
  account: string | undefined
}

export interface PermissionHave extends Ours {
  others: Other[]
}

const action = 'lambda:InvokeFunction'
const principal = 'cognito-idp.amazonaws.com'

/** `isOfOthersPool`: the pool stays when the stage goes, and stops calling the function first. */
export function permission(
  place: Place,
  trigger: Trigger,
  isOfOthersPool = false,
): Resource<Want, PermissionHave> {
  const target = { FunctionName: names.function(place.stage, trigger), StatementId: names.permission }

  const find = async (lambda: LambdaClient) => {
    const found = await ifFound(lambda.send(new GetPolicyCommand({ FunctionName: target.FunctionName })))
    return statementsOf(found?.Policy)
  }

  const remove = ({ lambda, clock, signal }: Aws) =>
    retryWhile(
      isFunctionBusy,
      { clock, signal, capMs: 60_000, what: 'the function to take a new policy' },
      () => ifFound(lambda.send(new RemovePermissionCommand(target))),
    )

  /** A statement cannot be changed, so one of this id that says something else is taken out and added again. */
  const put = async (aws: Aws, statement: Ours): Promise<Ours> => {
    const { lambda, clock, signal } = aws
    try {
      await retryWhile(
        isFunctionBusy,
        { clock, signal, capMs: 60_000, what: 'the function to take a new policy' },
        () =>
          lambda.send(
            new AddPermissionCommand({
              ...target,
              Action: statement.action,
              Principal: statement.principal,
              SourceArn: statement.poolArn,
              SourceAccount: statement.account,
            }),
          ),
      )
    } catch (error) {
      const there = isAlreadyThere(error) && (await find(lambda)).ours
      if (!there) throw error
      if (!isDeepStrictEqual(there, statement)) {
        await remove(aws)
        return put(aws, statement)
      }
    }
    return statement
  }

  return {
    ...wantedFor(trigger),
    kind: 'permission',
    id: `permission:${trigger}`,
    name: `${target.FunctionName}/${target.StatementId}`,
    needs: [`function:${trigger}`, 'user-pool'],
    removeAfter: [isOfOthersPool ? 'user-pool-triggers' : 'user-pool'],
    partOf: `function:${trigger}`,
    goesWith: `function:${trigger}`,
    permissions: [
      {
        actions: ['lambda:GetPolicy', 'lambda:AddPermission', 'lambda:RemovePermission'],
        on: [arns.function(place, trigger)],
      },
      {
        never: true,
        // Nobody else is let in, another account least of all.
        actions: ['lambda:AddPermission'],
        on: arns.triggers(place),
        when: { StringNotEquals: { 'lambda:Principal': principal } },
      },
    ],

    want: (_inputs, { userPoolId }) => ({
      poolArn: userPoolId && arns.pool(place, userPoolId),
      account: place.account,
    }),
    async read({ lambda }) {
      const { ours, others } = await find(lambda)
      return ours && { ...ours, others }
    },
    isOurs: () => true,
    diff,
    dangers: ({ others }) => others.map((other) => dangerOf(place, target.FunctionName, other)),
    create: async (aws, want) => ({ ...(await put(aws, statementFor(want))), others: [] }),
    async update(aws, want, have, fields) {
      const { others, ...ours } = have
      await remove(aws)
      const changed = pickFields({ ...statementFor(want) }, fieldOf, fields)
      return { ...(await put(aws, { ...ours, ...changed })), others }
    },
    async remove(aws) {
      await remove(aws)
    },
  }
}

const fieldOf = {
  effect: 'effect',
  action: 'action',
  principal: 'principal',
  poolArn: 'sourceArn',
  account: 'sourceAccount',
} as const
const members = Object.keys(fieldOf) as (keyof typeof fieldOf)[]

function diff({ poolArn, account }: Want, have: PermissionHave): Change[] {
  const wanted = { effect: 'Allow', action, principal, poolArn, account }
  return members.flatMap((member) => change(fieldOf[member], have[member], wanted[member]))
}

function statementFor({ poolArn, account }: Want): Ours {
  if (!poolArn) throw new Error('A permission is played after the pool that it names')
  return { effect: 'Allow', action, principal, poolArn, account }
}

/** The statements of a function's policy: ours, as Lambda stores what AddPermission was given, and all others. */
function statementsOf(policy: string | undefined): { ours: Ours | undefined; others: Other[] } {
  const statements = statementsIn(policy)
  const found = statements.find(({ Sid }) => Sid === names.permission)
  return {
    ours: found && {
      effect: found.Effect,
      action: found.Action,
      principal: principalsOf(found.Principal)[0],
      poolArn: found.Condition?.ArnLike?.['AWS:SourceArn'],
      account: found.Condition?.StringEquals?.['AWS:SourceAccount'],
    },
    others: statements.filter((statement) => statement !== found).map(otherOf),
  }
}
