// The test numbers of a stage: listed, added and removed, in the document with the master key.
import { randomInt } from 'node:crypto'
import { toAppError } from '../aws/words.ts'
import { lengthNow } from '../core/ledger/allowance.ts'
import { dayMs, emptyLedger } from '../core/ledger/ledger.ts'
import { maskPhone } from '../core/mask.ts'
import type { MasterKeyDocument } from '../core/master-key.ts'
import { numberPkOf } from '../core/subject.ts'
import { numberHashOf } from '../core/table-items.ts'
import {
  mostTestDays,
  mostTestNumbers,
  type TestNumber,
  testNumbersIn,
  testTagOf,
  weaknessOf,
  withoutTestNumber,
  withTestNumber,
} from '../core/test-numbers.ts'
import { AppError, usageError } from '../errors.ts'
import type { Progress } from '../progress.ts'
import { requireRecord } from '../stage/recorded.ts'
import { changeMasterKeyOf } from '../stage/rotate.ts'
import type { OpenStage } from '../stage/stage.ts'
import { readHolding, readKeys, refuseCountry } from './account.ts'
import { writeAudit } from './audit.ts'
import { isBorrowed } from './holders.ts'
import { limitsInForce } from './one-user.ts'

/** Those of a document, the one that ends first at the top, expired ones among them. */
export async function listTestNumbers({ aws }: OpenStage): Promise<TestNumber[]> {
  const { testNumbers } = await readKeys(aws).catch((error) => {
    throw toAppError(error, 'read the secrets')
  })
  return [...testNumbers].sort((one, other) => one.until - other.until)
}

/** What is known of a number before it becomes a test number. */
export interface Candidate {
  phone: string
  /** Its keyed hash. */
  hash: string
  /** Digits that its code needs. */
  length: number
  /** It is one already, and gets a new code and end. */
  former: TestNumber | undefined
  /** In a borrowed pool: the accounts that the code opens, which nobody signs up for. */
  opens: readonly string[] | undefined
}

/**
 * Looks whether a number may become a test number. Throws COUNTRY_NOT_ALLOWED, NUMBER_TAKEN and TOO_MANY_TEST_NUMBERS.
 */
export async function candidateOf(stage: OpenStage, phone: string): Promise<Candidate> {
  const { aws } = stage
  const record = requireRecord(stage)
  refuseCountry(record, phone, 'That number cannot sign in, with a fixed code or without')
  try {
    const keys = await readKeys(aws)
    const [holding, limits] = await Promise.all([
      readHolding(aws, record, keys, phone),
      limitsInForce(aws, record),
    ])
    if (holding.isProven) throw taken()
    const hash = numberHashOf(holding.pk)
    const former = keys.testNumbers.find(({ number }) => number === hash)
    const others = withoutTestNumber(keys.testNumbers, hash, aws.clock.now())
    if (others.length >= mostTestNumbers) throw tooMany(record.stage)
    // As long as the code of a number that nothing is known of.
    const opens = isBorrowed(record) ? holding.opens : undefined
    return { phone, hash, length: lengthNow(emptyLedger, limits), former, opens }
  } catch (error) {
    throw toAppError(error, 'look at the number')
  }
}

/**
 * Notes who does it, then lets whoever knows the code sign in with the number until `until` (epoch milliseconds).
 * Throws as `candidateOf`: somebody may have proven the number since it was looked at.
 */
export async function addTestNumber(
  stage: OpenStage,
  { phone, hash: number, length }: Candidate,
  { code, until }: { code: string; until: number },
  progress: Progress,
): Promise<TestNumber> {
  await candidateOf(stage, phone)
  const { idKey } = await readKeys(stage.aws)
  const tag = testTagOf(idKey, requireRecord(stage).userPoolId, number, code)
  const added: TestNumber = { number, tag, length, until, phone: maskPhone(phone) }
  await writeAudit(stage.aws, 'test_number_added', {
    number: number.slice(0, 12),
    phone: maskPhone(phone),
    until: new Date(until).toISOString(),
  })
  const undone = 'The test number was not added'
  await changeMasterKeyOf(
    stage,
    (document, now) => {
      const list = withTestNumber(testNumbersIn(document.testNumbers), added, now)
      // Somebody else has been here since it was looked at.
      if (list.length > mostTestNumbers) throw tooMany(stage.target.stage)
      return withList(document, list)
    },
    progress,
    { title: 'Add the test number', undone },
  )
  return added
}

