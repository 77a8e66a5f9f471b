// Everything that a stage keeps about one number and its account, for whoever it is about. No secret is in it.
import { GetItemCommand, type GetItemCommandInput } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../aws/account.ts'
import { toAppError } from '../aws/words.ts'
import { deviceLifeMs, type Ledger } from '../core/ledger/ledger.ts'
import { getProvenInput, provenNumberOf } from '../core/proven-number.ts'
import { numberPkOf, userHashOf } from '../core/subject.ts'
import { numberHashOf, numberIdOf } from '../core/table-items.ts'
import { testNumberOf } from '../core/test-numbers.ts'
import { names } from '../names.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { triggersOf } from '../settings/parts.ts'
import { count } from '../terminal/layout.ts'
import { type Account, readAccount, readKeys } from './account.ts'
import { selfMadeInput } from './memory.ts'
import { readLedger } from './number-ledger.ts'

/** Where it lies, for whoever shows it or deletes it. */
export interface Kept {
  phone: string
  /** The keyed hash of the number, as it stands in the logs. */
  number: string
  account: Account | undefined
  /** The ledgers of the number and of the account, by their keys: those with something in them. */
  ledgers: { pk: string; phone: string | undefined; ledger: Ledger; isOthers: boolean }[]
  /** What is remembered as the number that the account has proven. */
  proven: { user: string; phone: string | undefined } | undefined
  /** Until when it is noted that the account made itself (epoch seconds). */
  selfMade: { until: number } | undefined
  /** Until when the number has a fixed code (epoch milliseconds). */
  testUntil: number | undefined
}

/** Throws NUMBER_OF_SEVERAL, SECRETS_UNREADABLE, or what AWS answered. */
export async function readKept(
  aws: Connection,
  record: StageRecord,
  phone: string,
  name?: string,
): Promise<Kept> {
  try {
    const keys = await readKeys(aws)
    const { userPoolId: pool } = record
    const account = await readAccount(aws, record, keys, phone, name)
    const user = account ? userHashOf(keys.idKey, pool, account.username) : ''
    const read = async (input: GetItemCommandInput) =>
      account ? (await aws.dynamodb.send(new GetItemCommand(input))).Item : undefined
    const [provenItem, selfMade] = await Promise.all([
      read(getProvenInput(names.table(record.stage), user)),
      read(selfMadeInput(record.stage, account?.username ?? '')),
    ])
    const provenPhone = provenNumberOf(provenItem, pool, user, keys.numberKey)
    const pk = numberPkOf(keys.idKey, pool, phone)
    const places = new Map<string, string | undefined>([
      [pk, phone],
      ...(provenPhone ? [[numberPkOf(keys.idKey, pool, provenPhone), provenPhone] as const] : []),
      ...(account && account.subject.pk !== pk ? [[account.subject.pk, undefined] as const] : []),
    ])
    const items = await Promise.all([...places.keys()].map((key) => readLedger(aws, key)))
    const ledgers = [...places].map(([key, of], at) => {
      const { ledger, version } = items[at]!
      return { pk: key, phone: of, ledger, version, isOthers: isOthers(ledger, user || undefined) }
    })
    const { until } = testNumberOf(keys.testNumbers, numberHashOf(pk), aws.clock.now()) ?? {}
    return {
      phone,
      number: numberIdOf(pk),
      account,
      ledgers: ledgers.filter(({ version }) => version > 0).map(({ version: _, ...one }) => one),
      proven: provenItem ? { user, phone: provenPhone } : undefined,
      selfMade: selfMade ? { until: Number(selfMade.ttl?.N ?? 0) } : undefined,
      testUntil: until,
    }
  } catch (error) {
    throw toAppError(error, 'read what is kept about the number')
  }
}

/** Another account has proven the number: what is kept there is about that one. */
export const isOthers = ({ owner }: Pick<Ledger, 'owner'>, user: string | undefined): boolean =>
  owner !== undefined && owner !== user

const iso = (at: number) => new Date(at).toISOString()

/** As a document. Full numbers stand in it: it is for whoever they belong to. */
export function keptDocument(kept: Kept, record: StageRecord) {
  const { phone, number, account, ledgers, proven, selfMade, testUntil } = kept
  const retentionDays = (record.settings as { logRetentionDays?: number }).logRetentionDays ?? null
  return {
    phone,
    number,
    account: account
      ? {
          username: account.username,
          status: account.status,
          enabled: account.enabled,
          createdAt: account.createdAt ?? null,
          attributes: account.attributes,
        }
      : null,
    provenNumber: proven ? { phone: proven.phone ?? null } : null,
    selfMade: selfMade ? { keptUntil: iso(selfMade.until * 1000) } : null,
    counted: ledgers
      .filter((one) => !one.isOthers)
      .map(({ phone: of, ledger }) => ({ phone: of ?? null, ...countedIn(ledger) })),
    testNumber: testUntil === undefined ? null : { until: iso(testUntil) },
    logs: {
      groups: triggersOf(record.settings).map((trigger) => names.logGroup(record.stage, trigger)),
      retentionDays,
      note: `lines bear the keyed hash ${number} and the masked number; they go ${retentionDays === null ? 'with the retention of their groups' : `after ${count(retentionDays, 'day')}`}, and whatsapp-otp logs --filter <phone> shows them`,
    },
    notShown:
      'codes, which are kept sealed until they expire, and what devices are known by, which is a keyed hash',
  }
}

function countedIn(ledger: Ledger) {
  const { sends, sms, deviceSms, held, checks, failures, deviceFailures, unlocks, devices, challenges } =
    ledger
  return {
    messages: sends.map(iso),
    sms: [...sms, ...deviceSms].map(iso),
    heldBack: held.map(({ at }) => iso(at)),
    answers: checks.map(iso),
    wrongAnswers: [...failures, ...deviceFailures].map(({ at }) => iso(at)),
    unlocks: unlocks.map(iso),
    lastSignIn: ledger.lastSuccess > 0 ? iso(ledger.lastSuccess) : null,
    provenByAccount: ledger.owner !== undefined,
    devices: devices.map((one) => ({
      lastUsedAt: iso(one.usedAt),
      forgottenAt: iso(one.usedAt + deviceLifeMs),
      messages: one.sends.map(iso),
      answers: one.checks.map(iso),
    })),
    codes: challenges.map(({ sentAt, expiresAt, channel, sends: count, length, tries, failed, usedAt }) => ({
      ...{ sentAt: iso(sentAt), expiresAt: iso(expiresAt), channel, messages: count, length },
      tries: Object.values(tries).reduce((sum, n) => sum + n, 0),
      failed: failed ?? null,
      usedAt: usedAt === undefined ? null : iso(usedAt),
    })),
  }
}
