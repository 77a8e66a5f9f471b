// Policies that others have put on a function's role: found, told, and taken away with the role.
import {
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam'
import { ifFound } from '../aws/errors.ts'
import type { Danger } from '../engine/resource.ts'
import { names } from '../names.ts'

/** Inline ones by name, managed ones by ARN. */
export interface Others {
  inline: string[]
  attached: string[]
}

export async function othersOf(client: IAMClient, RoleName: string): Promise<Others> {
  const inline: string[] = []
  const attached: string[] = []
  await Promise.all([
    (async () => {
      for await (const page of paginateListRolePolicies({ client }, { RoleName })) {
        inline.push(...(page.PolicyNames ?? []).filter((one) => one !== names.rolePolicy))
      }
    })(),
    (async () => {
      for await (const page of paginateListAttachedRolePolicies({ client }, { RoleName })) {
        attached.push(...(page.AttachedPolicies ?? []).map(({ PolicyArn = '' }) => PolicyArn))
      }
    })(),
  ])
  return { inline, attached }
}

/** A team may trace or patrol its functions by such a policy, so that none is taken away. */
export function dangersOf(name: string, { inline, attached }: Others): Danger[] {
  const why = 'it allows the function, and whoever may change the function’s code, more than ours does'
  return [
    ...inline.map((policy) => ({
      what: `the inline policy ${policy} of somebody else`,
      why,
      next: `aws iam delete-role-policy --role-name ${name} --policy-name ${policy}`,
    })),
    ...attached.map((arn) => ({
      what: `the policy ${arn} of somebody else`,
      why,
      next: `aws iam detach-role-policy --role-name ${name} --policy-arn ${arn}`,
    })),
  ]
}

/** IAM refuses to delete a role that has policies, whoever put them there: ours is the usual one. */
export async function strip(iam: IAMClient, RoleName: string): Promise<void> {
  const [inline, attached] = await Promise.all([
    iam.send(new ListRolePoliciesCommand({ RoleName })),
    iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
  ])
  await Promise.all([
    ...(inline.PolicyNames ?? []).map((PolicyName) =>
      ifFound(iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }))),
    ),
    ...(attached.AttachedPolicies ?? []).map(({ PolicyArn }) =>
      ifFound(iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }))),
    ),
  ])
  // More pages mean more policies than this round has seen.
  if (inline.IsTruncated || attached.IsTruncated) await strip(iam, RoleName)
}
