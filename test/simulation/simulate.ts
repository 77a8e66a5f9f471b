// `npm run simulate`: a year of one number with its owner and an attacker, as a table.

import { parseArgs } from 'node:util'
import { dayMs, hourMs } from '../../src/core/ledger/ledger.ts'
import { guessOdds } from '../../src/insight/guess-probability.ts'
import { prices } from '../../src/insight/spending.ts'
import { duration } from '../../src/terminal/layout.ts'
import { attackers, type Played, play, type Scenario } from './play.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

export function simulate(args: string[]): void {
  const { values } = parseArgs({
    args,
    options: { days: { type: 'string', default: '365' }, seed: { type: 'string', default: '1' } },
  })
  const [days, seed] = [Number(values.days), Number(values.seed)]
  const scenarios = [false, true].flatMap((quiet) =>
    [false, true].flatMap((ownerHasDevice) =>
      attackers.map((attacker) => ({ quiet, ownerHasDevice, attacker, days, seed })),
    ),
  )
  const rows = scenarios.map((scenario) => rowOf(scenario, play(scenario)))
  const header = [
    'stand-in names',
    'owner',
    'attacker',
    'guesses by digits',
    'chance',
    'codes wanted',
    'others',
    'US$',
    'signed in',
    'days missed',
    'longest out',
  ]
  const widths = header.map((title, n) => Math.max(title.length, ...rows.map((row) => row[n]!.length)))
  const line = (cells: string[]) =>
    cells
      .map((cell, n) => cell.padEnd(widths[n]!))
      .join('  ')
      .trimEnd()
  say(`${days} days of one number at the defaults, seed ${seed}\n`)
  for (const cells of [header, ...rows]) say(line(cells))
  const bounds = [false, true].map((quiet) => {
    const { stranger, deviceHolder } = guessOdds({}, quiet)
    return `${quiet ? 'changing' : 'stable'} names 1 in ${stranger.perYear.oneIn} and 1 in ${deviceHolder.perYear.oneIn}`
  })
  say(`\nAt most in a year, for strangers and for holders of all devices: ${bounds.join('; ')}`)
}

function rowOf({ quiet, ownerHasDevice, attacker }: Scenario, { loot, owner }: Played): string[] {
  const chance = [...loot.guesses].reduce((sum, [digits, count]) => sum + count / 10 ** digits, 0)
  const guesses = [...loot.guesses].sort(([one], [other]) => one - other)
  const messages = owner.messages + loot.messages
  const { least, most } = prices.message
  return [
    quiet ? 'changing' : 'stable',
    ownerHasDevice ? 'known device' : 'plain',
    attacker,
    guesses.map(([digits, count]) => `${digits}: ${count}`).join(', ') || '–',
    chance > 0 ? `1 in ${Math.floor(1 / chance)}` : '–',
    String(owner.messages),
    String(loot.messages),
    `${(messages * least).toFixed(2)} to ${(messages * most).toFixed(2)}`,
    String(owner.signIns),
    String(owner.missed),
    spanOf(owner.longestOutMs),
  ]
}

const spanOf = (ms: number) =>
  ms >= 2 * dayMs
    ? `${Math.round(ms / dayMs)} d`
    : ms >= hourMs
      ? `${Math.round(ms / hourMs)} h`
      : duration(ms)
