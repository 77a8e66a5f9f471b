// The list of a stage's resources, in the order in which they are shown.

import type { AnyResource } from '../engine/resource.ts'
import { shared } from '../engine/shared.ts'
import { clientKinds, functionNames, names, type Place, triggerNames } from '../names.ts'
import { alarms } from '../resources/alarms/alarm.ts'
import { dashboard } from '../resources/alarms/dashboard.ts'
import { alarmTopic } from '../resources/alarms/topic.ts'
import { brake } from '../resources/brake.ts'
import { findings } from '../resources/findings.ts'
import { lambdaFunction } from '../resources/function.ts'
import { logGroups } from '../resources/log-group.ts'
import { masterKey } from '../resources/master-key.ts'
import { type ReadTexts, readTexts } from '../resources/parameter.ts'
import { permission } from '../resources/permission.ts'
import { providerKey } from '../resources/provider-key.ts'
import { eventSource } from '../resources/reports/event-source.ts'
import { fallbackQueue } from '../resources/reports/fallback-queue.ts'
import { functionUrl } from '../resources/reports/function-url.ts'
import { reservedConcurrency } from '../resources/reports/reserved-concurrency.ts'
import { webhookSecret } from '../resources/reports/webhook-secret.ts'
import { type RoleOptions, role } from '../resources/role.ts'
import { rolePolicy } from '../resources/role-policy.ts'
import { secrets } from '../resources/secrets.ts'
import { stageRecord } from '../resources/stage-record.ts'
import { table } from '../resources/table.ts'
import { borrowedPool } from '../resources/user-pool/borrowed/pool.ts'
import { borrowedTriggers, type TriggersOptions } from '../resources/user-pool/borrowed/triggers.ts'
import { type UserPoolOptions, userPool } from '../resources/user-pool.ts'
import { userPoolClient } from '../resources/user-pool-client.ts'
import { borrowedPoolOf } from '../settings/borrowed-pool.ts'
import type { Settings } from '../settings/schema.ts'

export interface ResourceOptions extends UserPoolOptions, TriggersOptions, RoleOptions {}

/**
 * Those that a deploy has to read: not what is off now and was off in the stage's record, so that it takes neither
 * calls nor permissions.
 */
export function concerned(
  resources: readonly AnyResource[],
  settings: Partial<Settings>,
  recorded: Record<string, unknown> = {},
): AnyResource[] {
  return resources.filter(({ isWanted }) => !isWanted || isWanted(settings) || isWanted(recorded))
}

/** These, and what has to be read to know what they are to be. */
export function neededFor(resources: readonly AnyResource[], ids: Iterable<string>): AnyResource[] {
  const byId = new Map(resources.map((resource) => [resource.id, resource]))
  const needed = new Set(ids)
  for (const id of needed) {
    const { wantsFrom = [], readAfter = [], partOf } = byId.get(id) ?? {}
    for (const other of [...wantsFrom, ...readAfter, ...(partOf ? [partOf] : [])]) needed.add(other)
  }
  return resources.filter(({ id }) => needed.has(id))
}

/**
 * Every resource of a stage with these settings, which say whose its pool is. Roles come first, because Lambda cannot use them at once and everything up to the
 * functions is made meanwhile; removal starts at the pool, so that no sign-in meets half a stage.
 */
export function resourcesOf(
  place: Place,
  settings: Partial<Settings> = {},
  options: ResourceOptions = {},
): AnyResource[] {
  const poolId = borrowedPoolOf(settings)
  const borrowed = poolId === undefined ? undefined : { place, poolId, settings }
  const { masterKey: master, providerKey: provider, findings: found, brake: stop, secrets: former } = names
  const all = [master, provider, found, stop, former].map((name) => name(place.stage))
  const together = shared((aws: Parameters<ReadTexts>[0]) => readTexts(aws, all))
  const readAll: ReadTexts = (aws) => together(aws)
  const resources: AnyResource[] = [
    ...functionNames.map((name) => role(place, name, options)),
    ...logGroups(place),
    table(place),
    masterKey(place, readAll),
    providerKey(place, readAll),
    webhookSecret(place),
    fallbackQueue(place),
    findings(place, readAll),
    brake(place, readAll),
    secrets(place, readAll),
    borrowed ? borrowedPool(borrowed) : userPool(place, options),
    ...clientKinds.map((kind) => userPoolClient(place, kind, poolId)),
    ...functionNames.map((name) => rolePolicy(place, name)),
    ...functionNames.map((name) => lambdaFunction(place, name, poolId !== undefined)),
    ...triggerNames.map((trigger) => permission(place, trigger, poolId !== undefined)),
    ...(borrowed ? [borrowedTriggers(borrowed, options)] : []),
    functionUrl(place),
    reservedConcurrency(place),
    eventSource(place),
    alarmTopic(place),
    ...alarms(place),
    dashboard(place),
  ]
  const ids = resources.map((resource) => resource.id)
  return [...resources, stageRecord(place, ids)]
}
