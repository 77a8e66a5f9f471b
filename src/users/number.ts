// A number as support asks about it: with its user or, where nobody has it, what there is to say all the same.
import type { Connection } from '../aws/account.ts'
import { toAppError } from '../aws/words.ts'
import { prune } from '../core/ledger/ledger.ts'
import { numberPkOf } from '../core/subject.ts'
import { numberHashOf, numberIdOf } from '../core/table-items.ts'
import { testNumberOf } from '../core/test-numbers.ts'
import { AppError } from '../errors.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { takesSignUps } from '../settings/borrowed-pool.ts'
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
  /** Whether the stage lets new users in. */
  takesSignUps: boolean
  /** Undefined where no account has the number. */
  found: Found | undefined
}

/** That nobody has the number is an answer here. Throws NUMBER_OF_SEVERAL, SECRETS_UNREADABLE, or what AWS answered. */
export async function lookAtNumber(
  aws: Connection,
  record: StageRecord,
  phone: string,
  name?: string,
): Promise<Looked> {
  try {
    const keys = await readKeys(aws)
    const pk = numberPkOf(keys.idKey, record.userPoolId, phone)
    const [found, item] = await Promise.all([
      seekUser(aws, record, keys, phone, { name }),
      readLedger(aws, pk),
    ])
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
    return { phone, facts, takesSignUps: takesSignUps(record.settings), found }
  } catch (error) {
    throw toAppError(error, 'find the user')
  }
}

/** Of a sign-in: nobody could answer its code. */
export function noAccount({ stage, settings }: StageRecord, name: string | undefined): AppError {
  const who = name === undefined ? '' : ` and the name ${name}`
  const takesThem = takesSignUps(settings)
  return new AppError(
    'USER_NOT_FOUND',
    `Stage ${stage} has no user with that number${who}, so nothing was sent`,
    {
      why: takesThem ? 'nobody has signed up with it' : 'no account of the pool has it as its phone_number',
      next: [
        ...(takesThem
          ? [`whatsapp-otp login <phone> --stage ${stage}   without --no-sign-up, which makes the user`]
          : []),
        'check the number, its country code above all',
      ],
    },
  )
}
