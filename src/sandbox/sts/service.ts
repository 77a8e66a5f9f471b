// STS: tells callers who they are. It needs no permission, as on AWS.

import type { World } from '../account/world.ts'
import type { QueryService } from '../protocol/query.ts'

export function createSts(world: World): QueryService {
  return {
    name: 'sts',
    protocol: 'query',
    version: '2011-06-15',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    throttling: { code: 'Throttling', status: 400 },
    operations: {
      GetCallerIdentity: (_input, { caller }) => ({
        UserId: caller.userId,
        Account: world.account,
        Arn: caller.arn,
      }),
    },
  }
}
