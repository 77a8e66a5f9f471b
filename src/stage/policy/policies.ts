// The least that a person or CI must be allowed to do for one stage, put together from what each part of it says.

import type { Permission } from '../../engine/resource.ts'
import { arns, names, type Place } from '../../names.ts'
import { allStatements } from '../../resources/role-policy.ts'
import { becomingOurs, poolOfOurs } from '../../resources/user-pool/owner.ts'
import { boundaryOf, checkBoundary } from '../../settings/boundary.ts'
import { functionsOf } from '../../settings/parts.ts'
import type { Settings } from '../../settings/schema.ts'
import { lockPermissions } from '../lock/lock.ts'
import { concerned, type ResourceOptions, resourcesOf } from '../resources.ts'
import { type PolicyDocument, type PolicyStatement, printable } from './printable.ts'

/**
 * What deploy, destroy, status, logs, stages and test-send of this stage need, and nothing else: exact ARNs
 * wherever AWS knows them beforehand. `sts:GetCallerIdentity` and signing in take no permission. With a boundary
 * it makes, changes and fills no role that does not have it. What `settings` have switched off is not in it. Of a
 * borrowed pool it names what is known of it.
 */
export function deployPolicy(
  place: Place,
  boundary?: string,
  settings: Partial<Settings> = {},
  pool: KnownPool = {},
): PolicyDocument {
  const permissions = [
    ...concerned(resourcesOf(place, settings, pool), settings).flatMap((resource) => resource.permissions),
    ...lockPermissions(place),
    ...lookingPermissions(place, settings),
    ...(boundary ? boundedPermissions(place, boundary, settings) : []),
  ]
  return documentOf(permissions)
}

/** What the key of a stage without a boundary is worth to a thief. */
export const unbounded =
  'whoever has these rights makes himself administrator in two calls: a policy for one of the roles, and code that runs with it'

/** What a policy has to name of a pool that is somebody else's. */
export type KnownPool = Pick<ResourceOptions, 'former' | 'smsRole' | 'senderKey'>

export interface Choice {
  policy: PolicyDocument
  /** The boundary that the roles have to have. */
  boundary: string | undefined
  /** What to know about it, for people. */
  notes: string[]
}

/** One of the three policies, as it is printed: that of a stage, of its roles, or for taking over a pool. */
export function choosePolicy(
  place: Place,
  settings: Partial<Settings>,
  { poolId, ofRoles, pool }: { poolId?: string | undefined; ofRoles: boolean; pool?: KnownPool },
): Choice {
  const { stage, region, account, partition } = place
  const { smsFallback = false, deliveryWebhook = false, alarms = false } = settings
  checkBoundary(settings, place)
  const boundary = boundaryOf(settings)
  if (ofRoles) {
    const name = `whatsapp-otp-${stage}-${region}-boundary`
    const notes = [
      `as an administrator: aws iam create-policy --policy-name ${name} --policy-document file://boundary.json`,
      `then: PERMISSIONS_BOUNDARY=arn:${partition}:iam::${account}:policy/${name} whatsapp-otp deploy --stage ${stage}`,
      ...(smsFallback ? [] : ['SMS_FALLBACK is off: with it on, the functions need another one']),
      ...(deliveryWebhook
        ? []
        : ['DELIVERY_WEBHOOK is off: with it on, there is one function more, which needs another one']),
    ]
    return {
      policy: printable(boundaryPolicy(place, { ...settings, smsFallback, deliveryWebhook }, pool), stage),
      boundary,
      notes,
    }
  }
  if (poolId) return { policy: adoptionPolicy(place, poolId), boundary, notes: ['for one deploy --adopt'] }
  const note = boundary
    ? `it makes and changes only roles with the boundary ${boundary}`
    : `without PERMISSIONS_BOUNDARY ${unbounded}. whatsapp-otp policy --stage ${stage} --boundary   prints what ends this`
  const later = `ALARMS is ${alarms ? 'on: to switch it off still needs this' : 'off: it needs another one'}`
  return {
    policy: printable(deployPolicy(place, boundary, settings, pool), stage),
    boundary,
    notes: [note, later],
  }
}

/** To put the boundary on and nothing else in its place. Taking one off is in no policy of ours. */
function boundedPermissions(place: Place, boundary: string, settings: Partial<Settings>): Permission[] {
  const roles = functionsOf(settings).map((trigger) => arns.role(place, trigger))
  return [
    { actions: ['iam:PutRolePermissionsBoundary'], on: roles },
    {
      never: true,
      actions: ['iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'],
      on: [arns.roles(place)],
      when: { StringNotEquals: { 'iam:PermissionsBoundary': boundary } },
    },
  ]
}

/**
 * The most that the roles of this stage may do: what all of its functions need together, and nothing else. One
 * for each stage, since with a common one the key of one stage would reach the tables and secrets of the others.
 */
export function boundaryPolicy(
  place: Place,
  settings: Pick<Settings, 'smsFallback'> & Partial<Settings>,
  { former }: KnownPool = {},
): PolicyDocument {
  const { statements, pools } = allStatements(place, settings, former)
  return documentOf(
    statements.map(({ Effect, Action, Resource }) => ({
      actions: Action,
      on: [Resource].flat(),
      ...(Resource === pools ? { when: poolOfOurs(place) } : {}),
      ...(Effect === 'Deny' ? { never: true as const } : {}),
    })),
  )
}

function documentOf(permissions: readonly Permission[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: byActions(withoutRepeats(byResource(permissions))) }
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
function lookingPermissions(place: Place, settings: Partial<Settings>): Permission[] {
  const groups = functionsOf(settings).map((trigger) => `${arns.logGroup(place, trigger)}:*`)
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

/** What may be done to one and more besides is said with the others to which the same may be done, and the rest alone. */
function withoutRepeats(permissions: readonly Permission[]): Permission[] {
  return permissions.flatMap(({ actions, ...how }) => {
    const isPlain = ({ when, never }: Omit<Permission, 'actions'>) => !when && !never
    const isAlike = (other: Permission) =>
      isPlain(how) && isPlain(other) && other.actions.length < actions.length
    const part = permissions
      .filter((other) => isAlike(other) && other.actions.every((action) => actions.includes(action)))
      .sort((one, other) => other.actions.length - one.actions.length)[0]
    if (!part || part.actions.length < 8) return [{ ...how, actions }]
    const rest = actions.filter((action) => !part.actions.includes(action))
    return [
      { ...how, actions: part.actions },
      { ...how, actions: rest },
    ]
  })
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
