// A number's days with its owner and an attacker, by the real rules and a clock of its own.

import { quietDigits } from '../../src/core/ledger/allowance.ts'
import { dayMs, type Ledger } from '../../src/core/ledger/ledger.ts'
import type { Limits } from '../../src/core/ledger/limits.ts'
import { limitsOf } from '../../src/core/limits.ts'
import type { Settings } from '../../src/settings/schema.ts'
import { numbersIn } from '../../src/settings/variables.ts'
import { chanceOf } from '../core/ledger/chance.ts'
import { numberOnTrial } from './number.ts'
import { type Attack, attacker, type Fortune, type Life, type Loot, owner } from './people.ts'

/**
 * `noisy` only has messages sent. `patient` guesses at the shortest codes only and lets his failures grow old, `greedy` at everything that comes.
 * `device` is greedy, has a device that the number knows, and lifts with it what he has used up as a stranger;
 * `devices` has four, beside which one of the owner has room.
 */
export const attackers = ['none', 'noisy', 'patient', 'greedy', 'device', 'devices'] as const

export interface Scenario {
  /** Nothing about a number may show to strangers: their codes do not grow. */
  quiet: boolean
  /** The owner's app keeps a device that the number knows. */
  ownerHasDevice: boolean
  attacker: (typeof attackers)[number]
  days: number
  seed: number
  settings?: Partial<Settings>
  /** Sees every ledger that is written. */
  written?: (ledger: Ledger) => void
}

export interface Played {
  limits: Limits
  loot: Loot
  owner: Fortune
}

const start = Date.UTC(2026, 0, 1)
const ownDevice = 'owner'.padEnd(43, '-')

export function play(scenario: Scenario): Played {
  const { quiet, ownerHasDevice, attacker: kind, days, seed, settings = {}, written } = scenario
  const limits = { ...limitsOf(numbersIn(settings)), quiet }
  const stolen = Array.from({ length: { device: 1, devices: 4 }[kind as string] ?? 0 }, (_, n) =>
    `thief-${n}`.padEnd(43, '-'),
  )
  const own = ownerHasDevice ? ownDevice : undefined
  const number = numberOnTrial({ limits, start, devices: [...stolen, ...(own ? [own] : [])], written })
  const loot: Loot = { guesses: new Map(), messages: 0 }
  const fortune: Fortune = { messages: 0, signIns: 0, missed: 0, longestOutMs: 0 }

  const shortest = limits.codeLength + (quiet ? quietDigits : 0)
  const attacks: Attack[] = [
    {
      helper: stolen[0],
      longest: kind === 'patient' ? shortest : undefined,
      isNoisy: kind === 'noisy',
    },
    ...stolen.map((device) => ({ device })),
  ]
  const lives = [
    ...(kind === 'none' ? [] : attacks.map((attack) => attacker(number, attack, loot))),
    owner(number, chanceOf(seed), own, fortune),
  ]
  run(lives, start + days * dayMs, (now) => {
    number.now = now
  })
  return { limits, loot, owner: fortune }
}

/** Whoever comes first in the list is faster than the others in the same moment. */
function run(lives: Life[], until: number, set: (now: number) => void): void {
  const next = lives.map((life) => ({ life, at: start }))
  for (;;) {
    const first = next.reduce((one, other) => (other.at < one.at ? other : one))
    if (first.at >= until) return
    set(first.at)
    first.at = first.life.next().value as number
  }
}
