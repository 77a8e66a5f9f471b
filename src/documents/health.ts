// The documents about how a stage is: status and doctor.
import * as z from 'zod'
import { triggerNames } from '../names.ts'
import { count, danger, finding, ms, outputs, pause, place, problem, testNumber, time } from './parts.ts'

const odds = z
  .strictObject({ guesses: z.number(), probability: z.number(), oneIn: z.number() })
  .meta({ id: 'Odds' })
const spans = z.strictObject({ perDay: odds, perYear: odds }).meta({ id: 'GuessSpans' })
const spent = { count: z.number(), leastUsd: z.number(), mostUsd: z.number() }

const resource = z.strictObject({
  kind: z.string(),
  name: z.string(),
  condition: z.enum(['as wanted', 'missing', 'differs', 'left over', 'cannot be changed', 'not moved yet']),
  fields: z.array(
    z.looseObject({ field: z.string(), from: z.string().optional(), to: z.string().optional() }),
  ),
  dangers: z.array(danger).optional(),
})

const counted = [
  ...['sent', 'unknown', 'failed', 'suppressed', 'verified', 'rejected', 'locked', 'unlocked', 'putBack'],
  ...['signUpsRefused', 'reportedSent', 'delivered', 'read', 'undelivered', 'followed', 'reportsRefused'],
  'errors',
]
const lastDay = z.strictObject({
  ...Object.fromEntries(counted.map((name) => [name, count])),
  deliveryMs: z.strictObject({ p50: z.number(), p95: z.number() }).optional(),
  reasons: z.array(
    z.strictObject({
      event: z.string(),
      reason: z.string(),
      count,
      httpStatus: z.int().optional(),
      channel: z.literal('sms').optional(),
    }),
  ),
  partial: z.boolean().describe('the counts are at least what they say'),
})

const alarms = z.strictObject({
  dashboard: z.string().optional(),
  count,
  ringing: z.array(z.strictObject({ name: z.string(), says: z.string(), since: time })),
  tells: z
    .union([
      z.strictObject({ topic: z.string() }),
      z.strictObject({ email: z.string(), confirmed: z.boolean() }),
    ])
    .optional(),
})

export const healthDocuments = {
  status: z.strictObject({
    command: z.literal('status'),
    ...place,
    version: z.string().describe('of whatsapp-otp, that deployed it'),
    createdAt: z.string(),
    healthy: z.boolean(),
    problems: z.array(z.string()),
    judgement: z.array(problem),
    resources: z.array(resource),
    triggers: z.array(
      z.strictObject({
        trigger: z.enum(triggerNames as [string, ...string[]]),
        wanted: z.string(),
        actual: z.string().optional(),
      }),
    ),
    checks: z.array(
      z.strictObject({
        check: z.string(),
        ok: z.boolean(),
        isOpen: z.literal(true).optional().describe('one cannot be made from here'),
        why: z.string().optional(),
      }),
    ),
    sending: z.array(finding),
    paused: pause.optional(),
    testNumbers: z.array(testNumber),
    users: count.optional().describe('Cognito’s own estimate'),
    guessing: z.strictObject({
      quiet: z.boolean(),
      lockAfterFailures: count,
      stranger: spans,
      deviceHolder: spans,
      testNumber: odds,
      withoutLimits: odds,
    }),
    spending: z.strictObject({
      messages: z.strictObject({ ...spent, unproven: z.number(), proven: z.number() }),
      sms: z.strictObject(spent),
      activeUsers: z.strictObject(spent),
      requests: z.strictObject({
        count: z.number(),
        functionsUsd: z.number(),
        tableUsd: z.number(),
        logsUsd: z.number(),
      }),
    }),
    lastDay: z.union([lastDay, z.strictObject({ unknown: z.string().optional() })]),
    alarms: alarms.optional(),
    outputs,
    ms,
  }),
  doctor: z.strictObject({
    command: z.literal('doctor'),
    stage: z.string(),
    region: z.string().optional(),
    account: z.string().optional(),
    healthy: z.boolean(),
    checks: z.array(finding),
    ms,
  }),
}