/** The first digits of a number's keyed hash, as they stand in the list and in the logs. */
export const isShortHash = (text: string) => /^[0-9a-f]{12}$/.test(text)

/** The entry of a number, by itself or by `isShortHash`, for one that nobody knows any more. Throws TEST_NUMBER_UNKNOWN. */
export async function findTestNumber(stage: OpenStage, which: string): Promise<TestNumber> {
  const { aws } = stage
  const keys = await readKeys(aws).catch((error) => {
    throw toAppError(error, 'read the secrets')
  })
  const { userPoolId } = requireRecord(stage)
  const hash = isShortHash(which) ? which : numberHashOf(numberPkOf(keys.idKey, userPoolId, which))
  const found = keys.testNumbers.find(({ number }) => number.startsWith(hash))
  if (found) return found
  throw new AppError('TEST_NUMBER_UNKNOWN', 'That is not a test number', {
    why: `stage ${stage.target.stage} has no fixed code for it`,
    next: [`whatsapp-otp test-numbers list --stage ${stage.target.stage}`],
  })
}

export async function removeTestNumber(
  stage: OpenStage,
  { number, phone }: TestNumber,
  progress: Progress,
): Promise<void> {
  const fields = { number: number.slice(0, 12), ...(phone ? { phone } : {}) }
  await writeAudit(stage.aws, 'test_number_removed', fields)
  await changeMasterKeyOf(
    stage,
    (document, now) =>
      withList(document, withoutTestNumber(testNumbersIn(document.testNumbers), number, now)),
    progress,
    { title: 'Remove the test number', undone: 'The test number was not removed' },
  )
}

/** A document without any is as it was before the first. */
function withList({ testNumbers: _, ...document }: MasterKeyDocument, list: TestNumber[]): MasterKeyDocument {
  return (list.length > 0 ? { ...document, testNumbers: list } : document) as MasterKeyDocument
}

/** True, or what is wrong with the code, without saying it. */
export function checkCode(
  code: string,
  { phone, length }: Pick<Candidate, 'phone' | 'length'>,
): true | string {
  if (!/^\d+$/.test(code) || code.length !== length) return `must be ${length} digits`
  const weakness = weaknessOf(code, phone)
  return weakness ? `would be guessed first: ${weakness}` : true
}

/** A code that nobody had to invent. */
export function newCode(candidate: Pick<Candidate, 'phone' | 'length'>): string {
  for (;;) {
    const code = Array.from({ length: candidate.length }, () => randomInt(10)).join('')
    if (checkCode(code, candidate) === true) return code
  }
}

const defaultDays = 30

/** When a test number ends, out of `--until <date>` or `--days <n>`. Throws END_INVALID. */
export function endOf({ until, days }: { until?: unknown; days?: unknown }, now: number): number {
  const latest = now + mostTestDays * dayMs
  const invalid = (what: string, why: string) =>
    usageError('END_INVALID', what, { why, next: ['whatsapp-otp test-numbers add <phone> --days 30'] })
  if (until !== undefined && days !== undefined)
    throw invalid('--until and --days say the same', 'one of them is enough')
  if (until === undefined) {
    const count = Number(days ?? defaultDays)
    if (Number.isInteger(count) && count >= 1 && count <= mostTestDays) return now + count * dayMs
    throw invalid(`«${String(days)}» is not a number of days`, `it must be from 1 to ${mostTestDays}`)
  }
  const text = String(until)
  // A day counts to its end.
  const start = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  const end = start + dayMs
  const isDate = !Number.isNaN(start) && new Date(start).toISOString().startsWith(text)
  if (isDate && end > now && end <= latest + dayMs) return Math.min(end, latest)
  throw invalid(
    `«${text}» cannot be the last day of a test number`,
    `it must be a date as in 2026-12-31, from today (UTC) to ${mostTestDays} days from now`,
  )
}

function taken(): AppError {
  return new AppError('NUMBER_TAKEN', 'That number cannot become a test number', {
    why: 'somebody has proven it as his own, and whoever knew the code would be let into his account',
    next: ['choose a number that nobody signs in with'],
  })
}

function tooMany(stage: string): AppError {
  return new AppError('TOO_MANY_TEST_NUMBERS', 'The test number was not added', {
    why: `stage ${stage} has ${mostTestNumbers} already, which is the most`,
    next: [`whatsapp-otp test-numbers list --stage ${stage}`, 'whatsapp-otp test-numbers remove <phone>'],
  })
}
