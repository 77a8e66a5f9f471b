// Where a round keeps its counters, and whether anything that is kept there may be told.
import type { Findings } from '../../src/core/parameters/findings.ts'
import type { Subject } from '../../src/core/subject.ts'
import { anyNobodysPk } from '../outside/store.ts'

export interface Books {
  /** The key of the ledger. */
  pk: string
  /** Written where there is nothing to write. */
  nobodys: string | undefined
  /**
   * Nothing that comes from outside of the session may be told, to anybody: where Cognito has another name each
   * time for a user who does not exist, nothing can be remembered of him, and so a memory would give a user away.
   */
  quiet: boolean
}

/** What is not known to be stable counts as changing. */
export function booksOf(subject: Subject, { standIn }: Findings): Books {
  if (standIn === 'stable') return { pk: subject.pk, nobodys: undefined, quiet: false }
  const nobodys = anyNobodysPk()
  return { pk: subject.decoy ? nobodys : subject.pk, nobodys, quiet: true }
}

/** Those of a number that is asked for after a proof: whoever proved one may know how the next one stands. */
export function openBooks({ pk }: Subject): Books {
  return { pk, nobodys: undefined, quiet: false }
}
