// A function's IAM role: trusted by Lambda, made once and never again while its function lives.
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  type IAMClient,
  PutRolePermissionsBoundaryCommand,
  type Role,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam'
import type { Aws } from '../aws/clients.ts'
import {
  ifFound,
  isAccessDenied,
  isAlreadyThere,
  isConcurrentChange,
  isDeleteConflict,
  read,
} from '../aws/errors.ts'
import { retryWhile } from '../aws/wait.ts'
import { finish } from '../engine/refusal.ts'
import { change, type Resource } from '../engine/resource.ts'
import { AppError } from '../errors.ts'
import { arns, type FunctionName, isOurs, names, type Place, tagsOf } from '../names.ts'
import { boundaryOf } from '../settings/boundary.ts'
import { wantedFor } from '../settings/parts.ts'
import { dangersOf, type Others, othersOf, strip } from './role-others.ts'

interface Want {
  trust: object
  /** The ARN of the policy that limits it; undefined leaves whatever limit there is. */
  boundary: string | undefined
}

interface Have {
  /** The hidden id behind the name. */
  roleId: string
  trust: unknown
  boundary?: string | undefined
  tags: Record<string, string>
  /** Absent where there are none. */
  others?: Others
}

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
}

export interface RoleOptions {
  /** Does not look for policies of others, where nobody is told of them. */
  withoutOthers?: boolean
}

export function role(
  place: Place,
  trigger: FunctionName,
  { withoutOthers = false }: RoleOptions = {},
): Resource<Want, Have> {
  const name = names.role(place.stage, place.region, trigger)

  const find = async (iam: IAMClient): Promise<Have | undefined> => {
    const found = await ifFound(iam.send(new GetRoleCommand({ RoleName: name })))
    // Without a role there is nothing to look for, and one that goes meanwhile is gone.
    if (found?.Role && withoutOthers) return haveOf(found.Role)
    const others = found?.Role && (await ifFound(othersOf(iam, name)))
    if (!others) return undefined
    const isAlone = others.inline.length + others.attached.length === 0
    return { ...haveOf(found.Role!), ...(isAlone ? {} : { others }) }
  }

  const limit = async (iam: IAMClient, PermissionsBoundary: string) => {
    try {
      await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: name, PermissionsBoundary }))
    } catch (error) {
      throw explainBoundary(error, place, PermissionsBoundary)
    }
  }

  const writeTrust = async (iam: IAMClient, trust: object) => {
    const PolicyDocument = JSON.stringify(trust)
    try {
      await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument }))
    } catch (error) {
      throw isAccessDenied(error) ? trustNotOurs(name, PolicyDocument, error) : error
    }
  }

  const self: Resource<Want, Have> = {
    ...wantedFor(trigger),
    kind: 'role',
    id: `role:${trigger}`,
    name,
    needs: [],
    removeAfter: [`function:${trigger}`],
    isMadeOnce: true,
    permissions: [
      {
        actions: [
          'iam:CreateRole',
          'iam:TagRole',
          'iam:GetRole',
          'iam:DeleteRole',
          // To see, and to remove it with, policies that somebody else gave it.
          'iam:ListRolePolicies',
          'iam:DeleteRolePolicy',
          'iam:ListAttachedRolePolicies',
          'iam:DetachRolePolicy',
        ],
        on: [arns.role(place, trigger)],
      },
      {
        never: true,
        // Elsewhere in the account a tag may open doors to whoever carries it.
        actions: ['iam:CreateRole', 'iam:TagRole'],
        on: [arns.roles(place)],
        when: { 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': Object.keys(tagsOf(place.stage)) } },
      },
    ],

    want: ({ settings }) => ({ trust, boundary: boundaryOf(settings) }),
    read: ({ iam }) => find(iam),
    isOurs: (have) => isOurs(place.stage, have.tags),
    diff: (want, have) => [
      ...(sameDocument(want.trust, have.trust)
        ? []
        : [{ field: 'trustPolicy', from: 'changed by hand', to: 'lambda.amazonaws.com' }]),
      // A limit that nobody asks for here is somebody else's, and never taken away.
      ...(want.boundary ? change('permissionsBoundary', have.boundary, want.boundary) : []),
    ],
    dangers: ({ others }) => (others ? dangersOf(name, others) : []),

    async create(aws, want) {
      const { iam } = aws
      const tags = tagsOf(place.stage)
      try {
        const made = await iam.send(
          new CreateRoleCommand({
            RoleName: name,
            AssumeRolePolicyDocument: JSON.stringify(want.trust),
            Description: `whatsapp-otp: runs ${trigger} of stage ${place.stage}`,
            Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
            PermissionsBoundary: want.boundary,
          }),
        )
        return { roleId: made.Role?.RoleId ?? '', trust: want.trust, boundary: want.boundary, tags }
      } catch (error) {
        const there = isAlreadyThere(error) && (await find(iam))
        if (!there) throw explainBoundary(error, place, want.boundary)
        return finish(self, aws, want, there)
      }
    },

    async update({ iam }, want, have, fields) {
      const now = { ...have }
      if (want.boundary && fields.has('permissionsBoundary')) {
        await limit(iam, want.boundary)
        now.boundary = want.boundary
      }
      if (fields.has('trustPolicy')) {
        await writeTrust(iam, want.trust)
        now.trust = want.trust
      }
      return now
    },

    async adopt({ iam }: Aws, have) {
      const tags = tagsOf(place.stage)
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
      await iam.send(new TagRoleCommand({ RoleName: name, Tags }))
      return { ...have, tags: { ...have.tags, ...tags } }
    },

    async remove({ iam, clock, signal }) {
      const RoleName = name
      const options = { clock, signal, capMs: 30_000, what: 'the role to lose its policies' }
      await ifFound(iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: names.rolePolicy })))
      await retryWhile(isPassing, options, async () => {
        try {
          await ifFound(iam.send(new DeleteRoleCommand({ RoleName })))
        } catch (error) {
          if (isDeleteConflict(error)) await ifFound(strip(iam, RoleName))
          throw error
        }
      })
    },

    refs: (have) => ({ [`roleId:${trigger}`]: have.roleId }),
  }
  return self
}

