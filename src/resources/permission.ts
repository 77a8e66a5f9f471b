// Cognito's right to invoke one function: a single statement with a fixed id in the function's policy.
import {
  AddPermissionCommand,
  GetPolicyCommand,
  type LambdaClient,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda'
import type { Aws } from '../aws/clients.ts'
import { ifFound, isAlreadyThere, isConcurrentChange, isUpdateInProgress } from '../aws/errors.ts'
import { retryWhile } from '../aws/wait.ts'
import { type Change, change, type Resource } from '../engine/resource.ts'
import { arns, names, type Place, type Trigger } from '../names.ts'

interface Want {
  /** Undefined while the pool's id is not known. */
  poolArn: string | undefined
  account: string
}

export interface PermissionHave {
  effect: string | undefined
  action: string | undefined
  principal: string | undefined
  poolArn: string | undefined
  account: string | undefined
}

const action = 'lambda:InvokeFunction'
const principal = 'cognito-idp.amazonaws.com'

export function permission(place: Place, trigger: Trigger): Resource<Want, PermissionHave> {
  const target = { FunctionName: names.function(place.stage, trigger), StatementId: names.permission }

  const read = async (lambda: LambdaClient): Promise<PermissionHave | undefined> => {
    const found = await ifFound(lambda.send(new GetPolicyCommand({ FunctionName: target.FunctionName })))
    return statementOf(found?.Policy)
  }

  const remove = ({ lambda, clock, signal }: Aws) =>
    retryWhile(isPassing, { clock, signal, capMs: 60_000, what: 'the function to take a new policy' }, () =>
      ifFound(lambda.send(new RemovePermissionCommand(target))),
    )

  const create = async (aws: Aws, want: Want): Promise<PermissionHave> => {
    const { lambda, clock, signal } = aws
    const { poolArn, account } = want
    if (!poolArn) throw new Error('A permission is played after the pool that it names')
    try {
      await retryWhile(
        isPassing,
        { clock, signal, capMs: 60_000, what: 'the function to take a new policy' },
        () =>
          lambda.send(
            new AddPermissionCommand({
              ...target,
              Action: action,
              Principal: principal,
              SourceArn: poolArn,
              SourceAccount: account,
            }),
          ),
      )
    } catch (error) {
      const there = isAlreadyThere(error) && (await read(lambda))
      if (!there) throw error
      if (diff(want, there).length > 0) return update(aws, want)
    }
    return { effect: 'Allow', action, principal, poolArn, account }
  }

  /** A statement cannot be changed, so it is taken out and added again. */
  const update = async (aws: Aws, want: Want): Promise<PermissionHave> => {
    await remove(aws)
    return create(aws, want)
  }

  return {
    kind: 'permission',
    id: `permission:${trigger}`,
    name: `${target.FunctionName}/${target.StatementId}`,
    needs: [`function:${trigger}`, 'user-pool'],
    removeAfter: ['user-pool'],
    partOf: `function:${trigger}`,
    goesWith: `function:${trigger}`,
    permissions: [
      {
        actions: ['lambda:GetPolicy', 'lambda:AddPermission', 'lambda:RemovePermission'],
        on: [arns.function(place, trigger)],
      },
    ],

    want: (_inputs, { userPoolId }) => ({
      poolArn: userPoolId && arns.pool(place, userPoolId),
      account: place.account,
    }),
    read: ({ lambda }) => read(lambda),
    isOurs: () => true,
    diff,
    create,
    update,
    async remove(aws) {
      await remove(aws)
    },
  }
}

function diff(want: Want, have: PermissionHave): Change[] {
  return [
    ...change('effect', have.effect, 'Allow'),
    ...change('action', have.action, action),
    ...change('principal', have.principal, principal),
    ...change('sourceArn', have.poolArn, want.poolArn),
    ...change('sourceAccount', have.account, want.account),
  ]
}

function isPassing(error: unknown): boolean {
  return isUpdateInProgress(error) || isConcurrentChange(error)
}

interface Statement {
  Sid?: string
  Effect?: string
  Action?: string
  Principal?: string | { Service?: string }
  Condition?: Record<string, Record<string, string> | undefined>
}

/** Our statement, as Lambda stores what AddPermission was given. */
function statementOf(policy: string | undefined): PermissionHave | undefined {
  if (!policy) return undefined
  const statements = [(JSON.parse(policy) as { Statement?: Statement | Statement[] }).Statement ?? []].flat()
  const found = statements.find((statement) => statement.Sid === names.permission)
  if (!found) return undefined
  return {
    effect: found.Effect,
    action: found.Action,
    principal: typeof found.Principal === 'object' ? found.Principal.Service : found.Principal,
    poolArn: found.Condition?.ArnLike?.['AWS:SourceArn'],
    account: found.Condition?.StringEquals?.['AWS:SourceAccount'],
  }
}
