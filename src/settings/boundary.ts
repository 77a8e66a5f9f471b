// The permissions boundary that the settings ask for.
import { usageError } from '../errors.ts'
import type { Place } from '../names.ts'
import type { Settings } from './schema.ts'

/** Its ARN; undefined where none is asked for. */
export function boundaryOf({ permissionsBoundary }: Partial<Settings>): string | undefined {
  return permissionsBoundary === 'none' ? undefined : permissionsBoundary
}

/** Throws BOUNDARY_ELSEWHERE for a policy that no role of this account can have. */
export function checkBoundary(settings: Partial<Settings>, { account, partition }: Place): void {
  const boundary = boundaryOf(settings)
  if (boundary === undefined) return
  const [, itsPartition = '', , , itsAccount = ''] = boundary.split(':')
  if (itsPartition === partition && [account, 'aws'].includes(itsAccount)) return
  throw usageError('BOUNDARY_ELSEWHERE', 'PERMISSIONS_BOUNDARY names a policy of another place', {
    why: `${boundary} cannot limit a role of account ${account} in partition ${partition}`,
    next: [`set it to arn:${partition}:iam::${account}:policy/<name>, or to none`],
  })
}
