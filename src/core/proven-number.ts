// Which number an account has proven, kept where no client can write: the way back from a number that it took.
import { createHash } from 'node:crypto'
import { sealNumber, unsealNumber } from './keys.ts'
import { keyOf, provenPk, type ReadItem } from './table-items.ts'

/** What the seal is bound to: the item of one account says nothing under another. */
const purposeOf = (pool: string, userHash: string) => `proven|${pool}|${userHash}`

/** The input of PutItem, for the account with this keyed hash. It stays as long as the stage: an account does, too. */
export function provenItem(table: string, pool: string, userHash: string, numberKey: Buffer, phone: string) {
  const n = sealNumber(numberKey, purposeOf(pool, userHash), phone)
  return { TableName: table, Item: { ...keyOf(provenPk(userHash)), n: { S: n } } }
}

/** The input of GetItem. */
export function getProvenInput(table: string, userHash: string) {
  return { TableName: table, Key: keyOf(provenPk(userHash)), ConsistentRead: true }
}

/** The number in what `provenItem` wrote; undefined where there is none, or none that this account can have. */
export function provenNumberOf(
  item: ReadItem,
  pool: string,
  userHash: string,
  numberKey: Buffer,
): string | undefined {
  const sealed = item?.n?.S
  if (!sealed) return undefined
  try {
    return unsealNumber(numberKey, purposeOf(pool, userHash), sealed)
  } catch {
    return undefined
  }
}

/**
 * A number for the account with this name that no network can give to anybody: no country has the code 999. Of an
 * account's own name, so that doing it twice comes to the same, and no two accounts meet.
 */
export function nobodysNumber(userName: string): string {
  const digest = createHash('sha256').update(userName).digest()
  return `+999${String(digest.readBigUInt64BE() % 1_000_000_000_000n).padStart(12, '0')}`
}
