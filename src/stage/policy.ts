// The least that a person or CI must be allowed to do for one stage, put together from what each part of it says.

import type { Permission } from '../engine/resource.ts'
import { arns, names, type Place, triggerNames } from '../names.ts'
import { lockPermissions } from './lock.ts'
import { resourcesOf } from './resources.ts'

export interface PolicyStatement {
  Effect: 'Allow'
  Action: string[]
  Resource: string[]
  Condition?: Record<string, Record<string, string>>
}

export interface PolicyDocument {
  Version: '2012-10-17'
  Statement: PolicyStatement[]
}

/** The characters of a managed policy that IAM takes, white space not counted. */
export const policyLimit = 6_144

/**
 * What deploy, destroy, status, logs, stages and test-send of this stage need, and nothing else: exact ARNs
 * wherever AWS knows them beforehand. `sts:GetCallerIdentity` and signing in take no permission.
 */
export function deployPolicy(place: Place): PolicyDocument {
  const permissions = [
    ...resourcesOf(place).flatMap((resource) => resource.permissions),
    ...lockPermissions(place),
    ...lookingPermissions(place),
  ]
  return { Version: '2012-10-17', Statement: byActions(byResource(permissions)) }
}

/** For the commands that only look. */
function lookingPermissions(place: Place): Permission[] {
  const groups = triggerNames.map((trigger) => `${arns.logGroup(place, trigger)}:*`)
  return [
    { actions: ['logs:FilterLogEvents'], on: groups },
    // Of all stages, since the list of them is what `stages` is for.
    { actions: ['ssm:GetParametersByPath'], on: [arns.parameter(place, names.recordPath)] },
    // What the whole stage has sent today.
    { actions: ['dynamodb:GetItem'], on: [arns.table(place)] },
  ]
}

/** All actions on one resource under one condition together. */
function byResource(permissions: readonly Permission[]): Permission[] {
  const merged = new Map<string, { on: string; when: Permission['when']; actions: Set<string> }>()
  for (const { actions, on, when } of permissions) {
    for (const resource of on) {
      const key = JSON.stringify([resource, when])
      const known = merged.get(key) ?? { on: resource, when, actions: new Set() }
      for (const action of actions) known.actions.add(action)
      merged.set(key, known)
    }
  }
  return [...merged.values()].map(({ on, when, actions }) => ({
    on: [on],
    actions: [...actions].sort(),
    ...(when ? { when } : {}),
  }))
}

/** All resources on which the same may be done together: nothing is allowed on one that is not needed there. */
function byActions(permissions: readonly Permission[]): PolicyStatement[] {
  const merged = new Map<string, PolicyStatement>()
  for (const { actions, on, when } of permissions) {
    const key = JSON.stringify([actions, when])
    const known = merged.get(key)
    if (known) known.Resource.push(...on)
    else {
      const statement: PolicyStatement = { Effect: 'Allow', Action: [...actions], Resource: [...on] }
      merged.set(key, when ? { ...statement, Condition: when } : statement)
    }
  }
  return [...merged.values()]
}
