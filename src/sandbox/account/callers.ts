// Who calls: the account's developer or the session of a function's role, and what each may do.

import { randomBytes } from 'node:crypto'
import { AwsFault } from './aws-fault.ts'
import type { Caller } from './call-record.ts'
import type { Context } from './condition.ts'
import { type Judgement, judge, type PolicyDocument } from './policy.ts'
import type { Provided, Role, SessionCredentials } from './provided.ts'
import type { World } from './world.ts'

interface Session {
  role: Role
  name: string
}

/** An identifier as IAM makes them: a four-letter kind, then 16 characters for keys and 17 for the rest. */
export function hiddenId(prefix: 'AROA' | 'AIDA' | 'ANPA' | 'ASIA'): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const length = prefix === 'ASIA' ? 16 : 17
  return prefix + [...randomBytes(length)].map((byte) => letters[byte % 32]).join('')
}

/** As AWS words a refusal. */
function reasonOf({ verdict, by }: Judgement, action: string): string {
  return verdict === 'explicitDeny'
    ? `with an explicit deny in ${by === 'permissions boundary' ? 'a' : 'an'} ${by}`
    : `because no ${by} allows the ${action} action`
}

const allowed: Judgement = { verdict: 'allowed', by: 'identity-based policy' }
const denied: Judgement = { verdict: 'implicitDeny', by: 'identity-based policy' }

/** The access key and the signed service of an AWS Signature Version 4 header. */
export function parseSignature(
  header: string | undefined,
): { accessKeyId: string; service: string } | undefined {
  const match = /^AWS4-HMAC-SHA256 .*?Credential=([^/,\s]+)\/\d{8}\/[^/]*\/([^/]+)\/aws4_request/.exec(
    header ?? '',
  )
  return match ? { accessKeyId: match[1] ?? '', service: match[2] ?? '' } : undefined
}

type Place = Pick<World, 'account' | 'partition'>

export class Callers {
  /** Restricts the developer; administrator without it. */
  policy: PolicyDocument | undefined
  readonly developerArn: string
  readonly #developerId = hiddenId('AIDA')
  readonly #place: Place
  readonly #others: Pick<Provided, 'findRole'>
  readonly #sessions = new Map<string, Session>()

  constructor(place: Place, others: Pick<Provided, 'findRole'>, policy: PolicyDocument | undefined) {
    this.#place = place
    this.#others = others
    this.policy = policy
    this.developerArn = `arn:${place.partition}:iam::${place.account}:user/developer`
  }

  openSession(role: Role, name: string): SessionCredentials {
    const accessKeyId = hiddenId('ASIA')
    this.#sessions.set(accessKeyId, { role, name })
    return {
      accessKeyId,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(96).toString('base64'),
    }
  }

  /** Any key that is no session's is the developer's: signatures are read, not verified. */
  identify(accessKeyId: string): Caller {
    const session = this.#sessions.get(accessKeyId)
    if (!session) return { accessKeyId, arn: this.developerArn, userId: this.#developerId }
    const { account, partition } = this.#place
    return {
      accessKeyId,
      arn: `arn:${partition}:sts::${account}:assumed-role/${session.role.name}/${session.name}`,
      userId: `${session.role.id}:${session.name}`,
      roleName: session.role.name,
    }
  }

  /** Throws AccessDeniedException (each protocol has its own name for it) unless a policy allows it. */
  authorize(caller: Caller, action: string, resource: string, context: Context = {}): void {
    const judgement = this.#judge(caller, action, resource, context)
    if (judgement.verdict === 'allowed') return
    throw new AwsFault(
      'AccessDeniedException',
      `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${reasonOf(judgement, action)}`,
      403,
    )
  }

  #judge(caller: Caller, action: string, resource: string, context: Context): Judgement {
    const session = this.#sessions.get(caller.accessKeyId)
    if (session) {
      // Looked up again: its policies change while a process lives, and it may be gone.
      const role = this.#others.findRole(session.role.arn)
      // A role made again under its old name does not inherit the sessions of the first.
      return role?.id === session.role.id ? role.judge(action, resource, context) : denied
    }
    return this.policy ? judge([this.policy], undefined, action, resource, context) : allowed
  }
}
