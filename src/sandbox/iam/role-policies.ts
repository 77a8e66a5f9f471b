// The policies of a role: its inline documents, and the managed ones that are attached to it.

import { AwsFault } from '../account/aws-fault.ts'
import { parsePolicy } from '../account/policy.ts'
import type { World } from '../account/world.ts'
import { type Input, text } from '../protocol/fields.ts'
import type { Operation } from '../protocol/service.ts'
import { managedPolicies, managedPolicyName, type RoleRecord, type RoleStore } from './roles.ts'
import { encodeDocument, listed, missing } from './wire.ts'

function inlineOf(role: RoleRecord, input: Input) {
  const name = text(input, 'PolicyName', 'ValidationError')
  const policy = role.inline.get(name)
  if (!policy) throw missing(`role policy with name ${name}`)
  return { name, policy }
}

/** The operations on a role's policies. */
export function rolePolicyOperations(world: World, roles: RoleStore): Record<string, Operation> {
  return {
    PutRolePolicy(input, call) {
      const role = roles.roleFor(input, call)
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
      if (!managedPolicies[managedPolicyName(arn)]) {
        throw new AwsFault('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`, 404)
      }
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
  }
}
