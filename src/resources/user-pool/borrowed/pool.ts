// A user pool that is somebody else's: looked at, never made, changed, tagged or removed.

import { ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider'
import type { Aws } from '../../../aws/clients.ts'
import { ifFound } from '../../../aws/errors.ts'
import type { Danger, Permission, Resource } from '../../../engine/resource.ts'
import { AppError } from '../../../errors.ts'
import { arns, type Place } from '../../../names.ts'
import { findOtherClients } from '../other-clients.ts'
import { describePool } from '../search.ts'
import { requiredBy } from '../settings.ts'
import type { Borrowed, BorrowedPoolHave } from './borrowed.ts'
import { dangersOfWriters } from './number-writers.ts'
import { type Obstacle, obstaclesOf } from './obstacles.ts'

export function borrowedPool(borrowed: Borrowed): Resource<undefined, BorrowedPoolHave> {
  const { place, poolId } = borrowed
  return {
    kind: 'user-pool',
    id: 'user-pool',
    name: poolId,
    isBorrowed: true,
    needs: [],
    readAfter: ['record'],
    removeAfter: [],
    permissions: permissionsOf(place, poolId),

    want: () => undefined,
    async read(aws, { recorded }) {
      const isNew = recorded?.userPoolId !== poolId
      const [found, others, hasNumbers] = await Promise.all([
        describePool(aws, poolId),
        findOtherClients(aws, poolId, recorded),
        // Once is enough: whoever has numbers when a stage begins has them.
        isNew ? findNumbers(aws, poolId) : undefined,
      ])
      return (
        found && {
          ...found,
          ...(others ? { others } : {}),
          ...(hasNumbers === undefined ? {} : { hasNumbers }),
        }
      )
    },
    isOurs: () => true,
    diff: () => [],
    dangers: (have) => [...obstaclesOf(borrowed, have).map(asDanger), ...dangersOfWriters(borrowed, have)],
    create: () => notOurs(),
    update: () => notOurs(),
    remove: () => notOurs(),
    refs: ({ id, pool }) => ({ userPoolId: id, requiredAttributes: requiredBy(pool) }),
  }
}

const asDanger = ({ what, why, next: [next = ''] }: Obstacle): Danger => ({ what, why, next, isGrave: true })

const notOurs = () => Promise.reject(new Error('A borrowed pool is played by nobody'))

async function findNumbers({ cognito }: Aws, UserPoolId: string): Promise<boolean | undefined> {
  const wish = { UserPoolId, Filter: 'phone_number ^= "+"', AttributesToGet: ['sub'], Limit: 1 }
  const found = await ifFound(cognito.send(new ListUsersCommand(wish)))
  return found && (found.Users ?? []).length > 0
}

/** Thrown where a deploy finds no such pool. */
export function poolNotFound({ place: { account, region, stage }, poolId }: Borrowed): AppError {
  return new AppError('POOL_NOT_FOUND', `There is no user pool ${poolId}`, {
    why: `account ${account} has none of this id in ${region}`,
    next: [
      `aws cognito-idp list-user-pools --max-results 60 --region ${region}   lists them`,
      `another account? whatsapp-otp deploy --stage ${stage} --user-pool ${poolId} --profile <name>`,
    ],
  })
}

/** This pool alone. */
function permissionsOf(place: Place, poolId: string): Permission[] {
  return [
    {
      actions: ['cognito-idp:DescribeUserPool', 'cognito-idp:UpdateUserPool', 'cognito-idp:ListUsers'],
      on: [arns.pool(place, poolId)],
    },
  ]
}
