// IAM: roles with their trust, inline and attached policies.

import type { Callers } from '../account/callers.ts'
import {
  type Input,
  list,
  optionalNumber,
  optionalText,
  page,
  tagList,
  tagMap,
  text,
} from '../account/fields.ts'
import { parsePolicy } from '../account/policy.ts'
import { AwsFault, type Call, type Operation, type World } from '../account/world.ts'
import type { QueryService } from '../protocol/query.ts'
import { managedPolicies, managedPolicyName, type RoleRecord, RoleStore } from './roles.ts'
import { simulate } from './simulate.ts'

/** IAM escapes what encodeURIComponent leaves alone: it follows RFC 3986. */
const encodeDocument = (json: string) =>
  encodeURIComponent(json).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

const missing = (what: string) => new AwsFault('NoSuchEntity', `The ${what} cannot be found.`, 404)
const invalid = (message: string) => new AwsFault('ValidationError', message)

function roleNameOf(input: Input): string {
  const name = text(input, 'RoleName', 'ValidationError')
  if (name.length > 64) {
    throw invalid(
      `1 validation error detected: Value '${name}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    )
  }
  if (!/^[\w+=,.@-]+$/.test(name)) {
    throw invalid(
      'The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    )
  }
  return name
}

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
  }
}

/** One page in IAM's form: `Marker` and `IsTruncated`. */
function listed<T>(world: World, input: Input, key: string, all: T[]) {
  const size = Math.min(optionalNumber(input, 'MaxItems') ?? world.pageSize, world.pageSize)
  const { items, next } = page(all, optionalText(input, 'Marker'), size)
  return { [key]: items, IsTruncated: next !== undefined, Marker: next }
}

export function createIam(world: World, callers: Callers): QueryService {
  const roles = new RoleStore(world)
  world.findRole = (arn) => roles.view(arn)
  const roleArn = (name: string) => `arn:${world.partition}:iam::${world.account}:role/${name}`

  /** Authorises a call on an existing role, whose ARN includes its path, and finds it. */
  function roleFor(input: Input, call: Call, context?: Record<string, string>): RoleRecord {
    const name = roleNameOf(input)
    const role = roles.get(name)
    call.authorize(`iam:${call.operation}`, role?.arn ?? roleArn(name), context)
    if (!role) throw missing(`role with name ${name}`)
    return role
  }

  function inlineOf(role: RoleRecord, input: Input) {
    const name = text(input, 'PolicyName', 'ValidationError')
    const policy = role.inline.get(name)
    if (!policy) throw missing(`role policy with name ${name}`)
    return { name, policy }
  }

  const operations: Record<string, Operation> = {
    CreateRole(input, call) {
      const name = roleNameOf(input)
      const path = optionalText(input, 'Path') ?? '/'
      const arn = roleArn(`${path.slice(1)}${name}`)
      call.authorize('iam:CreateRole', arn)
      const tags = tagMap(list(input, 'Tags'))
      if (Object.keys(tags).length > 0) call.authorize('iam:TagRole', arn)
      const trustJson = text(input, 'AssumeRolePolicyDocument', 'ValidationError')
      const trust = parsePolicy(trustJson, 'trust')
      if (roles.get(name)) {
        throw new AwsFault('EntityAlreadyExists', `Role with name ${name} already exists.`, 409)
      }
      const description = optionalText(input, 'Description')
      const maxSession = optionalNumber(input, 'MaxSessionDuration') ?? 3600
      const role = roles.add({ name, path, trustJson, trust, description, maxSession, tags })
      return { Role: describe(role) }
    },
    GetRole: (input, call) => ({ Role: describe(roleFor(input, call)) }),
    ListRoles(input, call) {
      call.authorize('iam:ListRoles', roleArn(''))
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
      const role = roleFor(input, call)
      role.description = optionalText(input, 'Description') ?? role.description
      role.maxSession = optionalNumber(input, 'MaxSessionDuration') ?? role.maxSession
      return {}
    },
    UpdateAssumeRolePolicy(input, call) {
      const role = roleFor(input, call)
      const json = text(input, 'PolicyDocument', 'ValidationError')
      role.trust = parsePolicy(json, 'trust')
      role.trustJson = json
      return {}
    },
    DeleteRole(input, call) {
      const role = roleFor(input, call)
      const conflict = (what: string) => new AwsFault('DeleteConflict', `Cannot delete entity, ${what}.`, 409)
      if (role.attached.size > 0) throw conflict('must detach all policies first')
      if (role.inline.size > 0) throw conflict('must delete policies first')
      roles.delete(role.name)
      return {}
    },
    PutRolePolicy(input, call) {
      const role = roleFor(input, call)
      const name = text(input, 'PolicyName', 'ValidationError')
      const json = text(input, 'PolicyDocument', 'ValidationError')
      const document = parsePolicy(json, 'identity')
      const others = [...role.inline].filter(([other]) => other !== name).map(([, policy]) => policy.json)
      // IAM counts the characters of all inline policies, without white space.
      if ([...others, json].join('').replace(/\s/g, '').length > 10_240) {
        throw new AwsFault(
          'LimitExceeded',
          `Maximum policy size of 10240 bytes exceeded for role ${role.name}`,
          409,
        )
      }
      roles.putInline(role, name, json, document)
      return {}
    },
    GetRolePolicy(input, call) {
      const role = roleFor(input, call)
      const { name, policy } = inlineOf(role, input)
      return { RoleName: role.name, PolicyName: name, PolicyDocument: encodeDocument(policy.json) }
    },
    DeleteRolePolicy(input, call) {
      const role = roleFor(input, call)
      role.inline.delete(inlineOf(role, input).name)
      return {}
    },
    ListRolePolicies: (input, call) =>
      listed(world, input, 'PolicyNames', [...roleFor(input, call).inline.keys()].sort()),
    AttachRolePolicy(input, call) {
      const arn = text(input, 'PolicyArn', 'ValidationError')
      const role = roleFor(input, call, { 'iam:PolicyARN': arn })
      if (!managedPolicies[managedPolicyName(arn)]) {
        throw new AwsFault('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`, 404)
      }
      role.attached.add(arn)
      return {}
    },
    DetachRolePolicy(input, call) {
      const arn = text(input, 'PolicyArn', 'ValidationError')
      const role = roleFor(input, call, { 'iam:PolicyARN': arn })
      if (!role.attached.delete(arn)) {
        throw new AwsFault('NoSuchEntity', `Policy ${arn} was not found.`, 404)
      }
      return {}
    },
    ListAttachedRolePolicies(input, call) {
      const attached = [...roleFor(input, call).attached].map((arn) => ({
        PolicyName: arn.slice(arn.lastIndexOf('/') + 1),
        PolicyArn: arn,
      }))
      return listed(world, input, 'AttachedPolicies', attached)
    },
    ListInstanceProfilesForRole(input, call) {
      roleFor(input, call)
      return listed(world, input, 'InstanceProfiles', [])
    },
    TagRole(input, call) {
      Object.assign(roleFor(input, call).tags, tagMap(list(input, 'Tags')))
      return {}
    },
    UntagRole(input, call) {
      const role = roleFor(input, call)
      for (const key of list(input, 'TagKeys')) delete role.tags[key]
      return {}
    },
    ListRoleTags: (input, call) => listed(world, input, 'Tags', tagList(roleFor(input, call).tags)),
    GetUser(input, call) {
      const name = optionalText(input, 'UserName') ?? 'developer'
      const arn = `arn:${world.partition}:iam::${world.account}:user/${name}`
      call.authorize('iam:GetUser', arn)
      if (call.caller.roleName && !optionalText(input, 'UserName')) {
        throw invalid('Must specify userName when calling with non-User credentials')
      }
      if (arn !== callers.developerArn) throw missing(`user with name ${name}`)
      const { userId } = callers.identify('')
      return { User: { Path: '/', UserName: name, UserId: userId, Arn: arn, CreateDate: new Date(0) } }
    },
    SimulatePrincipalPolicy(input, call) {
      const source = text(input, 'PolicySourceArn', 'ValidationError')
      call.authorize('iam:SimulatePrincipalPolicy', source)
      const role = roles.all().find((known) => known.arn === source)
      if (!role && source !== callers.developerArn) throw missing(`entity with ARN ${source}`)
      const results = simulate(role ? roles.policiesInEffect(role) : callers.policy, {
        actions: list(input, 'ActionNames'),
        resources: list(input, 'ResourceArns'),
        context: list(input, 'ContextEntries'),
      })
      return { EvaluationResults: results, IsTruncated: false }
    },
  }

  return {
    name: 'iam',
    version: '2010-05-08',
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    operations,
    inventory: () => roles.all().map((role) => ({ kind: 'role', name: role.name })),
  }
}
