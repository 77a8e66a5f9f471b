// One user of a stage and what the triggers remember about the number: read, and its counters reset.
import { randomUUID } from 'node:crypto'
import { AdminGetUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../aws/account.ts'
import { ifFound, isConditionFailed } from '../aws/errors.ts'
import { ungated } from '../aws/gate.ts'
import { toAppError } from '../aws/words.ts'
import { dayMs, emptyLedger, hourMs, type Ledger, prune, type Refusal, sendWait } from '../core/ledger.ts'
import { limitsOf } from '../core/limits.ts'
import { openMasterKey } from '../core/master-key.ts'
import { countryOf } from '../core/phone-number.ts'
import { subjectOf } from '../core/subject.ts'
import { numberIdOf } from '../core/table-items.ts'
import { getLedgerInput, ledgerItemOf, putLedgerInput } from '../core/table-ledger.ts'
import { AppError } from '../errors.ts'
import { names } from '../names.ts'
import { readMasterKey } from '../resources/master-key.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import type { Settings } from '../settings/schema.ts'
import { numbersIn } from '../settings/variables.ts'

export interface OneUser {
  /** Cognito's own name for the user, an id. */
  username: string
  /** As in `CONFIRMED`. */
  status: string
  enabled: boolean
  createdAt: string | undefined
  phoneNumberVerified: boolean
  whatsappVerified: boolean
  /** Why this user never gets a code, as the triggers call it; undefined for most. */
  decoy: string | undefined
  /** A keyed hash of the number, as it stands in the logs. */
  number: string
  counters: Counters
  /** Why no message can be sent now, and for how long. */
  blocked: { reason: Refusal; waitMs: number } | undefined
}

interface Counters {
  sendsLastHour: number
  sendsLastDay: number
  checksLastHour: number
  checksLastDay: number
  /** Wrong answers since the last right one. */
  failures: number
}

export interface Found {
  user: OneUser
  pk: string
  ledger: Ledger
  /** Counts the writes of the item; 0 when there is none. */
  version: number
}

/** Throws USER_NOT_FOUND, or what AWS answered. */
export async function findUser(aws: Connection, record: StageRecord, phone: string): Promise<Found> {
  const { cognito, dynamodb, clock, place } = aws
  try {
    const [known, secrets] = await Promise.all([
      ifFound(cognito.send(new AdminGetUserCommand({ UserPoolId: record.userPoolId, Username: phone }))),
      readMasterKey(aws),
    ])
    if (!known) throw unknownUser(place.stage)
    if (!secrets) throw new AppError('SECRETS_UNREADABLE', `The secrets of stage ${place.stage} are missing`)
    const attributes = Object.fromEntries(
      (known.UserAttributes ?? []).map(({ Name, Value }) => [Name ?? '', Value ?? '']),
    )
    const settings = record.settings as Settings
    // The triggers' own rule decides under which key the counters are kept.
    const subject = subjectOf(
      {
        userPoolId: record.userPoolId,
        userName: known.Username ?? '',
        callerContext: { clientId: record.loginClientId },
        request: { userAttributes: attributes },
      },
      { signup: record.signupClientId, login: record.loginClientId },
      openMasterKey(secrets).idKey,
      (number) => settings.allowedCountries.includes(countryOf(number) ?? ''),
    )
    const { Item } = await dynamodb.send(
      new GetItemCommand(getLedgerInput(names.table(place.stage), subject.pk)),
    )
    const now = clock.now()
    const { ledger: before, version } = ledgerItemOf(Item)
    const ledger = prune(before, now)
    const { reason, waitMs } = sendWait(ledger, now, limitsOf(numbersIn(settings)))
    const user: OneUser = {
      username: known.Username ?? '',
      status: known.UserStatus ?? 'UNKNOWN',
      enabled: known.Enabled !== false,
      createdAt: known.UserCreateDate?.toISOString(),
      phoneNumberVerified: attributes.phone_number_verified === 'true',
      whatsappVerified: attributes['custom:whatsapp_verified'] === 'true',
      decoy: subject.decoy,
      number: numberIdOf(subject.pk),
      counters: countersOf(ledger, now),
      blocked: reason ? { reason, waitMs } : undefined,
    }
    return { user, pk: subject.pk, ledger, version }
  } catch (error) {
    throw toAppError(error, 'find the user')
  }
}

/**
 * Forgets the number's messages, answers and failures; codes that are on their way stay valid. Throws
 * COUNTERS_CHANGED when the user signs in at this very moment.
 */
export async function resetCounters(
  { dynamodb, clock, place }: Connection,
  { pk, ledger, version }: Found,
): Promise<void> {
  if (version === 0) return
  const { challenges, lastSuccess } = ledger
  const table = names.table(place.stage)
  const item = { ledger: { ...emptyLedger, challenges, lastSuccess }, version, write: randomUUID() }
  try {
    const input = putLedgerInput(table, pk, item, clock.now())
    // The item's own version guards it, whoever holds the stage.
    await dynamodb.send(ungated(new PutItemCommand(input)))
  } catch (error) {
    if (!isConditionFailed(error)) throw toAppError(error, 'reset the counters')
    // The answer was lost, and the SDK asked again.
    const { Item } = await dynamodb.send(new GetItemCommand(getLedgerInput(table, pk)))
    if (ledgerItemOf(Item).write === item.write) return
    throw new AppError('COUNTERS_CHANGED', 'The counters were not reset', {
      why: 'the user asked for a code or answered one at this moment',
      next: ['run the same command again'],
    })
  }
}

function countersOf({ sends, checks, failures }: Ledger, now: number): Counters {
  const within = (times: number[], span: number) => times.filter((at) => at > now - span).length
  return {
    sendsLastHour: within(sends, hourMs),
    sendsLastDay: within(sends, dayMs),
    checksLastHour: within(checks, hourMs),
    checksLastDay: within(checks, dayMs),
    failures,
  }
}

function unknownUser(stage: string): AppError {
  return new AppError('USER_NOT_FOUND', `Stage ${stage} has no user with that number`, {
    why: 'nobody has signed up with it, or it was written in another way',
    next: ['check the number, its country code above all', 'another stage? see --stage'],
  })
}
