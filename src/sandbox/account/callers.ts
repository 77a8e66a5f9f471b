// Who calls: the account's developer or the session of a function's role, and what each may do.

import { AwsFault } from './aws-fault.ts'
import type { Caller } from './call-record.ts'
import type { Context } from './condition.ts'
import { type Judgement, judge, type PolicyDocument } from './policy.ts'
import type { Provided, Role, SessionCredentials } from './provided.ts'
import { hiddenId, type KeyPair, newKeyPair, Sessions } from './sessions.ts'
import { isSignedWith, readSignature, type SignedRequest, signingTime, timeOf } from './signature.ts'
import type { World } from './world.ts'

/** As AWS words a refusal. */
function reasonOf({ verdict, by }: Judgement, action: string): string {
  return verdict === 'explicitDeny'
    ? `with an explicit deny in ${by === 'permissions boundary' ? 'a' : 'an'} ${by}`
    : `because no ${by} allows the ${action} action`
}

const allowed: Judgement = { verdict: 'allowed', by: 'identity-based policy' }
const denied: Judgement = { verdict: 'implicitDeny', by: 'identity-based policy' }

/** Why a signature does not count; each protocol has its own name for it. */
export interface SignatureRefusal {
  kind: 'incomplete' | 'unknown-key' | 'wrong'
  message: string
}

const unknownKey: SignatureRefusal = {
  kind: 'unknown-key',
  message: 'The security token included in the request is invalid.',
}
const wrong = (message: string): SignatureRefusal => ({ kind: 'wrong', message })
const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

/** Wide, since the sandbox's clock may be moved while a caller keeps its own. */
const mostSkew = 3_600_000

type Place = Pick<World, 'account' | 'chance' | 'partition' | 'now'>

export class Callers {
  /** Restricts the developer; administrator without it. */
  policy: PolicyDocument | undefined
  readonly developerArn: string
  readonly developerId: string
  readonly keys: KeyPair
  readonly #place: Place
  readonly #others: Pick<Provided, 'findRole'>
  readonly #sessions = new Sessions()

  constructor(
    place: Place,
    others: Pick<Provided, 'findRole'>,
    policy: PolicyDocument | undefined,
    keys: KeyPair = newKeyPair(place.chance),
  ) {
    this.#place = place
    this.#others = others
    this.policy = policy
    this.keys = keys
    this.developerId = hiddenId('AIDA', place.chance.id)
    this.developerArn = `arn:${place.partition}:iam::${place.account}:user/developer`
  }

  knows(accessKeyId: string): boolean {
    return accessKeyId === this.keys.accessKeyId || this.#sessions.use(accessKeyId) !== undefined
  }

  openSession(role: Role, name: string): SessionCredentials {
    return this.#sessions.open(role, name)
  }

  /**
   * Who has signed a request for this service, undefined when nobody has. What a signature does not hold for
   * is a refusal: an unknown key, a wrong secret, another body, an old date.
   */
  identify(request: SignedRequest, service: string): Caller | SignatureRefusal | undefined {
    const signature = readSignature(request.headers.authorization)
    if (!signature) return undefined
    const stamp = signingTime(request.headers)
    if (signature === 'incomplete' || !stamp) {
      const message =
        'Authorization header requires Credential, SignedHeaders with host, Signature and a date.'
      return { kind: 'incomplete', message }
    }
    const { accessKeyId } = signature
    const session = this.#sessions.use(accessKeyId)
    if (!session && accessKeyId !== this.keys.accessKeyId) return unknownKey
    if (session && request.headers['x-amz-security-token'] !== session.sessionToken) return unknownKey
    const { secretAccessKey } = session ?? this.keys
    if (!isSignedWith(secretAccessKey, signature, stamp, request)) return wrong(mismatch)
    if (signature.service !== service) {
      return wrong(`Credential should be scoped to correct service: '${service}'. `)
    }
    if (!stamp.startsWith(signature.day)) return wrong('Date in Credential scope does not match the date.')
    // Functions have the sandbox's time of when they began, which may be any; their keys end with them.
    if (!session && !this.#isRecent(timeOf(stamp))) {
      return wrong(`Signature expired: ${stamp} is not near the present.`)
    }
    return this.#callerOf(accessKeyId, session)
  }

  #isRecent(time: number): boolean {
    return [Date.now(), this.#place.now()].some((now) => Math.abs(now - time) <= mostSkew)
  }

  #callerOf(accessKeyId: string, session: { role: Role; name: string } | undefined): Caller {
    if (!session) return { accessKeyId, arn: this.developerArn, userId: this.developerId }
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
    if (caller.roleName !== undefined) {
      const session = this.#sessions.use(caller.accessKeyId)
      // Looked up again: its policies change while a process lives, and it may be gone.
      const role = session && this.#others.findRole(session.role.arn)
      // A role made again under its old name does not inherit the sessions of the first.
      return session && role?.id === session.role.id ? role.judge(action, resource, context) : denied
    }
    return this.policy ? judge([this.policy], undefined, action, resource, context) : allowed
  }
}
