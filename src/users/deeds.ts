// Which deed an action of `users` is.
import type { Connection } from '../aws/account.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { changeOf, refuseBorrowedChange, restOf } from './change-number.ts'
import type { Deed } from './deed.ts'
import type { Found } from './one-user.ts'
import { forgetDevicesOf, resetOf } from './reset.ts'

/** Before anything is looked at: throws what the stage's pool lets nobody do. */
export function refuseDeed(action: string, record: StageRecord): void {
  if (action === 'change-number') refuseBorrowedChange(record)
}

/** Undefined for an action that only looks. `phone` is the new number of `change-number`. */
export async function deedOf(
  action: string,
  aws: Connection,
  record: StageRecord,
  found: Found,
  phone: string | undefined,
): Promise<Deed | undefined> {
  if (action === 'reset') return resetOf(aws, found)
  if (action === 'forget-devices') return forgetDevicesOf(aws, found)
  if (found.movedFrom !== undefined) return restOf(aws, record, found, found.movedFrom)
  return phone === undefined ? undefined : changeOf(aws, record, found, phone)
}
