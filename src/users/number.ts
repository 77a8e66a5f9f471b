// A number as support asks about it: with its user or, where nobody has it, what there is to say all the same.
import type { Connection } from '../aws/account.ts'
import { toAppError } from '../aws/words.ts'
import { prune } from '../core/ledger/ledger.ts'
import { numberPkOf } from '../core/subject.ts'
import { numberHashOf, numberIdOf } from '../core/table-items.ts'
import { testNumberOf } from '../core/test-numbers.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { isAllowedIn, readKeys } from './account.ts'
import { readLedger } from './number-ledger.ts'
import { type Found, seekUser } from './one-user.ts'

/** What is so of a number, whoever has it. */
export interface NumberFacts {
  /** A keyed hash, as it stands in the logs. */
  number: string
  /** Its country is among ALLOWED_COUNTRIES. */
  allowed: boolean
  testNumber: boolean
  /** Some account has proven it, also where none holds it now. */
  proven: boolean
  /** ISO 8601: until then a cap of the stage holds its messages back; null where none does. */
  heldUntil: string | null
}

export interface Looked {
  phone: string
  facts: NumberFacts
  /** Undefined where no account has the number. */
  found: Found | undefined
}

/** That nobody has the number is an answer here. Throws SECRETS_UNREADABLE, or what AWS answered. */
export async function lookAtNumber(aws: Connection, record: StageRecord, phone: string): Promise<Looked> {
  try {
    const keys = await readKeys(aws)
    const pk = numberPkOf(keys.idKey, record.userPoolId, phone)
    const [found, item] = await Promise.all([seekUser(aws, record, keys, phone), readLedger(aws, pk)])
    const now = aws.clock.now()
    const { owner, held } = prune(item.ledger, now)
    const heldUntil = held.reduce((latest, { until }) => Math.max(latest, until), 0)
    const facts: NumberFacts = {
      number: numberIdOf(pk),
      allowed: isAllowedIn(record)(phone),
      testNumber: testNumberOf(keys.testNumbers, numberHashOf(pk), now) !== undefined,
      proven: owner !== undefined,
      heldUntil: heldUntil > now ? new Date(heldUntil).toISOString() : null,
    }
    return { phone, facts, found }
  } catch (error) {
    throw toAppError(error, 'find the user')
  }
}
