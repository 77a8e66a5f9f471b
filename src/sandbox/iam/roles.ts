// The roles of the account: what IAM keeps, and how Lambda and the authorisation of calls see them.

import { hiddenId } from '../account/callers.ts'
import { allowsService, evaluate, type PolicyDocument } from '../account/policy.ts'
import type { Role } from '../account/provided.ts'
import type { World } from '../account/world.ts'
import type { Input } from '../protocol/fields.ts'
import type { Call } from '../protocol/service.ts'
import { missing, roleNameOf } from './wire.ts'

interface InlinePolicy {
  json: string
  document: PolicyDocument
  /** From when on it counts; until then what it replaced does. */
  since: number
  before?: PolicyDocument
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
  inline: Map<string, InlinePolicy>
  /** ARNs of attached managed policies. */
  attached: Set<string>
}

/** The managed policies that can be attached; the sandbox has no others. */
export const managedPolicies: Record<string, PolicyDocument> = {
  'service-role/AWSLambdaBasicExecutionRole': {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: '*',
    },
  },
  AdministratorAccess: {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
  },
}

export const managedPolicyName = (arn: string) => arn.replace(/^arn:[^:]+:iam::aws:policy\//, '')

export class RoleStore {
  readonly #world: World
  /** By lower-case name: IAM tells names apart without regard to case. */
  readonly #roles = new Map<string, RoleRecord>()

  constructor(world: World) {
    this.#world = world
  }

  get(name: string): RoleRecord | undefined {
    return this.#roles.get(name.toLowerCase())
  }

  /** The ARN of a role; one with a path is named by both. */
  arnOf(name: string): string {
    return `arn:${this.#world.partition}:iam::${this.#world.account}:role/${name}`
  }

  /** Authorises a call on an existing role, whose ARN includes its path, and finds it. */
  roleFor(input: Input, call: Call, context?: Record<string, string>): RoleRecord {
    const name = roleNameOf(input)
    const role = this.get(name)
    call.authorize(`iam:${call.operation}`, role?.arn ?? this.arnOf(name), context)
    if (!role) throw missing(`role with name ${name}`)
    return role
  }

  all(): RoleRecord[] {
    return [...this.#roles.values()].sort((a, b) => a.name.localeCompare(b.name))
  }

  add(
    fields: Pick<RoleRecord, 'name' | 'path' | 'trustJson' | 'trust' | 'description' | 'maxSession' | 'tags'>,
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
    }
    this.#roles.set(role.name.toLowerCase(), role)
    return role
  }

  delete(name: string): void {
    this.#roles.delete(name.toLowerCase())
  }

  putInline(role: RoleRecord, name: string, json: string, document: PolicyDocument): void {
    const now = this.#world.now()
    const old = role.inline.get(name)
    const before = old && (old.since <= now ? old.document : old.before)
    role.inline.set(name, {
      json,
      document,
      since: now + this.#world.delays.roleUsable,
      ...(before && { before }),
    })
  }

  /** The policies that count now; a new or changed one needs its time to reach everywhere. */
  policiesInEffect(role: RoleRecord): PolicyDocument[] {
    const now = this.#world.now()
    const inline = [...role.inline.values()].map((p) => (p.since <= now ? p.document : p.before))
    const attached = [...role.attached].map((arn) => managedPolicies[managedPolicyName(arn)])
    return [...inline, ...attached].filter((document) => document !== undefined)
  }

  /** The role as other services see it; it stays current while the role lives. */
  view(arn: string): Role | undefined {
    const role = this.get(arn.slice(arn.lastIndexOf('/') + 1))
    if (role?.arn !== arn) return undefined
    return {
      name: role.name,
      arn,
      id: role.id,
      usableIn: Math.max(0, role.usableAt - this.#world.now()),
      trusts: (principal) => allowsService(role.trust, principal, 'sts:AssumeRole'),
      allows: (action, resource) => evaluate(this.policiesInEffect(role), action, resource) === 'allowed',
    }
  }
}
