// What sign-ins go by in a pool: whose codes they are, and what a proof changes.
import type { Ledger } from '../../src/core/ledger/ledger.ts'
import type { Subject, SubjectEvent } from '../../src/core/subject.ts'
import type { Deadline } from '../outside/clock.ts'
import type { Secrets } from '../outside/secrets.ts'
import type { Account } from './owners.ts'

export interface PoolRules {
  /**
   * Who asks: a number that may get codes, or nobody. `isAllowed` judges the number. The same calls for everybody. Throws
   * StoreError.
   */
  subjectOf(
    event: SubjectEvent,
    secrets: Secrets,
    isAllowed: (phone: string) => boolean,
    deadline: Deadline,
  ): Promise<Subject>
  /** Whether the proof of a number may lead on to the proof of another one, to take its place. */
  changesNumbers: boolean
}

/** A right answer, before the code is used up. */
export interface Right {
  account: Account
  subject: Subject & { phone: string }
  attributes: Record<string, string>
  ledger: Ledger
  /** The number is to become this user's. */
  isChange: boolean
  /** The answer was the fixed code of a test number, which proves nothing. */
  isTest: boolean
}

export interface ProofRules extends PoolRules {
  /**
   * Makes the number the account's, where it is not yet. False where it is not the account's to have. Throws AwsError and
   * StoreError, and may be repeated.
   */
  settle(right: Right): Promise<boolean>
  /** Remembers where no client can write which number was proven. Throws StoreError. */
  remember(right: Right): Promise<void>
}
