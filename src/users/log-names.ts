// What the logs call a number: keyed hashes, which say nothing to whoever has no key.
import type { Connection } from '../aws/account.ts'
import { toAppError } from '../aws/words.ts'
import { numberPkOf } from '../core/subject.ts'
import { numberIdOf } from '../core/table-items.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { isAllowedIn, readAccounts, readKeys } from './account.ts'
import { isBorrowed } from './holders.ts'

/**
 * All that its lines may be found by: the number itself and, where Cognito tells the triggers the number that was
 * typed by somebody without an account, that. An account whose country gets no codes goes by its own name, and so does
 * one of a borrowed pool whose number nobody has verified. Where
 * Cognito gives somebody without an account a name of its own, nothing leads from the number to his lines, and a
 * refused sign-up names nobody at all.
 * Throws SECRETS_UNREADABLE, or what AWS answered.
 */
export async function logNamesOf(aws: Connection, record: StageRecord, phone: string): Promise<string[]> {
  try {
    const keys = await readKeys(aws)
    const nameOf = (what: string) => numberIdOf(numberPkOf(keys.idKey, record.userPoolId, what))
    // Who may read logs need not be allowed to look at accounts.
    const accounts =
      isAllowedIn(record)(phone) && !isBorrowed(record)
        ? []
        : await readAccounts(aws, record, keys, phone).catch(() => [])
    const ofAccounts = accounts.map(({ subject }) => numberIdOf(subject.pk))
    return [...new Set([nameOf(phone), nameOf(`u:${phone}`), ...ofAccounts])]
  } catch (error) {
    throw toAppError(error, 'find what the logs call the number')
  }
}
