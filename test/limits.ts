// The rules of a stage whose settings are the defaults.
import type { Limits } from '../src/core/ledger/limits.ts'
import type { StageCaps } from '../src/core/limits.ts'

export const limits: Limits = {
  codeLength: 6,
  quiet: false,
  codeLifeMs: 300_000,
  attemptsPerCode: 3,
  cooldownMs: 45_000,
  sendsPerHour: 5,
  sendsPerDay: 10,
  checksPerHour: 10,
  checksPerDay: 20,
  smsPerDay: 3,
  lockAfter: 0,
}

export const caps: StageCaps = {
  sends: { perHour: 200, perDay: 1000 },
  sms: { perHour: 20, perDay: 100 },
  block: { perHour: 10, perDay: 20 },
}