/** Says what to do where there is no such policy, or none that can limit a role; gives other errors back. */
function explainBoundary(error: unknown, { stage }: Place, boundary: string | undefined): unknown {
  if (!boundary || !/^Scope ARN|^ARN \S+ is not valid/.test(read(error).message)) return error
  return new AppError('BOUNDARY_NOT_FOUND', 'The permissions boundary of the roles is not there', {
    why: `${boundary} is no policy of this account`,
    next: [
      `whatsapp-otp policy --stage ${stage} --boundary > boundary.json   prints one that fits`,
      `as an administrator: aws iam create-policy --policy-name ${boundary.split('/').at(-1)} --policy-document file://boundary.json`,
    ],
    cause: error,
  })
}

/** Who may take a role is fixed when it is made: nothing but a change by others has to be undone here. */
function trustNotOurs(name: string, document: string, cause: unknown): AppError {
  return new AppError('ACCESS_DENIED', `Could not put right who may take the role ${name}`, {
    why: 'somebody has changed its trust policy, and the policy of a stage does not include iam:UpdateAssumeRolePolicy',
    next: [
      `as an administrator: aws iam update-assume-role-policy --role-name ${name} --policy-document '${document}'`,
    ],
    cause,
  })
}

function isPassing(error: unknown): boolean {
  return isDeleteConflict(error) || isConcurrentChange(error)
}

function haveOf(found: Role): Have {
  return {
    roleId: found.RoleId ?? '',
    trust: parseDocument(found.AssumeRolePolicyDocument),
    boundary: found.PermissionsBoundary?.PermissionsBoundaryArn,
    tags: Object.fromEntries((found.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? ''])),
  }
}

/** IAM gives documents back URL-encoded (RFC 3986). Undefined for one that cannot be read. */
export function parseDocument(encoded: string | undefined): unknown {
  try {
    return JSON.parse(decodeURIComponent(encoded ?? ''))
  } catch {
    return undefined
  }
}

/** True when two policy documents say the same: key order and one-element lists make no difference. */
export function sameDocument(a: unknown, b: unknown): boolean {
  return JSON.stringify(normal(a)) === JSON.stringify(normal(b))
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? normal(value[0]) : value.map(normal).map(text).sort()
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, normal(inner)]),
  )
}

const text = (value: unknown) => JSON.stringify(value)
