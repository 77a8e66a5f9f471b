// The rules of a pool of somebody else's: its users carry no marks of ours, and the table remembers what they have proven.
import { type Memory, markIn } from '../../src/core/borrowed-pool.ts'
import { type Clients, decoyOf, type SubjectEvent, subjectOf } from '../../src/core/subject.ts'
import { type Aws, AwsError } from '../outside/aws-call.ts'
import type { Deadline } from '../outside/clock.ts'
import type { BorrowedPool } from '../outside/config.ts'
import type { Secrets } from '../outside/secrets.ts'
import { isSelfMade } from '../outside/sign-ups.ts'
import { callUser } from '../outside/users.ts'
import type { PoolRules, ProofRules, Right } from './pool-rules.ts'
import { endAccess } from './proof.ts'
import type { ProvenNumbers } from './proven-numbers.ts'

export interface MemoryOptions {
  clients: Clients
  aws: Aws
  table: string
  numbers: ProvenNumbers
  pool: BorrowedPool
}

export function rulesByMemory({ clients, aws, table, numbers, pool: settings }: MemoryOptions): PoolRules {
  /** Of whoever asks, be there an account or not. */
  async function recall(
    { userPoolId: pool, userName }: SubjectEvent,
    secrets: Secrets,
    deadline: Deadline,
  ): Promise<Memory | undefined> {
    if (!settings.trustsUnverified && !settings.takesSignUps) return undefined
    const [proven, isOurs] = await Promise.all([
      numbers.read({ pool, userName, secrets, deadline }),
      isSelfMade(aws, table, userName, deadline),
    ])
    return { proven, isOurs }
  }

  return {
    async subjectOf(event, secrets, isAllowed, deadline) {
      const memory = await recall(event, secrets, deadline)
      const subject = subjectOf(event, clients, secrets.idKey, isAllowed)
      if (subject.decoy) return subject
      const mark = markIn(event.request.userAttributes ?? {}, memory, settings.trustsUnverified)
      return mark ? { ...subject, mark } : decoyOf(subject, event, secrets.idKey, 'unverified')
    },
    changesNumbers: false,
  }
}

export function proofByMemory(options: MemoryOptions): ProofRules {
  const { aws, table, numbers } = options

  /**
   * In one call: whoever writes another number meanwhile gets no mark for it. An address that somebody else has verified
   * would be a way back in by a forgotten password.
   */
  async function verified({ account, subject, attributes }: Right): Promise<boolean> {
    const written = {
      phone_number: subject.phone,
      phone_number_verified: 'true',
      ...(attributes.email_verified === 'true' ? { email_verified: 'false' } : {}),
    }
    const UserAttributes = Object.entries(written).map(([Name, Value]) => ({ Name, Value }))
    try {
      await callUser(aws, account, 'AdminUpdateUserAttributes', { UserAttributes })
      return true
    } catch (error) {
      if (error instanceof AwsError && error.code === 'AliasExistsException') return false
      throw error
    }
  }

  return {
    ...rulesByMemory(options),
    /** Only the first proof of a number that Cognito did not call verified writes anything to the pool. */
    async settle(right) {
      const { account, subject, isTest } = right
      if (subject.mark !== 'none') return true
      // First: with the mark there would be no first proof any more.
      await endAccess(aws, account)
      const isOurs = !isTest && (await isSelfMade(aws, table, account.userName, account.deadline))
      const isTheirs = !isOurs || (await verified(right))
      if (isTheirs) account.log('number_verified')
      return isTheirs
    },
    async remember({ account, subject, isTest }) {
      if (subject.mark !== 'proven' && !isTest) await numbers.remember(account, subject.phone)
    },
  }
}
