// IAM: roles with their trust and tags, the developer, and the policy simulator.

import { AwsFault } from '../account/aws-fault.ts'
import type { Callers } from '../account/callers.ts'
import { requestTags } from '../account/condition.ts'
import { parsePolicy } from '../account/policy.ts'
import type { Provided } from '../account/provided.ts'
import type { World } from '../account/world.ts'
import { list, objects, optionalNumber, optionalText, tagList, tagMap, text } from '../protocol/fields.ts'
import type { QueryService } from '../protocol/query.ts'
import type { Operation } from '../protocol/service.ts'
import { ManagedPolicies } from './managed-policies.ts'
import { checkBoundary, rolePolicyOperations } from './role-policies.ts'
import { boundaryKey, type RoleRecord, RoleStore } from './roles.ts'
import { simulate } from './simulate.ts'
import { encodeDocument, invalid, listed, missing, roleNameOf } from './wire.ts'

function describe(role: RoleRecord, withDetails = true) {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodeDocument(role.trustJson),
    Description: role.description,
    MaxSessionDuration: role.maxSession,
    ...(withDetails && { Tags: Object.keys(role.tags).length > 0 ? tagList(role.tags) : undefined }),
    ...(withDetails && { RoleLastUsed: {} }),
    ...(withDetails &&
      role.boundary.value && {
        PermissionsBoundary: {
          PermissionsBoundaryType: 'Policy',
          PermissionsBoundaryArn: role.boundary.value,
        },
      }),
  }
}

export interface Iam extends QueryService, Pick<Provided, 'findRole'> {}

export function createIam(world: World, callers: Callers): Iam {
  const managed = new ManagedPolicies(world)
  const roles = new RoleStore(world, managed)
  const usesOf = (arn: string) => {
    const all = roles.all()
    return {
      attached: all.filter((role) => role.attached.has(arn)).length,
      boundary: all.filter((role) => role.boundary.value === arn).length,
    }
  }

  const operations: Record<string, Operation> = {
    CreateRole(input, call) {
      const name = roleNameOf(input)
      const path = optionalText(input, 'Path') ?? '/'
      const arn = roles.arnOf(`${path.slice(1)}${name}`)
      const tags = tagMap(objects(input, 'Tags'))
      const boundary = optionalText(input, 'PermissionsBoundary')
      call.authorize('iam:CreateRole', arn, { ...requestTags(tags), ...boundaryKey(boundary) })
      if (Object.keys(tags).length > 0) call.authorize('iam:TagRole', arn, requestTags(tags))
      const trustJson = text(input, 'AssumeRolePolicyDocument', 'ValidationError')
      const trust = parsePolicy(trustJson, 'trust')
      if (roles.get(name)) {
        throw new AwsFault('EntityAlreadyExists', `Role with name ${name} already exists.`, 409)
      }
      if (boundary !== undefined) checkBoundary(managed, boundary)
      const description = optionalText(input, 'Description')
      const maxSession = optionalNumber(input, 'MaxSessionDuration') ?? 3600
      const role = roles.add({ name, path, trustJson, trust, description, maxSession, tags }, boundary)
      return { Role: describe(role) }
    },
    GetRole: (input, call) => ({ Role: describe(roles.roleFor(input, call)) }),
    ListRoles(input, call) {
      call.authorize('iam:ListRoles', roles.arnOf(''))
      const prefix = optionalText(input, 'PathPrefix') ?? '/'
      const all = roles.all().filter((role) => role.path.startsWith(prefix))
      return listed(
        world,
        input,
        'Roles',
        all.map((role) => describe(role, false)),
      )
    },
    UpdateRole(input, call) {
      const role = roles.roleFor(input, call)
      role.description = optionalText(input, 'Description') ?? role.description
      role.maxSession = optionalNumber(input, 'MaxSessionDuration') ?? role.maxSession
      return {}
    },
    UpdateAssumeRolePolicy(input, call) {
      const role = roles.roleFor(input, call)
      const json = text(input, 'PolicyDocument', 'ValidationError')
      role.trust = parsePolicy(json, 'trust')
      role.trustJson = json
      return {}
    },
    DeleteRole(input, call) {
      const role = roles.roleFor(input, call)
      const conflict = (what: string) => new AwsFault('DeleteConflict', `Cannot delete entity, ${what}.`, 409)
      if (role.attached.size > 0) throw conflict('must detach all policies first')
      if (role.inline.size > 0) throw conflict('must delete policies first')
      roles.delete(role.name)
      return {}
    },
    ...rolePolicyOperations(world, roles, managed),
    ...managed.operations(usesOf),
    ListInstanceProfilesForRole(input, call) {
      roles.roleFor(input, call)
      return listed(world, input, 'InstanceProfiles', [])
    },
    TagRole(input, call) {
      const tags = tagMap(objects(input, 'Tags'))
      Object.assign(roles.roleFor(input, call, requestTags(tags)).tags, tags)
      return {}
    },
    UntagRole(input, call) {
      const keys = list(input, 'TagKeys')
      const role = roles.roleFor(input, call, { 'aws:TagKeys': keys })
      for (const key of keys) delete role.tags[key]
      return {}
    },
    ListRoleTags: (input, call) => listed(world, input, 'Tags', tagList(roles.roleFor(input, call).tags)),
    GetUser(input, call) {
      const name = optionalText(input, 'UserName') ?? 'developer'
      const arn = `arn:${world.partition}:iam::${world.account}:user/${name}`
      call.authorize('iam:GetUser', arn)
      if (call.caller.roleName && !optionalText(input, 'UserName')) {
        throw invalid('Must specify userName when calling with non-User credentials')
      }
      if (arn !== callers.developerArn) throw missing(`user with name ${name}`)
      const { developerId } = callers
      return { User: { Path: '/', UserName: name, UserId: developerId, Arn: arn, CreateDate: new Date(0) } }
    },
    SimulatePrincipalPolicy(input, call) {
      const source = text(input, 'PolicySourceArn', 'ValidationError')
      call.authorize('iam:SimulatePrincipalPolicy', source)
      const role = roles.all().find((known) => known.arn === source)
      if (!role && source !== callers.developerArn) throw missing(`entity with ARN ${source}`)
      const given = list(input, 'PermissionsBoundaryPolicyInputList')
      const principal = {
        policies: role ? roles.policiesInEffect(role) : callers.policy && [callers.policy],
        boundary: given[0] ? parsePolicy(String(given[0]), 'identity') : role && roles.boundaryInEffect(role),
      }
      const results = simulate(principal, {
        actions: list(input, 'ActionNames'),
        resources: list(input, 'ResourceArns'),
        context: objects(input, 'ContextEntries'),
      })
      return listed(world, input, 'EvaluationResults', results)
    },
  }

  return {
    name: 'iam',
    protocol: 'query',
    version: '2010-05-08',
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    throttling: { code: 'Throttling', status: 400 },
    operations,
    findRole: (arn) => roles.view(arn),
    inventory: () => [
      ...roles.all().map((role) => ({ kind: 'role', name: role.name })),
      ...managed.own().map((arn) => ({ kind: 'policy', name: arn.slice(arn.lastIndexOf('/') + 1) })),
    ],
  }
}
