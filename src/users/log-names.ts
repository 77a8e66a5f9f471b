// What the logs call a number: keyed hashes, which say nothing to whoever has no key.
import type { Connection } from '../aws/account.ts'
import { toAppError } from '../aws/words.ts'
import { numberPkOf } from '../core/subject.ts'
import { numberIdOf } from '../core/table-items.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { isAllowedIn, readAccount, readKeys } from './account.ts'

/**
 * All that its lines may be found by: the number itself and, where Cognito tells the triggers the number that was
 * typed by somebody without an account, that. An account whose country gets no codes goes by its own name. Where
 * Cognito gives somebody without an account a name of its own, nothing leads from the number to his lines, and a
 * refused sign-up names nobody at all.
 * Throws SECRETS_UNREADABLE, or what AWS answered.
 */
export async function logNamesOf(aws: Connection, record: StageRecord, phone: string): Promise<string[]> {
  try {
    const keys = await readKeys(aws)
    const nameOf = (what: string) => numberIdOf(numberPkOf(keys.idKey, record.userPoolId, what))
    // Who may read logs need not be allowed to look at accounts.
    const account = isAllowedIn(record)(phone)
      ? undefined
      : await readAccount(aws, record, keys, phone).catch(() => undefined)
    return [nameOf(phone), nameOf(`u:${phone}`), ...(account ? [numberIdOf(account.subject.pk)] : [])]
  } catch (error) {
    throw toAppError(error, 'find what the logs call the number')
  }
}
