// CloudWatch as far as alarms and dashboards go, in both of its protocols. No metric is kept and no alarm evaluated.

import type { World } from '../account/world.ts'
import type { JsonService } from '../protocol/json.ts'
import type { QueryService } from '../protocol/query.ts'
import type { Operation } from '../protocol/service.ts'
import { createAlarms } from './alarms.ts'
import { createDashboards } from './dashboards.ts'

/** The errors of the model as the Query protocol names them. */
const queryCodes = {
  InvalidParameterValueException: 'InvalidParameterValue',
  InvalidParameterCombinationException: 'InvalidParameterCombination',
  MissingRequiredParameterException: 'MissingParameter',
  DashboardInvalidInputError: 'InvalidParameterInput',
  DashboardNotFoundError: 'ResourceNotFound',
  LimitExceededFault: 'LimitExceeded',
}

/** The SDK for JavaScript speaks JSON; the AWS CLI and older SDKs may speak Query to the same operations. */
export function createCloudWatch(world: World): [JsonService, QueryService] {
  const alarms = createAlarms(world)
  const dashboards = createDashboards(world)
  const operations: Record<string, Operation> = { ...alarms.operations, ...dashboards.operations }
  const both = { name: 'cloudwatch', signedAs: 'monitoring', operations, queryCodes }
  return [
    {
      ...both,
      protocol: 'json',
      targetPrefix: 'GraniteServiceVersion20100801',
      jsonVersion: '1.0',
      inventory: () => [
        ...alarms.names().map((name) => ({ kind: 'alarm', name })),
        ...dashboards.names().map((name) => ({ kind: 'dashboard', name })),
      ],
    },
    {
      ...both,
      protocol: 'query',
      version: '2010-08-01',
      xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
      throttling: { code: 'Throttling', status: 400 },
    },
  ]
}
