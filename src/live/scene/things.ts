// The kinds of things that a run makes: how each is recognised by the run's mark, removed, and removed by hand.
import { DeleteLogGroupCommand, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  DeleteUserPoolCommand,
  DescribeUserPoolCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { DeleteRoleCommand, DeleteRolePolicyCommand, GetRoleCommand } from '@aws-sdk/client-iam'
import { DeleteFunctionCommand, GetFunctionCommand } from '@aws-sdk/client-lambda'
import type { Connection } from '../../aws/account.ts'
import type { Aws } from '../../aws/clients.ts'
import { ifFound } from '../../aws/errors.ts'
import type { Place } from '../../names.ts'
import { poolsNamed } from '../../resources/user-pool/search.ts'
import type { Thing } from './made.ts'

/** The tag that everything bears, with an id that no other run has. */
export const markTag = 'whatsapp-otp:live'

/** The name of the one inline policy. */
export const policyName = 'probe'

export interface Mark {
  place: Place
  /** Of this run alone. */
  runId: string
}

/** `gone` without tags, else whose it is. */
const whose = ({ runId }: Mark, tags: Record<string, string | undefined> | undefined) =>
  tags === undefined ? 'gone' : tags[markTag] === runId ? 'ours' : 'foreign'

const at = ({ place }: Mark) => `--region ${place.region}`

export function roleThing(mark: Mark, name: string): Thing {
  const RoleName = name
  return {
    what: 'role',
    id: () => name,
    async read({ iam }) {
      const found = await ifFound(iam.send(new GetRoleCommand({ RoleName })))
      const tags = found?.Role?.Tags ?? []
      return whose(mark, found && Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])))
    },
    async remove({ iam }) {
      await ifFound(iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: policyName })))
      await ifFound(iam.send(new DeleteRoleCommand({ RoleName })))
    },
    command: () =>
      `aws iam delete-role-policy --role-name ${name} --policy-name ${policyName}; aws iam delete-role --role-name ${name}`,
  }
}

export function functionThing(mark: Mark, name: string): Thing {
  const FunctionName = name
  return {
    what: 'function',
    id: () => name,
    async read({ lambda }) {
      const found = await ifFound(lambda.send(new GetFunctionCommand({ FunctionName })))
      return whose(mark, found && (found.Tags ?? {}))
    },
    async remove({ lambda }) {
      await ifFound(lambda.send(new DeleteFunctionCommand({ FunctionName })))
    },
    command: () => `aws lambda delete-function --function-name ${name} ${at(mark)}`,
  }
}

export function logGroupThing(mark: Mark, name: string): Thing {
  const { partition, region, account } = mark.place
  const resourceArn = `arn:${partition}:logs:${region}:${account}:log-group:${name}`
  return {
    what: 'log group',
    id: () => name,
    async read({ logs }) {
      const found = await ifFound(logs.send(new ListTagsForResourceCommand({ resourceArn })))
      return whose(mark, found && (found.tags ?? {}))
    },
    async remove({ logs }) {
      await ifFound(logs.send(new DeleteLogGroupCommand({ logGroupName: name })))
    },
    command: () => `aws logs delete-log-group --log-group-name ${name} ${at(mark)}`,
  }
}

export interface PoolThing extends Thing {
  /** Said once CreateUserPool has answered. */
  hasId(id: string): void
}

/** A pool goes by the id that its making answered; by name and mark only where that answer got lost. */
export function poolThing(mark: Mark, name: string): PoolThing {
  let poolId: string | undefined
  const describe = async ({ cognito }: Aws, UserPoolId: string) =>
    (await ifFound(cognito.send(new DescribeUserPoolCommand({ UserPoolId }))))?.UserPool
  return {
    what: 'user pool',
    id: () => poolId ?? name,
    hasId: (id) => {
      poolId = id
    },
    async read(aws) {
      if (poolId) return (await describe(aws, poolId)) ? 'ours' : 'gone'
      for (const { id } of await poolsNamed(aws, (one) => one === name)) {
        if (whose(mark, (await describe(aws, id))?.UserPoolTags) !== 'ours') continue
        poolId = id
        return 'ours'
      }
      return 'gone'
    },
    async remove({ cognito }) {
      const UserPoolId = poolId
      await ifFound(cognito.send(new UpdateUserPoolCommand({ UserPoolId, DeletionProtection: 'INACTIVE' })))
      await ifFound(cognito.send(new DeleteUserPoolCommand({ UserPoolId })))
    },
    command: () => {
      const pool = `--user-pool-id ${poolId ?? `<the id of ${name}>`} ${at(mark)}`
      return `aws cognito-idp update-user-pool --deletion-protection INACTIVE ${pool}; aws cognito-idp delete-user-pool ${pool}`
    },
  }
}

/** What a run makes bears names that nobody else has: there is no stage to hold. */
export function openGate({ gate }: Pick<Connection, 'gate'>): void {
  gate.hold({ isFresh: () => true, confirm: async () => {} })
}
