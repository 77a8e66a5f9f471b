// The list of a stage's resources, in the order in which they are shown.

import type { AnyResource } from '../engine/resource.ts'
import { clientKinds, type Place, triggerNames } from '../names.ts'
import { lambdaFunction } from '../resources/function.ts'
import { logGroups } from '../resources/log-group.ts'
import { permission } from '../resources/permission.ts'
import { role } from '../resources/role.ts'
import { rolePolicy } from '../resources/role-policy.ts'
import { secrets } from '../resources/secrets.ts'
import { stageRecord } from '../resources/stage-record.ts'
import { table } from '../resources/table.ts'
import { type UserPoolOptions, userPool } from '../resources/user-pool.ts'
import { userPoolClient } from '../resources/user-pool-client.ts'

/**
 * Every resource of a stage. Roles come first, because Lambda cannot use them at once and everything up to the
 * functions is made meanwhile; removal starts at the pool, so that no sign-in meets half a stage.
 */
export function resourcesOf(place: Place, options: UserPoolOptions = {}): AnyResource[] {
  const resources: AnyResource[] = [
    ...triggerNames.map((trigger) => role(place, trigger)),
    ...logGroups(place),
    table(place),
    secrets(place),
    userPool(place, options),
    ...clientKinds.map((kind) => userPoolClient(place, kind)),
    ...triggerNames.map((trigger) => rolePolicy(place, trigger)),
    ...triggerNames.map((trigger) => lambdaFunction(place, trigger)),
    ...triggerNames.map((trigger) => permission(place, trigger)),
  ]
  const ids = resources.map((resource) => resource.id)
  return [...resources, stageRecord(place, ids)]
}
