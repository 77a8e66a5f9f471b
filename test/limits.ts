// The rules of a stage whose settings are the defaults.
import type { Limits, PoolCaps } from '../src/core/limits.ts'

export const limits: Limits = {
  codeLength: 6,
  codeLifeMs: 300_000,
  attemptsPerCode: 3,
  cooldownMs: 60_000,
  sendsPerHour: 5,
  sendsPerDay: 10,
  checksPerHour: 10,
  checksPerDay: 20,
}

export const caps: PoolCaps = { perHour: 200, perDay: 1000 }
