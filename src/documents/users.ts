// The documents about single users and numbers: users, test-numbers, login, test-send, and the lines of logs.
import * as z from 'zod'
import { count, functionName, masked, ms, numberHash, problem, testNumber, time } from './parts.ts'

const blocked = z
  .strictObject({ reason: z.string(), waitMs: z.number() })
  .optional()
  .describe('why no message can be sent now')
const use = {
  sendsLastHour: count,
  sendsLastDay: count,
  checksLastHour: count,
  checksLastDay: count,
}

const user = z
  .strictObject({
    phone: masked,
    username: z.string(),
    status: z.string(),
    enabled: z.boolean(),
    createdAt: z.string().optional(),
    phoneNumberVerified: z.boolean(),
    whatsappVerified: z.boolean().describe('in a borrowed pool: what the stage’s table remembers'),
    pool: z.enum(['own', 'borrowed']),
    mark: z.string(),
    owner: z.enum(['self', 'other', 'unknown']),
    owns: z.boolean(),
    testNumber: z.boolean(),
    decoy: z.string().optional().describe('why this user never gets a code'),
    number: numberHash,
    counters: z.strictObject({ ...use, smsLastDay: count, failures: count, deviceFailures: count }),
    blocked,
    limits: z.strictObject({
      sendsPerHour: count,
      sendsPerDay: count,
      checksPerHour: count,
      checksPerDay: count,
      smsPerDay: count,
    }),
    codeLength: count,
    devices: z.array(z.strictObject({ ...use, lastUsedAt: time, forgottenAt: time, blocked })),
    deviceCodeLength: count,
  })
  .meta({ id: 'User' })

/** One line of a function’s log; its own fields stand beside these: docs/events.md. */
const line = { time, trigger: functionName, level: z.string(), event: z.string() }
const happening = z.looseObject({ ...line, says: z.string() }).meta({ id: 'Happening' })

const of = (action: string) => ({ command: z.literal('users'), action: z.literal(action), stage: z.string() })
const times = z.array(time)

const kept = z.strictObject({
  phone: z.string().describe('whole: the document is for whoever it belongs to'),
  number: numberHash,
  account: z
    .strictObject({
      username: z.string(),
      status: z.string(),
      enabled: z.boolean(),
      createdAt: z.string().nullable(),
      attributes: z.record(z.string(), z.string()),
    })
    .nullable(),
  provenNumber: z.strictObject({ phone: z.string().nullable() }).nullable(),
  selfMade: z.strictObject({ keptUntil: time }).nullable(),
  counted: z.array(
    z.strictObject({
      phone: z.string().nullable(),
      messages: times,
      sms: times,
      heldBack: times,
      answers: times,
      wrongAnswers: times,
      unlocks: times,
      lastSignIn: time.nullable(),
      provenByAccount: z.boolean(),
      devices: z.array(
        z.strictObject({ lastUsedAt: time, forgottenAt: time, messages: times, answers: times }),
      ),
      codes: z.array(
        z.strictObject({
          sentAt: time,
          expiresAt: time,
          channel: z.string(),
          messages: count,
          length: count,
          tries: count,
          failed: z.unknown(),
          usedAt: time.nullable(),
        }),
      ),
    }),
  ),
  testNumber: z.strictObject({ until: time }).nullable(),
  logs: z.strictObject({
    groups: z.array(z.string()),
    retentionDays: count.nullable(),
    note: z.string(),
  }),
  notShown: z.string(),
})

const users = z.union([
  z.strictObject({
    ...of('show'),
    user: user.nullable(),
    number: z.strictObject({
      phone: masked,
      number: numberHash,
      allowed: z.boolean(),
      testNumber: z.boolean(),
      proven: z.boolean(),
      heldUntil: time.nullable(),
    }),
    problems: z.array(z.string()),
    judgement: z.array(problem),
    last: happening.nullable(),
    history: z.strictObject({
      events: z.array(happening),
      earlier: count,
      partial: z.boolean(),
      unknown: z.string().optional(),
    }),
    next: z.array(z.string()),
  }),
  z.strictObject({ ...of('reset'), user, reset: z.boolean() }),
  z.strictObject({ ...of('forget-devices'), user, forgotten: count }),
  z.strictObject({
    ...of('change-number'),
    user,
    changed: z.boolean(),
    to: z.strictObject({ phone: masked, number: numberHash }),
    displaced: z.strictObject({ username: z.string(), disabled: z.boolean() }).nullable(),
  }),
  z.strictObject({ ...of('export'), kept }),
  z.strictObject({
    ...of('delete'),
    deleted: z.boolean(),
    account: z.boolean(),
    items: count,
    logRetentionDays: count.nullable(),
  }),
])

const aboutTest = (action: string) => ({
  command: z.literal('test-numbers'),
  action: z.literal(action),
  stage: z.string(),
})

export const userDocuments = {
  users,
  'test-numbers': z.union([
    z.strictObject({ ...aboutTest('list'), testNumbers: z.array(testNumber) }),
    z.strictObject({
      ...aboutTest('add'),
      testNumber,
      code: z.string().optional().describe('only where it was made, and this once'),
    }),
    z.strictObject({ ...aboutTest('remove'), testNumber, removed: z.literal(true) }),
  ]),
  login: z.strictObject({
    command: z.literal('login'),
    signedIn: z.literal(true),
    sub: z.string().optional(),
    phoneNumberVerified: z.boolean(),
    whatsappVerified: z.boolean(),
    provenIn: z.enum(['first-tokens', 'refreshed-tokens', 'no-tokens', 'table']),
    expiresIn: z.number().optional().describe('seconds that the access token is valid'),
  }),
  'test-send': z.strictObject({
    command: z.literal('test-send'),
    messageId: z.string().optional(),
    status: z.string().optional(),
    matchedBy: z.enum(['id', 'recipient and time']).optional(),
    language: z.string(),
    afterMs: ms.optional(),
  }),
  logs: z.looseObject(line).describe('one line of the stream; the event’s own fields stand beside these'),
}
