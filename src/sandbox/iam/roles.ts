// The roles of the account: what IAM keeps, and how Lambda and the authorisation of calls see them.

import { type Context, resourceTags } from '../account/condition.ts'
import { allowsService, judge, type PolicyDocument } from '../account/policy.ts'
import type { Role } from '../account/provided.ts'
import { hiddenId } from '../account/sessions.ts'
import { spreadOf, type World } from '../account/world.ts'
import type { Input } from '../protocol/fields.ts'
import type { Call } from '../protocol/service.ts'
import type { ManagedPolicies } from './managed-policies.ts'
import { missing, roleNameOf } from './wire.ts'

/** Something written that counts from a time on; until then what it replaced does. */
interface Written<T> {
  value: T
  since: number
  before: T | undefined
}

interface InlinePolicy {
  json: string
  document: PolicyDocument
}

export interface RoleRecord {
  name: string
  path: string
  id: string
  arn: string
  createdAt: number
  usableAt: number
  trustJson: string
  trust: PolicyDocument
  description: string | undefined
  maxSession: number
  tags: Record<string, string>
  inline: Map<string, Written<InlinePolicy>>
  /** ARNs of attached managed policies. */
  attached: Set<string>
  /** The ARN of the policy that limits what its sessions may do. */
  boundary: Written<string | undefined>
}

/** Those whose policies may ask for the boundary of the role; AWS knows the key for no others. */
const boundaryActions = new Set([
  'AttachRolePolicy',
  'DeleteRole',
  'DeleteRolePermissionsBoundary',
  'DeleteRolePolicy',
  'DetachRolePolicy',
  'GetRole',
  'PutRolePolicy',
  'UpdateAssumeRolePolicy',
  'UpdateRole',
])

export const boundaryKey = (arn: string | undefined): Context =>
  arn ? { 'iam:PermissionsBoundary': arn } : {}

export class RoleStore {
  readonly #world: World
  readonly #managed: ManagedPolicies
  /** By lower-case name: IAM tells names apart without regard to case. */
  readonly #roles = new Map<string, RoleRecord>()

  constructor(world: World, managed: ManagedPolicies) {
    this.#world = world
    this.#managed = managed
  }

  get(name: string): RoleRecord | undefined {
    return this.#roles.get(name.toLowerCase())
  }

  /** The ARN of a role; one with a path is named by both. */
  arnOf(name: string): string {
    return `arn:${this.#world.partition}:iam::${this.#world.account}:role/${name}`
  }

  /** Authorises a call on an existing role, whose ARN includes its path, and finds it. */
  roleFor(input: Input, call: Call, context: Context = {}): RoleRecord {
    const name = roleNameOf(input)
    const role = this.get(name)
    const known = role && {
      ...resourceTags(role.tags, 'iam'),
      ...(boundaryActions.has(call.operation) && boundaryKey(role.boundary.value)),
    }
    call.authorize(`iam:${call.operation}`, role?.arn ?? this.arnOf(name), { ...known, ...context })
    if (!role) throw missing(`role with name ${name}`)
    return role
  }

  all(): RoleRecord[] {
    return [...this.#roles.values()].sort((a, b) => a.name.localeCompare(b.name))
  }

  add(
    fields: Pick<RoleRecord, 'name' | 'path' | 'trustJson' | 'trust' | 'description' | 'maxSession' | 'tags'>,
    boundary: string | undefined,
  ) {
    const { account, partition, delays } = this.#world
    const now = this.#world.now()
    const role: RoleRecord = {
      ...fields,
      id: hiddenId('AROA'),
      arn: `arn:${partition}:iam::${account}:role${fields.path}${fields.name}`,
      createdAt: now,
      usableAt: now + delays.roleUsable,
      inline: new Map(),
      attached: new Set(),
      boundary: { value: boundary, since: now, before: undefined },
    }
    this.#roles.set(role.name.toLowerCase(), role)
    return role
  }

  delete(name: string): void {
    this.#roles.delete(name.toLowerCase())
  }

  putInline(role: RoleRecord, name: string, json: string, document: PolicyDocument): void {
    role.inline.set(name, this.#write({ json, document }, role.inline.get(name)))
  }

  putBoundary(role: RoleRecord, arn: string | undefined): void {
    role.boundary = this.#write(arn, role.boundary)
  }

  #write<T>(value: T, old: Written<T> | undefined): Written<T> {
    const delay = Math.max(this.#world.delays.roleUsable, spreadOf(this.#world))
    return { value, since: this.#world.now() + delay, before: old && this.#inEffect(old) }
  }

  #inEffect<T>({ value, since, before }: Written<T>): T | undefined {
    return since <= this.#world.now() ? value : before
  }

  /** The policies that count now; a new or changed one needs its time to reach everywhere. */
  policiesInEffect(role: RoleRecord): PolicyDocument[] {
    const inline = [...role.inline.values()].map((policy) => this.#inEffect(policy)?.document)
    const attached = [...role.attached].map((arn) => this.#managed.document(arn))
    return [...inline, ...attached].filter((document) => document !== undefined)
  }

  /** The document of the boundary that counts now. */
  boundaryInEffect(role: RoleRecord): PolicyDocument | undefined {
    const arn = this.#inEffect(role.boundary)
    return arn === undefined ? undefined : this.#managed.document(arn)
  }

  /** The role as other services see it; it stays current while the role lives. */
  view(arn: string): Role | undefined {
    const role = this.get(arn.slice(arn.lastIndexOf('/') + 1))
    if (role?.arn !== arn) return undefined
    const judgeRole: Role['judge'] = (action, resource, context) =>
      judge(this.policiesInEffect(role), this.boundaryInEffect(role), action, resource, context)
    return {
      name: role.name,
      arn,
      id: role.id,
      usableIn: Math.max(0, role.usableAt - this.#world.now()),
      trusts: (principal) => allowsService(role.trust, principal, 'sts:AssumeRole'),
      judge: judgeRole,
      allows: (...question) => judgeRole(...question).verdict === 'allowed',
    }
  }
}
