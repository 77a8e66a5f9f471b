// The least that a person or CI must be allowed to do for one stage, put together from what each part of it says.

import type { Permission } from '../engine/resource.ts'
import { arns, names, type Place, triggerNames } from '../names.ts'
import { becomingOurs } from '../resources/user-pool/owner.ts'
import { lockPermissions } from './lock.ts'
import { resourcesOf } from './resources.ts'

export interface PolicyStatement {
  Effect: 'Allow' | 'Deny'
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
  return documentOf(permissions)
}

/** Within the limit, long names are shortened by what nobody else's can match. */
export function printable(policy: PolicyDocument): PolicyDocument {
  if (sizeOf(policy) <= policyLimit) return policy
  return {
    ...policy,
    Statement: policy.Statement.map((one) => ({ ...one, Resource: shortened(one.Resource) })),
  }
}

export const sizeOf = (policy: PolicyDocument): number => JSON.stringify(policy).length

/** Three of the triggers are called alike but for six letters. */
function shortened(resources: readonly string[]): string[] {
  const short = (arn: string) => arn.replace(/(define|create|verify)(?=AuthChallenge\b)/, '??????')
  const isWhole = (arn: string) => resources.filter((other) => short(other) === short(arn)).length === 3
  return [...new Set(resources.map((arn) => (isWhole(arn) ? short(arn) : arn)))]
}

function documentOf(permissions: readonly Permission[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: byActions(byResource(permissions)) }
}

/**
 * What `deploy --adopt` needs besides, for one pool that is not ours yet: its tags and, until these count everywhere,
 * what the policy of the stage allows on tagged pools. It never takes the right to delete it.
 */
export function adoptionPolicy(place: Place, poolId: string): PolicyDocument {
  const on = [arns.pool(place, poolId)]
  const ofTagged = resourcesOf(place)
    .flatMap((resource) => resource.permissions)
    .filter(({ on: [pool], when }) => pool === arns.pool(place, '*') && when)
    .flatMap(({ actions }) => actions)
  const others = ofTagged.filter((action) => !/:(TagResource|DeleteUserPool)$/.test(action))
  const permissions = [
    { actions: ['cognito-idp:TagResource'], on, when: becomingOurs(place) },
    { actions: others, on },
  ]
  return documentOf(permissions)
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
  const merged = new Map<string, Omit<Permission, 'actions'> & { actions: Set<string> }>()
  for (const { actions, on, ...how } of permissions) {
    for (const resource of on) {
      const key = JSON.stringify([resource, how])
      const known = merged.get(key) ?? { ...how, on: [resource], actions: new Set() }
      for (const action of actions) known.actions.add(action)
      merged.set(key, known)
    }
  }
  return [...merged.values()].map((one) => ({ ...one, actions: [...one.actions].sort() }))
}

/** All resources on which the same may be done together: nothing is allowed on one that is not needed there. */
function byActions(permissions: readonly Permission[]): PolicyStatement[] {
  const merged = new Map<string, PolicyStatement>()
  for (const { actions, on, when, never } of permissions) {
    const key = JSON.stringify([actions, when, never])
    const known = merged.get(key)
    if (known) known.Resource.push(...on)
    else {
      const Effect = never ? 'Deny' : 'Allow'
      const statement: PolicyStatement = { Effect, Action: [...actions], Resource: [...on] }
      merged.set(key, when ? { ...statement, Condition: when } : statement)
    }
  }
  return [...merged.values()]
}
