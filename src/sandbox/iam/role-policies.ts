// The policies of a role: its inline documents, the managed ones that are attached to it, and its boundary.

import { AwsFault } from '../account/aws-fault.ts'
import { parsePolicy } from '../account/policy.ts'
import type { World } from '../account/world.ts'
import { type Input, text } from '../protocol/fields.ts'
import type { Operation } from '../protocol/service.ts'
import type { ManagedPolicies } from './managed-policies.ts'
import { boundaryKey, type RoleRecord, type RoleStore } from './roles.ts'
import { encodeDocument, listed, missing } from './wire.ts'

function inlineOf(role: RoleRecord, input: Input) {
  const name = text(input, 'PolicyName', 'ValidationError')
  const policy = role.inline.get(name)?.value
  if (!policy) throw missing(`role policy with name ${name}`)
  return { name, policy }
}

/** Throws NoSuchEntity, or InvalidInput for what is no policy at all. */
export function checkBoundary(managed: ManagedPolicies, arn: string): void {
  if (!/^arn:[^:]+:iam::(aws|\d{12}):policy\//.test(arn)) {
    throw new AwsFault('InvalidInput', `ARN ${arn} is not valid.`)
  }
  if (managed.document(arn)) return
  throw new AwsFault('NoSuchEntity', `Scope ARN: ${arn} does not exist or is not attachable.`, 404)
}

/** The operations on a role's policies. */
export function rolePolicyOperations(
  world: World,
  roles: RoleStore,
  managed: ManagedPolicies,
): Record<string, Operation> {
  return {
    PutRolePolicy(input, call) {
      const role = roles.roleFor(input, call)
      const name = text(input, 'PolicyName', 'ValidationError')
      const json = text(input, 'PolicyDocument', 'ValidationError')
      const document = parsePolicy(json, 'identity')
      const others = [...role.inline]
        .filter(([other]) => other !== name)
        .map(([, policy]) => policy.value.json)
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
      const role = roles.roleFor(input, call)
      const { name, policy } = inlineOf(role, input)
      return { RoleName: role.name, PolicyName: name, PolicyDocument: encodeDocument(policy.json) }
    },
    DeleteRolePolicy(input, call) {
      const role = roles.roleFor(input, call)
      role.inline.delete(inlineOf(role, input).name)
      return {}
    },
    ListRolePolicies: (input, call) =>
      listed(world, input, 'PolicyNames', [...roles.roleFor(input, call).inline.keys()].sort()),
    AttachRolePolicy(input, call) {
      const arn = text(input, 'PolicyArn', 'ValidationError')
      const role = roles.roleFor(input, call, { 'iam:PolicyARN': arn })
      managed.check(arn)
      role.attached.add(arn)
      return {}
    },
    DetachRolePolicy(input, call) {
      const arn = text(input, 'PolicyArn', 'ValidationError')
      const role = roles.roleFor(input, call, { 'iam:PolicyARN': arn })
      if (!role.attached.delete(arn)) {
        throw new AwsFault('NoSuchEntity', `Policy ${arn} was not found.`, 404)
      }
      return {}
    },
    ListAttachedRolePolicies(input, call) {
      const attached = [...roles.roleFor(input, call).attached].map((arn) => ({
        PolicyName: arn.slice(arn.lastIndexOf('/') + 1),
        PolicyArn: arn,
      }))
      return listed(world, input, 'AttachedPolicies', attached)
    },
    PutRolePermissionsBoundary(input, call) {
      const arn = text(input, 'PermissionsBoundary', 'ValidationError')
      // The one that is asked for; the one that the role has does not count.
      const role = roles.roleFor(input, call, boundaryKey(arn))
      checkBoundary(managed, arn)
      roles.putBoundary(role, arn)
      return {}
    },
    DeleteRolePermissionsBoundary(input, call) {
      roles.putBoundary(roles.roleFor(input, call), undefined)
      return {}
    },
  }
}
